package catalog

import (
	"fmt"

	"larder"
)

// Product is something that is sold by the piece.
type Product struct {
	ID       larder.ProductID
	Org      larder.OrgID
	Name     string      // in Chinese, 1 to 100 bytes, legible
	NameEn   string      // in English, 1 to 100 bytes, legible
	UnitMass larder.Gram // mass of one piece, above 0
	UnitSD   larder.Gram // standard deviation of UnitMass between pieces, at least 0
}

// Slot is one lane as of one planogram version: its scale, and what lies on it.
type Slot struct {
	Lane    larder.LaneID
	Number  int         // of the lane in its cabinet, from 1
	Shelf   int         // from 1
	Noise   larder.Gram // standard deviation of a reading at rest
	Product Product
	Price   larder.Fen // of one piece
	Par     int        // pieces that the lane is filled to
}

// NewSlot puts a product into a lane. A lane without one is left empty.
type NewSlot struct {
	Lane    larder.LaneID
	Product larder.ProductID
	Price   larder.Fen // at least 0
	Par     int        // above 0
}

const (
	textBytes = 100
	maxPar    = 10_000
	maxSlots  = 256 // lanes of a cabinet
)

// maxPrice catches a price that was typed in the wrong unit: 10,000 yuan.
const maxPrice larder.Fen = 1_000_000

// check says what is wrong with a product that is to be added.
func (p Product) check() error {
	switch {
	case p.Name == "" || len(p.Name) > textBytes:
		return invalid("name")
	case p.NameEn == "" || len(p.NameEn) > textBytes:
		return invalid("name_en")
	case !larder.Legible(p.Name):
		return larder.E(larder.CodeInvalid, "field", "name", "reason", "illegible")
	case !larder.Legible(p.NameEn):
		return larder.E(larder.CodeInvalid, "field", "name_en", "reason", "illegible")
	case p.UnitMass.Milligrams() <= 0: // an unknown mass is 0 milligrams
		return invalid("unit_mass")
	case !p.UnitSD.Known() || p.UnitSD.Milligrams() < 0:
		return invalid("unit_sd")
	}
	return nil
}

// checkSlots says what is wrong with a planogram that is to be published.
func checkSlots(slots []NewSlot) error {
	if len(slots) == 0 || len(slots) > maxSlots {
		return invalid("slots")
	}
	taken := make(map[larder.LaneID]bool, len(slots))
	for i, s := range slots {
		switch {
		case taken[s.Lane]:
			return invalid(fmt.Sprintf("slots[%d].lane", i))
		case s.Price < 0 || s.Price > maxPrice:
			return invalid(fmt.Sprintf("slots[%d].price", i))
		case s.Par < 1 || s.Par > maxPar:
			return invalid(fmt.Sprintf("slots[%d].par", i))
		}
		taken[s.Lane] = true
	}
	return nil
}

func invalid(field string) error {
	return larder.E(larder.CodeInvalid, "field", field, "reason", "out of range")
}

// mayPublish reports whether actor may change what its organization sells.
func mayPublish(actor larder.Actor) bool {
	if actor.Org.IsZero() {
		return false
	}
	return actor.Kind == larder.ActorSystem ||
		actor.Kind == larder.ActorStaff && (actor.Role == larder.RoleAdmin || actor.Role == larder.RoleOperator)
}
