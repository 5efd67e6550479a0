package staff_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/staff"
)

func TestService_SignIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	acme := r.org(t, "acme")
	li := r.member(t, acme, "li", larder.RoleSupport)
	login, err := r.SignIn(t.Context(), "acme", "li", right)
	must(t, err)
	want := staff.Login{Token: login.Token, Expires: larder.MillisOf(r.clock.Now().Add(12 * time.Hour)), Staff: li}
	if diff := cmp.Diff(want, login); diff != "" {
		t.Errorf("login (-want +got):\n%s", diff)
	}
	who, err := r.Who(t.Context(), login.Token)
	must(t, err)
	if diff := cmp.Diff(larder.Actor{Kind: larder.ActorStaff, Org: acme, Staff: li.ID, Role: larder.RoleSupport}, who); diff != "" {
		t.Errorf("who (-want +got):\n%s", diff)
	}
	if n := r.count(t, "SELECT count(*) FROM audit WHERE action = 'staff.sign_in' AND actor_id = $1 AND org_id = $2", li.ID, acme); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
	if text := fmt.Sprint(slog.AnyValue(login).Resolve()); strings.Contains(text, login.Token) {
		t.Errorf("a log shows the token: %s", text)
	}
}

// S23: organization, login and password are told apart neither by the answer nor by the work.
func TestService_SignIn_tells_nothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.member(t, r.org(t, "acme"), "li", larder.RoleSupport)
	r.org(t, "other")
	for _, try := range [][3]string{
		{"acme", "li", wrong},
		{"acme", "nobody", right},
		{"other", "li", right},
		{"nowhere", "li", right},
		{"acme", "li", strings.Repeat("a", 129)},
		{"", "", ""},
	} {
		before, rows := r.db.Stats(), r.count(t, "SELECT count(*) FROM audit")
		var err error
		work := r.passwords.work(func() { _, err = r.SignIn(t.Context(), try[0], try[1], try[2]) })
		after := r.db.Stats()
		if diff := cmp.Diff(larder.E(larder.CodeCredentials), err); diff != "" {
			t.Errorf("%v: (-want +got):\n%s", try, diff)
		}
		if work != 1 {
			t.Errorf("%v: %d passwords verified, want 1", try, work)
		}
		if n := after.WriteTx - before.WriteTx; n != 1 {
			t.Errorf("%v: %d transactions that write, want 1", try, n)
		}
		if n := r.count(t, "SELECT count(*) FROM audit") - rows; n != 1 {
			t.Errorf("%v: %d audit rows, want 1", try, n)
		}
	}
}

// S23: five wrong passwords lock the login, longer each time, and no longer than a quarter of an hour.
func TestService_SignIn_lock(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.member(t, r.org(t, "acme"), "li", larder.RoleSupport)
	try := func(password string) larder.Code {
		_, err := r.SignIn(t.Context(), "acme", "li", password)
		return larder.CodeOf(err)
	}
	for range 4 {
		try(wrong)
	}
	if code := try(right); code != "" {
		t.Fatalf("after four failures the right password got %q", code)
	}
	for range 5 { // the count began anew
		try(wrong)
	}
	for _, lock := range []time.Duration{
		30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute,
	} {
		r.clock.advance(lock - time.Millisecond)
		if code := try(right); code != larder.CodeCredentials {
			t.Fatalf("locked for %s, the right password got %q", lock, code)
		}
		try(wrong) // does not make the lock longer
		r.clock.advance(time.Millisecond)
		if code := try(wrong); code != larder.CodeCredentials {
			t.Fatalf("after %s a wrong password got %q", lock, code)
		}
	}
	r.clock.advance(15 * time.Minute)
	if code := try(right); code != "" {
		t.Errorf("after the lock the right password got %q", code)
	}
	if n := r.count(t, "SELECT failures + locked_until FROM staff"); n != 0 {
		t.Errorf("after signing in %d remains of the lock", n)
	}
}

