package api_test

import (
	"encoding/json"
	"testing"

	"larder"
	"larder/internal/core/care"
	"larder/internal/edge/store"
)

// A case is decided once, with its audit row (I19); the same key repeats the answer, another
// decision under it is refused.
func TestCase_decide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openCase(t)
	path := "/v1/cases/" + id.String() + "/decide"
	key := []string{"Idempotency-Key", "made-up-here-1"}
	decide := `{"charge":false,"note":"门被人用钥匙打开"}`
	refused(t, r.ask(t, rightRole, "POST", path, `{"charge":true,"lines":[]}`, key...), 422, larder.CodeInvalid)
	refused(t, r.ask(t, rightRole, "POST", path, `{"charge":true,"lines":[{"lane_id":5,"count":1}]}`, key...), 422, larder.CodeInvalid)
	refused(t, r.ask(t, rightRole, "POST", path, `{"charge":true,"lines":[{"lane_id":"9999999999999999999","count":1}]}`, key...), 422, larder.CodeInvalid)
	first := r.ask(t, rightRole, "POST", path, decide, key...)
	again := r.ask(t, rightRole, "POST", path, decide, key...)
	if first.Code != 200 || again.Code != 200 || first.Body.String() != again.Body.String() {
		t.Fatalf("decided: %d %s, again: %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	var c care.Case
	must(t, json.Unmarshal(first.Body.Bytes(), &c))
	if c.ID != id || c.State != care.Decided || c.Decision != care.Noted || c.Note != "门被人用钥匙打开" {
		t.Errorf("the case is %s", first.Body)
	}
	refused(t, r.ask(t, rightRole, "POST", path, `{"charge":false}`, key...), 422, larder.CodeReused)
	refused(t, r.ask(t, adminRole, "POST", path, decide, key...), 409, larder.CodeCaseDecided)
	var audited int
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(),
			`SELECT count(*) FROM audit WHERE object_kind = 'case' AND object_id = $1 AND actor_kind = 'staff'`, int64(id)).Scan(&audited)
	}))
	if audited != 1 {
		t.Errorf("%d audit rows", audited)
	}
}
