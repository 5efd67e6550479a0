package stock_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/staff"
	"larder/internal/core/stock"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database, with one cabinet of two lanes of which one holds cola.
type rig struct {
	*stock.Service
	db    storetest.DB
	org   larder.OrgID
	door  larder.DoorID
	lanes []cabinet.Lane
	cola  larder.ProductID
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := storetest.Open(t, nil)
	ids, err := larder.NewIDs(1, time.Now)
	must(t, err)
	people := staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids})
	must(t, people.EnsurePlatform(t.Context()))
	org, err := people.AddOrg(t.Context(), staff.Org{Code: "ours", Name: "ours"})
	must(t, err)
	cabinets := cabinet.New(cabinet.Deps{DB: db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: sealer{}, Audit: people})
	_, doors, lanes, err := cabinets.Register(t.Context(), larder.System(org.ID), cabinet.Registration{
		Serial: "SN-1", Model: "native", Name: "一号柜", Place: "大堂", Key: bytes.Repeat([]byte{7}, 32),
		Doors: []cabinet.NewDoor{{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}, {Shelf: 1, Noise: 1}}}},
	})
	must(t, err)
	products := catalog.New(catalog.Deps{DB: db, Store: store.Catalog{}, IDs: ids, Cabinets: cabinets, Audit: people})
	cola, err := products.AddProduct(t.Context(), larder.System(org.ID), catalog.Product{Name: "可乐", NameEn: "Cola", UnitMass: 350, UnitSD: 4})
	must(t, err)
	r := &rig{Service: stock.New(store.Stocks{}), db: db, org: org.ID, door: doors[0].ID, lanes: lanes, cola: cola.ID}
	must(t, db.Update(t.Context(), func(tx larder.Tx) error {
		return r.FillTx(t.Context(), tx, r.org, lanes[0].ID, cola.ID, 10, 1)
	}))
	return r
}

func (r *rig) move(t *testing.T, m stock.Move) error {
	t.Helper()
	return r.db.Update(t.Context(), func(tx larder.Tx) error { return r.MoveTx(t.Context(), tx, m) })
}

func (r *rig) held(t *testing.T) (held map[larder.LaneID]int) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) (err error) {
		held, err = r.QuantitiesTx(t.Context(), tx, r.door)
		return err
	}))
	return held
}

// TestService_MoveTx guards I5: a movement changes the stock by its entry, once per reference, and the
// scale is believed where the ledger had fewer.
func TestService_MoveTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lane := r.lanes[0].ID
	sale := stock.Move{Lane: lane, Org: r.org, Kind: stock.Purchase, Ref: 7, Change: -3}
	must(t, r.move(t, sale))
	if err := r.move(t, sale); larder.CodeOf(err) != larder.CodeConflict {
		t.Errorf("the same sale again: %v", err)
	}
	if got := r.held(t)[lane]; got != 7 {
		t.Errorf("%d pieces, want 7", got)
	}
	must(t, r.move(t, stock.Move{Lane: lane, Org: r.org, Kind: stock.Purchase, Ref: 8, Change: -9}))
	if got := r.held(t)[lane]; got != -2 {
		t.Errorf("%d pieces, want -2", got)
	}
	var before, after, product int64
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(),
			`SELECT before_qty, after_qty, product_id FROM lane_entry WHERE ref_id = 8`).Scan(&before, &after, &product)
	}))
	if before != 7 || after != -2 || product != int64(r.cola) {
		t.Errorf("entry %d to %d of product %d", before, after, product)
	}
}

// TestService_MoveTx_Nowhere guards I5 and I18: a lane that holds nothing, and one of another
// organization, move nothing.
func TestService_MoveTx_Nowhere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, m := range map[string]stock.Move{
		"an empty lane":             {Lane: r.lanes[1].ID, Org: r.org, Kind: stock.Purchase, Ref: 7, Change: -1},
		"another organization's":    {Lane: r.lanes[0].ID, Org: larder.Platform, Kind: stock.Purchase, Ref: 7, Change: -1},
		"a lane that there is none": {Lane: 12345, Org: r.org, Kind: stock.Purchase, Ref: 7, Change: -1},
	} {
		if err := r.move(t, m); larder.CodeOf(err) != larder.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	held := r.held(t)
	if _, known := held[r.lanes[1].ID]; held[r.lanes[0].ID] != 10 || known {
		t.Errorf("held %v", held)
	}
}

type sealer struct{}

func (sealer) Seal(p []byte) ([]byte, error) { return append([]byte{1}, p...), nil }
func (sealer) Open(s []byte) ([]byte, error) { return s[1:], nil }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
