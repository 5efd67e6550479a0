package cabinet_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/cabinet"
)

func TestService_Credential(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	want := r.register(t, "SN-1").Cabinet
	got, key, err := r.Credential(t.Context(), "SN-1")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cabinet (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(registration("SN-1").Key, key); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
	r.register(t, "SN-2")
	r.exec(t, "UPDATE cabinet SET state = 'retired' WHERE serial = 'SN-2'") // X11: an old key opens nothing
	for _, serial := range []string{"SN-3", "SN-2", ""} {
		before := r.sealer.opened.Load()
		_, key, err := r.Credential(t.Context(), serial)
		if diff := cmp.Diff(larder.E(larder.CodeNotFound), err); diff != "" || key != nil {
			t.Errorf("%q: key %v, error (-want +got):\n%s", serial, key, diff)
		}
		if n := r.sealer.opened.Load() - before; n != 1 {
			t.Errorf("%q: %d keys unsealed, want 1: the same work as for one that exists", serial, n)
		}
	}
}

func TestService_DoorByToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	want := r.register(t, "SN-1")
	c, d, err := r.DoorByToken(t.Context(), want.Doors[1].Token)
	must(t, err)
	if diff := cmp.Diff(want.Cabinet, c); diff != "" {
		t.Errorf("cabinet (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Doors[1], d); diff != "" {
		t.Errorf("door (-want +got):\n%s", diff)
	}
	_, _, err = r.DoorByToken(t.Context(), "nothing")
	wantCode(t, err, larder.CodeNotFound)
	r.exec(t, "UPDATE cabinet SET state = 'retired'")
	_, _, err = r.DoorByToken(t.Context(), want.Doors[1].Token)
	wantCode(t, err, larder.CodeNotFound)
}

// I18: what is listed ends at the actor's organization.
func TestService_Cabinets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one, two := r.register(t, "SN-1"), r.register(t, "SN-2")
	_, _, _, err := r.Register(t.Context(), larder.System(r.other), registration("SN-3"))
	must(t, err)

	support := larder.Actor{Kind: larder.ActorStaff, Org: r.acme, Staff: 6, Role: larder.RoleSupport}
	cabinets, doors, err := r.Cabinets(t.Context(), support)
	must(t, err)
	if diff := cmp.Diff([]cabinet.Cabinet{one.Cabinet, two.Cabinet}, cabinets); diff != "" {
		t.Errorf("cabinets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(one.Doors, two.Doors...), doors); diff != "" {
		t.Errorf("doors (-want +got):\n%s", diff)
	}
	_, err = r.Layout(t.Context(), larder.System(r.other), one.Cabinet.ID)
	wantCode(t, err, larder.CodeNotFound)
	for _, actor := range []larder.Actor{{}, {Kind: larder.ActorCustomer, Org: larder.Platform, Customer: 5}} {
		_, _, err := r.Cabinets(t.Context(), actor)
		wantCode(t, err, larder.CodeForbidden)
		_, err = r.Layout(t.Context(), actor, one.Cabinet.ID)
		wantCode(t, err, larder.CodeForbidden)
	}
}

func TestService_AdvancePlanogramTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	advance := func(org larder.OrgID) (version int64, err error) {
		err = r.db.Update(t.Context(), func(tx larder.Tx) error {
			var err error
			version, err = r.AdvancePlanogramTx(t.Context(), tx, org, id)
			return err
		})
		return version, err
	}
	for want := int64(1); want <= 3; want++ {
		if got, err := advance(r.acme); err != nil || got != want {
			t.Errorf("version %d, %v, want %d", got, err, want)
		}
	}
	_, err := advance(r.other)
	wantCode(t, err, larder.CodeNotFound)
}
