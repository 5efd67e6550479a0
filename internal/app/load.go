package app

import (
	"context"
	"fmt"

	"larder"
	"larder/internal/app/installation"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/staff"
	"larder/internal/core/stock"
	"larder/internal/edge/store"
)

// Loaded says what loading an installation has changed.
type Loaded struct {
	OrgAdded      bool
	ProductsAdded int
	Cabinets      []LoadedCabinet // in the file's order
}

// LoadedCabinet is one cabinet of a file that was loaded.
type LoadedCabinet struct {
	Enrolled // Key is nil for one that was there before
	Version  int64
	New      bool // the planogram of this version is: its goods or prices have changed
}

// Load enters what a file says, in one transaction: all of it or nothing. What is there already stays
// as it is, so a file may be loaded again, longer than before: products and cabinets are added, and a
// cabinet whose goods or prices have changed gets the next version of its planogram. Nothing is
// renamed, rebuilt or removed, and a lane that holds goods keeps its product. The error is
// [*installation.Wrong] with line and field where the file and the database do not agree.
func (s *Setup) Load(ctx context.Context, f *installation.File) (Loaded, error) {
	var loaded Loaded
	err := s.base.db.Update(ctx, func(tx larder.Tx) error {
		l := &loading{base: s.base, tx: tx, file: f, goods: stock.New(store.Stocks{})}
		err := l.all(ctx)
		loaded = l.done
		return err
	})
	if err != nil {
		return Loaded{}, err
	}
	return loaded, nil
}

// loading is one try to load a file; it lives in one transaction.
type loading struct {
	*base
	tx       larder.Tx
	file     *installation.File
	goods    *stock.Service
	org      larder.OrgID
	products map[string]catalog.Product // by English name
	done     Loaded
}

func (l *loading) all(ctx context.Context) error {
	if err := l.enterOrg(ctx); err != nil {
		return err
	}
	if err := l.enterProducts(ctx); err != nil {
		return err
	}
	for i, c := range l.file.Cabinets {
		made, err := l.enterCabinet(ctx, fmt.Sprintf("cabinets[%d]", i), c)
		if err != nil {
			return err
		}
		l.done.Cabinets = append(l.done.Cabinets, made)
	}
	return nil
}

// blame tells a room's refusal at the place of the file that it is about.
func (l *loading) blame(field string, err error) error {
	r := refusalOf(err)
	switch {
	case r == nil:
		return err
	case r.Field == "":
		return l.file.Refuse(field, "%s", r.Reason)
	case l.file.Has(field + "." + r.Field):
		return l.file.Refuse(field+"."+r.Field, "%s", r.Reason)
	}
	return l.file.Refuse(field, "is refused: %s", r.Error())
}

func (l *loading) enterOrg(ctx context.Context) error {
	want := l.file.Org
	org, err := orgOfTx(ctx, l.tx, want.Code)
	switch {
	case larder.CodeOf(err) == larder.CodeNotFound:
		if org, err = l.staff.AddOrgTx(ctx, l.tx, staff.Org{Code: want.Code, Name: want.Name}); err != nil {
			return l.blame("org", err)
		}
		l.done.OrgAdded = true
	case err != nil:
		return err
	case want.Name != org.Name:
		return l.file.Refuse("org.name", "is %q in the database, and loading renames nothing", org.Name)
	}
	l.org = org.ID
	return nil
}

func (l *loading) enterProducts(ctx context.Context) error {
	known, err := l.catalog.ProductsTx(ctx, l.tx, larder.System(l.org))
	if err != nil {
		return err
	}
	l.products = make(map[string]catalog.Product, len(known))
	for _, p := range known {
		l.products[p.NameEn] = p
	}
	for i, p := range l.file.Products {
		at := fmt.Sprintf("products[%d]", i)
		had, ok := l.products[p.NameEn]
		if ok {
			if err := l.sameProduct(at, p, had); err != nil {
				return err
			}
			continue
		}
		l.products[p.NameEn], err = l.catalog.AddProductTx(ctx, l.tx, larder.System(l.org), catalog.Product{
			Name: p.Name, NameEn: p.NameEn, UnitMass: p.UnitMass, UnitSD: p.UnitSD,
		})
		if err != nil {
			return l.blame(at, err)
		}
		l.done.ProductsAdded++
	}
	return nil
}

