package cabinet_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database, with two organizations.
type rig struct {
	*cabinet.Service
	deps        cabinet.Deps
	db          storetest.DB
	sealer      *sealer
	ids         *source
	acme, other larder.OrgID
}

func newRig(t *testing.T) *rig {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) }
	db := storetest.Open(t, now)
	ids := &source{}
	ids.n.Store(1000)
	people := staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader})
	must(t, people.EnsurePlatform(t.Context()))
	r := &rig{db: db, ids: ids, sealer: &sealer{}}
	for code, id := range map[string]*larder.OrgID{"acme": &r.acme, "other": &r.other} {
		org, err := people.AddOrg(t.Context(), staff.Org{Code: code, Name: code})
		must(t, err)
		*id = org.ID
	}
	r.deps = cabinet.Deps{
		DB: db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: r.sealer, Audit: people,
	}
	r.Service = cabinet.New(r.deps)
	return r
}

// registration is of two doors with two lanes and one.
func registration(serial string) cabinet.Registration {
	return cabinet.Registration{
		Serial: serial, Model: "lean-1", Name: "一号柜", Place: "大堂", Key: bytes.Repeat([]byte("K"), 32),
		Doors: []cabinet.NewDoor{
			{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1.5}, {Shelf: 2, Noise: 0.7004}}},
			{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 2}}},
		},
	}
}

// register adds a cabinet to acme.
func (r *rig) register(t *testing.T, serial string) cabinet.Layout {
	t.Helper()
	c, doors, lanes, err := r.Register(t.Context(), larder.System(r.acme), registration(serial))
	must(t, err)
	return cabinet.Layout{Cabinet: c, Doors: doors, Lanes: lanes}
}

func (r *rig) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query, args...).Scan(&n)
	}))
	return n
}

// exec changes rows behind the room's back.
func (r *rig) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(t.Context(), query, args...)
		return err
	}))
}

// source counts up; a test may put it back, as a restored backup or a slow clock does.
type source struct{ n atomic.Int64 }

func (s *source) Next() int64 { return s.n.Add(1) }

// sealer turns every bit over and counts how often it was asked to open.
type sealer struct{ opened atomic.Int64 }

func (s *sealer) Seal(plain []byte) ([]byte, error) { return turned(plain), nil }

func (s *sealer) Open(sealed []byte) ([]byte, error) {
	s.opened.Add(1)
	return turned(sealed), nil
}

func turned(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[i] = ^b[i]
	}
	return out
}

// mute is an audit log that cannot be written.
type mute struct{}

func (mute) RecordTx(context.Context, larder.Tx, larder.Actor, larder.AuditRecord) error {
	return errors.New("the audit log is full")
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
