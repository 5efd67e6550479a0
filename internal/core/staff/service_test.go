package staff_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
)

// The program asks for the platform's organization at every start.
func TestService_EnsurePlatform(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.EnsurePlatform(t.Context()))
	if n := r.count(t, "SELECT count(*) FROM org WHERE id = 1"); n != 1 {
		t.Errorf("%d platforms, want 1", n)
	}
}

func TestService_AddOrg(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.org(t, "acme")
	if n := r.count(t, "SELECT count(*) FROM audit WHERE action = 'staff.add_org' AND org_id = $1 AND object_id = $1", id); n != 1 {
		t.Errorf("%d audit rows, want 1 (I19)", n)
	}
	_, err := r.AddOrg(t.Context(), staff.Org{Code: "acme", Name: "another"})
	wantCode(t, err, larder.CodeConflict)
	for _, org := range []staff.Org{
		{Name: "no code"},
		{Code: "Upper", Name: "x"},
		{Code: "sp ace", Name: "x"},
		{Code: strings.Repeat("a", 65), Name: "x"},
		{Code: "unnamed"},
		{Code: "long", Name: strings.Repeat("a", 101)},
	} {
		_, err := r.AddOrg(t.Context(), org)
		wantCode(t, err, larder.CodeInvalid)
	}
}

func TestService_Add(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	acme, other := r.org(t, "acme"), r.org(t, "other")
	boss := r.member(t, acme, "boss", larder.RoleAdmin)
	admin := larder.Actor{Kind: larder.ActorStaff, Org: acme, Staff: boss.ID, Role: larder.RoleAdmin}
	n := staff.NewStaff{Login: "li@acme", Name: "李雷", Role: larder.RoleSupport, Password: right}

	t.Run("into the actor's organization, with an audit row (I18, I19)", func(t *testing.T) {
		got, err := r.Add(t.Context(), admin, n)
		must(t, err)
		want := staff.Staff{ID: got.ID, Org: acme, Login: "li@acme", Name: "李雷", Role: larder.RoleSupport}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("added (-want +got):\n%s", diff)
		}
		const rows = `SELECT count(*) FROM audit
			WHERE action = 'staff.add' AND org_id = $1 AND actor_kind = 'staff' AND actor_id = $2 AND object_id = $3`
		if n := r.count(t, rows, acme, boss.ID, got.ID); n != 1 {
			t.Errorf("%d audit rows, want 1", n)
		}
	})
	t.Run("a login is taken once an organization", func(t *testing.T) {
		_, err := r.Add(t.Context(), admin, n)
		wantCode(t, err, larder.CodeConflict)
		r.member(t, other, "li@acme", larder.RoleSupport)
	})
	t.Run("nobody adds to another organization, and only an admin adds (I18)", func(t *testing.T) {
		foreign, lower := n, admin
		foreign.Org, lower.Role = other, larder.RoleOperator
		_, err := r.Add(t.Context(), admin, foreign)
		wantCode(t, err, larder.CodeForbidden)
		for _, actor := range []larder.Actor{
			lower, {}, {Kind: larder.ActorCustomer, Org: larder.Platform, Customer: 5}, {Kind: larder.ActorSystem},
		} {
			_, err := r.Add(t.Context(), actor, n)
			wantCode(t, err, larder.CodeForbidden)
		}
	})
	t.Run("what is wrong is refused", func(t *testing.T) {
		for field, spoil := range map[string]func(*staff.NewStaff){
			"login":                 func(n *staff.NewStaff) { n.Login = "Li Lei" },
			"name":                  func(n *staff.NewStaff) { n.Name = "" },
			"name reason=illegible": func(n *staff.NewStaff) { n.Name = "Li\nLei" },
			"role":                  func(n *staff.NewStaff) { n.Role = "root" },
			"password":              func(n *staff.NewStaff) { n.Password = "short" },
		} {
			bad := n
			spoil(&bad)
			_, err := r.Add(t.Context(), admin, bad)
			wantCode(t, err, larder.CodeInvalid)
			if err != nil && !strings.Contains(err.Error(), "field="+field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
	})
}

// Without its audit row a privileged action has not happened (I19).
func TestService_Add_without_audit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	acme := r.org(t, "acme")
	ids, err := larder.NewIDs(2, r.clock.Now)
	must(t, err)
	s := staff.New(staff.Deps{DB: r.db, Store: failing{}, IDs: ids, Random: rand.Reader, Passwords: r.passwords})
	n := staff.NewStaff{Login: "li", Name: "李雷", Role: larder.RoleSupport, Password: right}
	if _, err := s.Add(t.Context(), larder.System(acme), n); err == nil {
		t.Error("added without an audit row")
	}
	if _, err := s.AddOrg(t.Context(), staff.Org{Code: "silent", Name: "x"}); err == nil {
		t.Error("an organization without an audit row")
	}
	if n := r.count(t, "SELECT (SELECT count(*) FROM staff) + (SELECT count(*) FROM org WHERE code = 'silent')"); n != 0 {
		t.Errorf("%d rows remain", n)
	}
}

// Who has no organization is on record with the platform.
func TestService_RecordTx_anonymous(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		return r.RecordTx(t.Context(), tx, larder.Actor{Kind: larder.ActorAnonymous}, larder.AuditRecord{Action: "door.scan"})
	}))
	if n := r.count(t, "SELECT count(*) FROM audit WHERE action = 'door.scan' AND org_id = 1 AND actor_id = 0"); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
}

var _ staff.Store = failing{store.Staff{}}