// sameProduct refuses to change a product that is there: bills were made with its mass.
func (l *loading) sameProduct(at string, p installation.Product, had catalog.Product) error {
	const why = "is %v in the database, and loading changes no product: give the new one another English name"
	switch {
	case p.Name != had.Name:
		return l.file.Refuse(at+".name", why, had.Name)
	case p.UnitMass.Milligrams() != had.UnitMass.Milligrams():
		return l.file.Refuse(at+".unit_mass_g", why, float64(had.UnitMass))
	case p.UnitSD.Milligrams() != had.UnitSD.Milligrams():
		return l.file.Refuse(at+".unit_sd_g", why, float64(had.UnitSD))
	}
	return nil
}

// enterCabinet registers a cabinet or finds it as it is written, then enters what is sold in it.
func (l *loading) enterCabinet(ctx context.Context, at string, c installation.Cabinet) (LoadedCabinet, error) {
	var made LoadedCabinet
	found, err := l.cabinets.FindTx(ctx, l.tx, larder.System(l.org), c.Serial)
	switch {
	case larder.CodeOf(err) == larder.CodeNotFound:
		if made.Enrolled, err = l.enrollTx(ctx, l.tx, l.org, registration(c)); err != nil {
			return made, l.blame(at, err)
		}
	case err != nil:
		return made, err
	default:
		made.Enrolled = Enrolled{Cabinet: found.Cabinet, Doors: found.Doors, Lanes: found.Lanes}
		if err := l.sameCabinet(at, c, found); err != nil {
			return made, err
		}
	}
	made.Version, made.New, err = l.enterGoods(ctx, at, c, made.Enrolled)
	return made, err
}

func registration(c installation.Cabinet) cabinet.Registration {
	r := cabinet.Registration{Serial: c.Serial, Model: c.Model, Name: c.Name, Place: c.Place}
	for _, d := range c.Doors {
		var door cabinet.NewDoor
		for _, lane := range d.Lanes {
			door.Lanes = append(door.Lanes, cabinet.NewLane{Shelf: lane.Shelf, Noise: lane.Noise})
		}
		r.Doors = append(r.Doors, door)
	}
	return r
}

// sameCabinet refuses to rebuild a cabinet that is there.
func (l *loading) sameCabinet(at string, c installation.Cabinet, had cabinet.Layout) error {
	const why = "is %v in the database, and loading rebuilds no cabinet"
	for _, text := range []struct{ field, want, had string }{
		{".model", c.Model, had.Cabinet.Model}, {".name", c.Name, had.Cabinet.Name}, {".place", c.Place, had.Cabinet.Place},
	} {
		if text.want != text.had {
			return l.file.Refuse(at+text.field, why, text.had)
		}
	}
	if len(c.Doors) != len(had.Doors) {
		return l.file.Refuse(at+".doors", "are %d in the database, and loading rebuilds no cabinet", len(had.Doors))
	}
	lanes := had.Lanes
	for j, d := range c.Doors {
		door := fmt.Sprintf("%s.doors[%d]", at, j)
		for k, lane := range d.Lanes {
			path := fmt.Sprintf("%s.lanes[%d]", door, k)
			switch {
			case len(lanes) == 0 || lanes[0].Door != had.Doors[j].ID:
				return l.file.Refuse(path, "is not in the database, and loading rebuilds no cabinet")
			case lane.Shelf != lanes[0].Shelf:
				return l.file.Refuse(path+".shelf", why, lanes[0].Shelf)
			case lane.Noise.Milligrams() != lanes[0].Noise.Milligrams():
				return l.file.Refuse(path+".noise_g", why, float64(lanes[0].Noise))
			}
			lanes = lanes[1:]
		}
		if len(lanes) > 0 && lanes[0].Door == had.Doors[j].ID {
			return l.file.Refuse(door+".lanes", "are more in the database, and loading rebuilds no cabinet")
		}
	}
	return nil
}
