package catalog_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/edge/store"
)

// counting is the real store; it counts how often slots are read.
type counting struct {
	store.Catalog
	reads atomic.Int64
}

func (c *counting) Slots(ctx context.Context, tx larder.Tx, door larder.DoorID, version int64) ([]catalog.Slot, error) {
	c.reads.Add(1)
	return c.Catalog.Slots(ctx, tx, door, version)
}

// counted is a rig whose room reads through a counting store.
func counted(t *testing.T) (*rig, *counting) {
	t.Helper()
	r, c := newRig(t), &counting{}
	r.deps.Store = c
	r.Service = catalog.New(r.deps)
	return r, c
}

// sell publishes tea at a price in every lane of our cabinet.
func (r *rig) sell(t *testing.T, price larder.Fen) (version int64) {
	t.Helper()
	version, err := r.Publish(t.Context(), larder.System(r.acme.org), r.acme.layout.Cabinet.ID, r.everywhere(price))
	must(t, err)
	return version
}

func (r *rig) everywhere(price larder.Fen) (slots []catalog.NewSlot) {
	for _, l := range r.acme.layout.Lanes {
		slots = append(slots, catalog.NewSlot{Lane: l.ID, Product: r.acme.tea.ID, Price: price, Par: 5})
	}
	return slots
}

// priceOf is what the first lane of our first door costs in a version.
func (r *rig) priceOf(t *testing.T, version int64) larder.Fen {
	t.Helper()
	slots, err := r.Slots(t.Context(), r.acme.layout.Doors[0].ID, version)
	must(t, err)
	if len(slots) == 0 {
		return -1
	}
	return slots[0].Price
}

var errUndone = errors.New("undone")

// TestService_Slots_remembered guards "nobody's looking becomes dear": a version of a door is read once,
// whoever asks, and each version keeps its own prices (I13).
func TestService_Slots_remembered(t *testing.T) {
	t.Parallel()
	r, c := counted(t)
	first := r.sell(t, 300)
	second := r.sell(t, 400)
	for range 3 {
		if a, b := r.priceOf(t, first), r.priceOf(t, second); a != 300 || b != 400 {
			t.Errorf("tea costs %s, then %s", a, b)
		}
	}
	door := r.acme.layout.Doors[1].ID
	var shown [2][]catalog.Slot
	for i := range shown {
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) (err error) {
			shown[i], err = r.SlotsTx(t.Context(), tx, door, second)
			return err
		}))
	}
	if diff := cmp.Diff(shown[0], shown[1]); diff != "" || len(shown[0]) != 1 {
		t.Errorf("the second look differs (-first +second):\n%s", diff)
	}
	if n := c.reads.Load(); n != 3 {
		t.Errorf("%d reads of three folios", n)
	}
}

// TestService_Slots_undone guards I13 and L1: a version that was seen inside a transaction that came to
// nothing never was; the version that later has its number has its own prices.
func TestService_Slots_undone(t *testing.T) {
	t.Parallel()
	r, _ := counted(t)
	cabinet, door := r.acme.layout.Cabinet.ID, r.acme.layout.Doors[0].ID
	var never int64
	err := r.db.Update(t.Context(), func(tx larder.Tx) (err error) {
		if never, err = r.cabinets.AdvancePlanogramTx(t.Context(), tx, r.acme.org, cabinet); err != nil {
			return err
		}
		for _, s := range r.everywhere(999) {
			if _, err := (store.Catalog{}).AddSlot(t.Context(), tx, r.acme.org, cabinet, never, s); err != nil {
				return err
			}
		}
		if slots, err := r.SlotsTx(t.Context(), tx, door, never); err != nil || len(slots) != 2 || slots[0].Price != 999 {
			t.Errorf("inside its transaction the version shows %+v, %v", slots, err)
		}
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		t.Fatal(err)
	}
	if version := r.sell(t, 300); version != never {
		t.Fatalf("version %d after %d was undone", version, never)
	}
	if price := r.priceOf(t, never); price != 300 {
		t.Errorf("tea costs %s, want 3.00", price)
	}
}

// TestService_Slots_own guards I13: what one caller does with the slots it got changes nobody else's,
// and a door that has nothing in a version is looked at again.
func TestService_Slots_own(t *testing.T) {
	t.Parallel()
	r, c := counted(t)
	version := r.sell(t, 300)
	for range 3 {
		slots, err := r.Slots(t.Context(), r.acme.layout.Doors[0].ID, version)
		must(t, err)
		if slots[0].Price != 300 {
			t.Errorf("tea costs %s", slots[0].Price)
		}
		slots[0].Price = 1
	}
	before := c.reads.Load()
	for range 2 {
		if price := r.priceOf(t, version+1); price != -1 {
			t.Errorf("a version that is not there sells tea for %s", price)
		}
	}
	if n := c.reads.Load() - before; n != 2 {
		t.Errorf("%d reads of a version that was not there", n)
	}
}