// Guesses that are verified side by side are counted one after the other: no more than five are made.
func TestService_SignIn_many_guesses_at_once(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.member(t, r.org(t, "acme"), "li", larder.RoleSupport)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _, _ = r.SignIn(t.Context(), "acme", "li", wrong) })
	}
	wg.Wait()
	if n := r.count(t, "SELECT failures FROM staff"); n != 5 {
		t.Errorf("%d guesses counted, want 5", n)
	}
}

func TestService_Who(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	li := r.member(t, r.org(t, "acme"), "li", larder.RoleSupport)
	signIn := func() string {
		login, err := r.SignIn(t.Context(), "acme", "li", right)
		must(t, err)
		return login.Token
	}

	t.Run("a token that is none", func(t *testing.T) {
		for _, token := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 10_000)} {
			_, err := r.Who(t.Context(), token)
			wantCode(t, err, larder.CodeUnauthorized)
		}
	})
	t.Run("only a digest is kept", func(t *testing.T) {
		token := signIn()
		if n := r.count(t, "SELECT count(*) FROM login WHERE token_hash = $1 OR token_hash = $2", token, []byte(token)); n != 0 {
			t.Error("the token itself is in the database")
		}
		if n := r.count(t, "SELECT count(*) FROM login WHERE length(token_hash) <> 32"); n != 0 {
			t.Error("a digest is not of SHA-256")
		}
	})
	t.Run("a role counts as it is now", func(t *testing.T) {
		token := signIn()
		r.exec(t, "UPDATE staff SET role = 'finance' WHERE id = $1", li.ID)
		who, err := r.Who(t.Context(), token)
		must(t, err)
		if who.Role != larder.RoleFinance {
			t.Errorf("role %q, want finance", who.Role)
		}
	})
	t.Run("signed out", func(t *testing.T) {
		token, kept := signIn(), signIn()
		must(t, r.SignOut(t.Context(), token))
		must(t, r.SignOut(t.Context(), token)) // again, and nonsense, are no errors
		must(t, r.SignOut(t.Context(), "x"))
		_, err := r.Who(t.Context(), token)
		wantCode(t, err, larder.CodeUnauthorized)
		_, err = r.Who(t.Context(), kept)
		must(t, err)
	})
	t.Run("expired", func(t *testing.T) {
		token := signIn()
		r.clock.advance(12*time.Hour - time.Millisecond)
		_, err := r.Who(t.Context(), token)
		must(t, err)
		r.clock.advance(time.Millisecond)
		_, err = r.Who(t.Context(), token)
		wantCode(t, err, larder.CodeUnauthorized)
		signIn() // forgets what has expired
		if n := r.count(t, "SELECT count(*) FROM login"); n != 1 {
			t.Errorf("%d sign-ins are kept, want 1", n)
		}
	})
	t.Run("staff who left", func(t *testing.T) {
		token := signIn()
		r.exec(t, "DELETE FROM staff WHERE id = $1", li.ID)
		_, err := r.Who(t.Context(), token)
		wantCode(t, err, larder.CodeUnauthorized)
	})
}

func TestService_IssueTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	issue := func(actor larder.Actor) (token string, expires larder.Millis, err error) {
		err = r.db.Update(t.Context(), func(tx larder.Tx) error {
			var err error
			token, expires, err = r.IssueTx(t.Context(), tx, actor)
			return err
		})
		return token, expires, err
	}
	shopper := larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: 77}
	token, expires, err := issue(shopper)
	must(t, err)
	if want := larder.MillisOf(r.clock.Now().Add(30 * 24 * time.Hour)); expires != want {
		t.Errorf("expires at %d, want %d", expires, want)
	}
	who, err := r.Who(t.Context(), token)
	must(t, err)
	if diff := cmp.Diff(shopper, who); diff != "" {
		t.Errorf("who (-want +got):\n%s", diff)
	}
	if again, _, err := issue(shopper); err != nil || again == token {
		t.Errorf("a second sign-in got %q, %v: every token is its own (S13)", again, err)
	}
	for _, actor := range []larder.Actor{{}, {Kind: larder.ActorAnonymous}, larder.System(larder.Platform)} {
		if _, _, err := issue(actor); err == nil {
			t.Errorf("a sign-in for %+v", actor)
		}
	}
}
