package app

import (
	"context"
	"fmt"
	"strings"

	"larder"
	"larder/internal/app/installation"
	"larder/internal/core/catalog"
)

// shelf is what lies in a cabinet as the database has it.
type shelf struct {
	slots map[larder.LaneID]catalog.Slot // of the planogram that counts
	held  map[larder.LaneID]int          // pieces by the ledger
}

// enterGoods makes what a file says of a cabinet's lanes the planogram that counts, unless it is, and
// books the first goods of lanes that are given a product. It returns the version that counts then.
func (l *loading) enterGoods(ctx context.Context, at string, c installation.Cabinet, in Enrolled) (version int64, fresh bool, err error) {
	had, err := l.shelf(ctx, in)
	if err != nil {
		return 0, false, err
	}
	var slots, given []catalog.NewSlot // all of them; those whose lanes held something else, or nothing
	var counts []int                   // of given
	var lanes []string                 // of slots: where the file has them
	changed := false
	number := 0
	for j, d := range c.Doors {
		for k, lane := range d.Lanes {
			id := in.Lanes[number].ID
			number++
			slot := catalog.NewSlot{Lane: id, Product: l.products[lane.Product].ID, Price: lane.Price, Par: lane.Par}
			now := had.slots[id]
			if now.Product.ID != slot.Product {
				if n := had.held[id]; n != 0 {
					field := fmt.Sprintf("%s.doors[%d].lanes[%d].product", at, j, k)
					return 0, false, l.file.Refuse(field, "cannot change: %d × %s lie there by the books", n, now.Product.NameEn)
				}
			}
			changed = changed || now.Product.ID != slot.Product || now.Price != slot.Price || now.Par != slot.Par
			if lane.Product == "" {
				continue
			}
			slots, lanes = append(slots, slot), append(lanes, fmt.Sprintf("%s.doors[%d].lanes[%d]", at, j, k))
			if now.Product.ID != slot.Product {
				given, counts = append(given, slot), append(counts, lane.Count)
			}
		}
	}
	if !changed {
		return in.Cabinet.Planogram, false, nil
	}
	if version, err = l.catalog.PublishTx(ctx, l.tx, larder.System(l.org), in.Cabinet.ID, slots); err != nil {
		return 0, false, l.blameSlot(at+".doors", lanes, err)
	}
	for i, slot := range given {
		if err := l.goods.FillTx(ctx, l.tx, l.org, slot.Lane, slot.Product, counts[i], version); err != nil {
			return 0, false, fmt.Errorf("fill lane %s of %s: %w", slot.Lane, in.Cabinet.Serial, err)
		}
	}
	return version, true, nil
}

// blameSlot is blame of a planogram, whose slots are the file's lanes under other names.
func (l *loading) blameSlot(doors string, lanes []string, err error) error {
	names := map[string]string{"lane": "", "price": ".price_fen", "par": ".par"}
	r := refusalOf(err)
	for i, lane := range lanes {
		if r == nil {
			break
		}
		if name, ok := strings.CutPrefix(r.Field, fmt.Sprintf("slots[%d].", i)); ok {
			return l.file.Refuse(lane+names[name], "%s", r.Reason)
		}
	}
	return l.blame(doors, err)
}

func (l *loading) shelf(ctx context.Context, in Enrolled) (shelf, error) {
	s := shelf{slots: map[larder.LaneID]catalog.Slot{}, held: map[larder.LaneID]int{}}
	for _, d := range in.Doors {
		slots, err := l.catalog.SlotsTx(ctx, l.tx, d.ID, in.Cabinet.Planogram)
		if err != nil {
			return s, err
		}
		for _, slot := range slots {
			s.slots[slot.Lane] = slot
		}
		held, err := l.goods.QuantitiesTx(ctx, l.tx, d.ID)
		if err != nil {
			return s, err
		}
		for lane, n := range held {
			s.held[lane] = n
		}
	}
	return s, nil
}
