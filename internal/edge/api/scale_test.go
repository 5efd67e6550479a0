package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/weigh/health"
	"larder/internal/edge/api"
	"larder/internal/edge/store"
	"larder/internal/run"
)

// quarantine stores a scale that is stuck, as run would.
func (r *rig) quarantine(t *testing.T) {
	t.Helper()
	state := health.Doubted(health.Quarantined, 5)
	state.Found = nil
	for _, code := range indicators {
		state.Found = append(state.Found, health.Finding{Code: code, Level: health.Quarantined, Value: 0.1234, Limit: 0.1, Since: 5})
	}
	text, err := json.Marshal(state)
	must(t, err)
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		_, err := store.Scales{}.SaveScaleMemory(t.Context(), tx, run.ScaleMemory{
			Lane: r.lane, Org: r.org, Number: 1, Status: state.Status(), State: string(text), At: 5,
		})
		return err
	}))
}

var indicators = []string{
	health.NoisyScale, health.SpikeRate, health.ZeroRate, health.MissingRate, health.BadRate, health.FrozenScale,
	health.DriftRate, health.CreepShare, health.ResidualMean, health.NewBatch,
}

// TestScale (BY6, I19) guards that staff see which scales are not healthy and why, in both languages, and
// that work on one is noted with its audit row.
func TestScale(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if empty := r.ask(t, rightRole, "GET", "/v1/scales", ""); empty.Code != 200 || strings.TrimSpace(empty.Body.String()) != `{"scales":[]}` {
		t.Fatalf("while all is well: %d %s", empty.Code, empty.Body)
	}
	r.quarantine(t)
	var list struct{ Scales []api.ScaleView }
	must(t, json.Unmarshal(r.ask(t, rightRole, "GET", "/v1/scales", "").Body.Bytes(), &list))
	if len(list.Scales) != 1 || len(list.Scales[0].Findings) != len(indicators) {
		t.Fatalf("the list is %+v", list)
	}
	if s := list.Scales[0]; s.Lane != r.lane || s.Cabinet != r.door.Cabinet || s.Serial != "SN-1" || s.Door != 1 || s.Number != 1 || s.Status != health.Quarantined {
		t.Errorf("the scale is %+v", s)
	}
	for _, f := range list.Scales[0].Findings {
		if strings.ContainsAny(f.Text+f.TextEn, "{}") || !strings.Contains(f.Text, "0.123") && !strings.Contains(f.Text, "12.3%") || f.Text == f.TextEn {
			t.Errorf("%s is told as %q and %q", f.Code, f.Text, f.TextEn)
		}
	}
	theirs := r.ask(t, otherOrg, "GET", "/v1/scales", "")
	if theirs.Code != 200 || strings.Contains(theirs.Body.String(), "lane_id") {
		t.Errorf("another organization sees %s", theirs.Body)
	}

	path := "/v1/scales/" + r.lane.String() + "/service"
	refused(t, r.ask(t, rightRole, "POST", path, `{"work":"kicked"}`), 422, larder.CodeInvalid)
	refused(t, r.ask(t, rightRole, "POST", path, `{"work":"replaced","note":"`+strings.Repeat("好", 201)+`"}`), 422, larder.CodeInvalid)
	refused(t, r.ask(t, rightRole, "POST", "/v1/scales/9999999999999999999/service", `{"work":"replaced"}`), 404, larder.CodeNotFound)
	served := r.ask(t, rightRole, "POST", path, `{"work":"replaced","note":"换了传感器"}`)
	var s api.ScaleView
	must(t, json.Unmarshal(served.Body.Bytes(), &s))
	if served.Code != 200 || s.Status != health.Quarantined { // until it has proven otherwise
		t.Errorf("served: %d %s", served.Code, served.Body)
	}
	var audited int
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), `SELECT count(*) FROM audit WHERE action = 'scale.replaced'
			AND object_kind = 'lane' AND object_id = $1 AND actor_kind = 'staff' AND org_id = $2`, int64(r.lane), int64(r.org)).Scan(&audited)
	}))
	if audited != 1 {
		t.Errorf("%d audit rows", audited)
	}
}
