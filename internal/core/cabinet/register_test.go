package cabinet_test

import (
	"encoding/base32"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/cabinet"
)

func TestService_Register(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	got := r.register(t, "SN-1")

	t.Run("doors by number, lanes by number through the cabinet", func(t *testing.T) {
		c, d, l := got.Cabinet, got.Doors, got.Lanes
		want := cabinet.Layout{
			Cabinet: cabinet.Cabinet{
				ID: c.ID, Org: r.acme, Serial: "SN-1", Model: "lean-1", Name: "一号柜", Place: "大堂", State: cabinet.Active,
			},
			Doors: []cabinet.Door{
				{ID: d[0].ID, Org: r.acme, Cabinet: c.ID, Number: 1, Token: d[0].Token},
				{ID: d[1].ID, Org: r.acme, Cabinet: c.ID, Number: 2, Token: d[1].Token},
			},
			Lanes: []cabinet.Lane{
				{ID: l[0].ID, Door: d[0].ID, Number: 1, Shelf: 1, Noise: 1.5},
				{ID: l[1].ID, Door: d[0].ID, Number: 2, Shelf: 2, Noise: 0.7},
				{ID: l[2].ID, Door: d[1].ID, Number: 3, Shelf: 1, Noise: 2},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("registered (-want +got):\n%s", diff)
		}
		kept, err := r.Layout(t.Context(), larder.System(r.acme), c.ID)
		must(t, err)
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
	})
	t.Run("a token is at least 128 bits of chance, another for each door (S24)", func(t *testing.T) {
		for _, d := range got.Doors {
			raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(d.Token))
			if err != nil || len(raw) < 16 || d.Token != strings.ToLower(d.Token) {
				t.Errorf("token %q has %d bytes: %v", d.Token, len(raw), err)
			}
		}
		if got.Doors[0].Token == got.Doors[1].Token {
			t.Error("two doors share a token")
		}
	})
	t.Run("the key is kept sealed, the log does not show it", func(t *testing.T) {
		key := registration("SN-1").Key
		if n := r.count(t, "SELECT count(*) FROM cabinet WHERE sealed_key = $1", key); n != 0 {
			t.Error("the key itself is in the database")
		}
		text := fmt.Sprint(slog.AnyValue(registration("SN-1")).Resolve())
		if strings.Contains(text, "KKKK") || strings.Contains(text, "75 75") { // the key, written as text or as numbers
			t.Errorf("a log shows the key: %s", text)
		}
	})
	t.Run("an audit row (I19)", func(t *testing.T) {
		const rows = "SELECT count(*) FROM audit WHERE action = 'cabinet.register' AND org_id = $1 AND object_id = $2"
		if n := r.count(t, rows, r.acme, got.Cabinet.ID); n != 1 {
			t.Errorf("%d audit rows, want 1", n)
		}
	})
	t.Run("a serial number is taken once on earth", func(t *testing.T) {
		_, _, _, err := r.Register(t.Context(), larder.System(r.other), registration("SN-1"))
		wantCode(t, err, larder.CodeConflict)
	})
}

// Without its audit row nothing is registered (I19); without chance there is no token.
func TestService_Register_whole_or_not(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	unaudited, unlucky := r.deps, r.deps
	unaudited.Audit, unlucky.Random = mute{}, iotest.ErrReader(iotest.ErrTimeout)
	for _, deps := range []cabinet.Deps{unaudited, unlucky} {
		if _, _, _, err := cabinet.New(deps).Register(t.Context(), larder.System(r.acme), registration("SN-1")); err == nil {
			t.Error("registered all the same")
		}
	}
	if n := r.count(t, "SELECT (SELECT count(*) FROM cabinet) + (SELECT count(*) FROM door) + (SELECT count(*) FROM lane)"); n != 0 {
		t.Errorf("%d rows remain", n)
	}
}

func TestService_Register_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, spoil := range map[string]func(*cabinet.Registration){
		"no serial":          func(r *cabinet.Registration) { r.Serial = "" },
		"a serial, space":    func(r *cabinet.Registration) { r.Serial = "SN 1" },
		"a long serial":      func(r *cabinet.Registration) { r.Serial = strings.Repeat("1", 65) },
		"no model":           func(r *cabinet.Registration) { r.Model = "" },
		"no name":            func(r *cabinet.Registration) { r.Name = "" },
		"a long place":       func(r *cabinet.Registration) { r.Place = strings.Repeat("a", 101) },
		"an illegible name":  func(r *cabinet.Registration) { r.Name = "One\x00" },
		"an illegible place": func(r *cabinet.Registration) { r.Place = "\xff" },
		"a short key":        func(r *cabinet.Registration) { r.Key = r.Key[:31] },
		"no doors":           func(r *cabinet.Registration) { r.Doors = nil },
		"many doors":         func(r *cabinet.Registration) { r.Doors = make([]cabinet.NewDoor, 17) },
		"no lanes":           func(r *cabinet.Registration) { r.Doors[1].Lanes = nil },
		"many lanes":         func(r *cabinet.Registration) { r.Doors[1].Lanes = manyLanes(255) },
		"shelf 0":            func(r *cabinet.Registration) { r.Doors[0].Lanes[0].Shelf = 0 },
		"no noise":           func(r *cabinet.Registration) { r.Doors[0].Lanes[0].Noise = larder.NoMass },
		"noise below mg":     func(r *cabinet.Registration) { r.Doors[0].Lanes[0].Noise = 0.0001 },
	} {
		bad := registration("SN-1")
		spoil(&bad)
		if _, _, _, err := r.Register(t.Context(), larder.System(r.acme), bad); larder.CodeOf(err) != larder.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, actor := range []larder.Actor{
		{},
		{Kind: larder.ActorSystem},
		{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: 5},
		{Kind: larder.ActorStaff, Org: r.acme, Staff: 6, Role: larder.RoleSupport},
	} {
		_, _, _, err := r.Register(t.Context(), actor, registration("SN-1"))
		wantCode(t, err, larder.CodeForbidden)
	}
}

func manyLanes(n int) []cabinet.NewLane {
	lanes := make([]cabinet.NewLane, n)
	for i := range lanes {
		lanes[i] = cabinet.NewLane{Shelf: 1, Noise: 1}
	}
	return lanes
}
