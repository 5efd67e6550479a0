package staff_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database, with a clock that the test moves.
type rig struct {
	*staff.Service
	db        storetest.DB
	passwords *passwords
	clock     *clock
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{passwords: &passwords{}, clock: &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}}
	db := storetest.Open(t, r.clock.Now)
	ids, err := larder.NewIDs(1, r.clock.Now)
	must(t, err)
	r.db = db
	r.Service = staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader, Passwords: r.passwords})
	must(t, r.EnsurePlatform(t.Context()))
	return r
}

// org adds an organization.
func (r *rig) org(t *testing.T, code string) larder.OrgID {
	t.Helper()
	org, err := r.AddOrg(t.Context(), staff.Org{Code: code, Name: "公司 " + code})
	must(t, err)
	return org.ID
}

// member adds a member with the password "correct horse".
func (r *rig) member(t *testing.T, org larder.OrgID, login string, role larder.Role) staff.Staff {
	t.Helper()
	s, err := r.Add(t.Context(), larder.System(org), staff.NewStaff{Login: login, Name: "王芳", Role: role, Password: right})
	must(t, err)
	return s
}

// count asks the database for one number.
func (r *rig) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query, args...).Scan(&n)
	}))
	return n
}

const (
	right = "correct horse"
	wrong = "battery staple"
)

// clock is a wall clock that the test moves.
type clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// passwords is a salted hash that is quick, and counts how often it was asked to verify.
type passwords struct {
	mu       sync.Mutex // guards verified
	verified int
}

func (p *passwords) Hash(password string) (string, error) {
	salt := make([]byte, 8)
	_, _ = rand.Read(salt)
	return hex.EncodeToString(slices.Concat(salt, p.sum(salt, password))), nil
}

func (p *passwords) Verify(hash, password string) (bool, error) {
	p.mu.Lock()
	p.verified++
	p.mu.Unlock()
	raw, err := hex.DecodeString(hash)
	if err != nil || len(raw) != 8+sha256.Size {
		return false, errors.New("not a hash")
	}
	return bytes.Equal(raw[8:], p.sum(raw[:8], password)), nil
}

func (p *passwords) sum(salt []byte, password string) []byte {
	sum := sha256.Sum256(append(bytes.Clone(salt), password...))
	return sum[:]
}

// work returns how many verifications fn took.
func (p *passwords) work(fn func()) int {
	p.mu.Lock()
	before := p.verified
	p.mu.Unlock()
	fn()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.verified - before
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want larder.Code) {
	t.Helper()
	if got := larder.CodeOf(err); got != want {
		t.Errorf("error %v has code %q, want %q", err, got, want)
	}
}

// failing is a store whose audit log cannot be written.
type failing struct{ store.Staff }

func (failing) AddAudit(
	context.Context, larder.Tx, int64, larder.OrgID, larder.Actor, larder.AuditRecord, larder.Millis,
) error {
	return errors.New("the audit log is full")
}

// exec changes rows behind the room's back.
func (r *rig) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(t.Context(), query, args...)
		return err
	}))
}
