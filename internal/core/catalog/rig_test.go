package catalog_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database, with two organizations that have a cabinet each.
type rig struct {
	*catalog.Service
	deps        catalog.Deps
	db          storetest.DB
	cabinets    *cabinet.Service
	acme, other shop
}

// shop is an organization with a cabinet of two doors: lanes 1 and 2, lane 3.
type shop struct {
	org    larder.OrgID
	layout cabinet.Layout
	tea    catalog.Product
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := storetest.Open(t, nil)
	ids, err := larder.NewIDs(1, time.Now)
	must(t, err)
	people := staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader})
	must(t, people.EnsurePlatform(t.Context()))
	cabinets := cabinet.New(cabinet.Deps{
		DB: db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: plain{}, Audit: people,
	})
	r := &rig{db: db, cabinets: cabinets}
	r.deps = catalog.Deps{DB: db, Store: store.Catalog{}, IDs: ids, Cabinets: cabinets, Audit: people}
	r.Service = catalog.New(r.deps)
	for code, s := range map[string]*shop{"acme": &r.acme, "other": &r.other} {
		org, err := people.AddOrg(t.Context(), staff.Org{Code: code, Name: code})
		must(t, err)
		*s = r.open(t, org)
	}
	return r
}

func (r *rig) open(t *testing.T, org staff.Org) shop {
	t.Helper()
	lane := cabinet.NewLane{Shelf: 2, Noise: 1.5}
	c, doors, lanes, err := r.cabinets.Register(t.Context(), larder.System(org.ID), cabinet.Registration{
		Serial: "SN-" + org.Code, Model: "lean-1", Name: "柜", Place: "大堂", Key: bytes.Repeat([]byte{7}, 32),
		Doors: []cabinet.NewDoor{{Lanes: []cabinet.NewLane{lane, lane}}, {Lanes: []cabinet.NewLane{lane}}},
	})
	must(t, err)
	tea, err := r.AddProduct(t.Context(), larder.System(org.ID), product("绿茶", "Green tea", 512.4))
	must(t, err)
	return shop{org: org.ID, layout: cabinet.Layout{Cabinet: c, Doors: doors, Lanes: lanes}, tea: tea}
}

func product(name, nameEn string, mass larder.Gram) catalog.Product {
	return catalog.Product{Name: name, NameEn: nameEn, UnitMass: mass, UnitSD: 1.25}
}

func (r *rig) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query, args...).Scan(&n)
	}))
	return n
}

// plain is a sealer whose keys nobody looks at here.
type plain struct{}

func (plain) Seal(b []byte) ([]byte, error) { return b, nil }
func (plain) Open(b []byte) ([]byte, error) { return b, nil }

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
