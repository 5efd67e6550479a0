package trial

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/staff"
	"larder/internal/core/stock"
	"larder/internal/edge/store"
	"larder/internal/sim/physics"
)

// What stands in a simulated cabinet: two shelves of four lanes. Its pieces can be told apart by
// their mass: whether the recognizer is good at goods that cannot is asked elsewhere.
const (
	shelves  = 2
	perShelf = 4
	pieces   = 20
	people   = 96
)

var (
	unitGrams = []larder.Gram{92, 350, 165, 271, 118, 541, 226, 440}
	prices    = []larder.Fen{1290, 350, 1380, 720, 680, 450, 2280, 590}
)

// furnish registers what every round needs, in an incarnation of the platform that never runs.
func (w *world) furnish(ctx context.Context) error {
	p, err := w.newPlatform(w.db)
	if err != nil {
		return err
	}
	if err := p.people.EnsurePlatform(ctx); err != nil {
		return err
	}
	ours, err := p.people.AddOrg(ctx, staff.Org{Code: "ours", Name: "ours"})
	if err != nil {
		return err
	}
	w.org = ours.ID
	by := larder.System(w.org)
	clerk, err := p.people.Add(ctx, by, staff.NewStaff{Login: "li", Name: "Li", Role: larder.RoleSupport, Password: "correct horse"})
	if err != nil {
		return err
	}
	w.support = larder.Actor{Kind: larder.ActorStaff, Org: w.org, Staff: clerk.ID, Role: larder.RoleSupport}
	for i, unit := range unitGrams {
		product := catalog.Product{Name: fmt.Sprintf("货%d", i+1), NameEn: fmt.Sprintf("Goods %d", i+1), UnitMass: unit, UnitSD: unit / 100}
		added, err := p.catalog.AddProduct(ctx, by, product)
		if err != nil {
			return err
		}
		w.goods = append(w.goods, added.ID)
	}
	for i := range people {
		login, err := p.customers.SignIn(ctx, bankName, fmt.Sprintf("payer-%d", i))
		if err != nil {
			return err
		}
		w.crowd = append(w.crowd, &shopper{
			w: w, actor: larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: login.Customer},
		})
	}
	return nil
}

// addMachine registers a cabinet, fills it and puts it where people pass.
func (w *world) addMachine(ctx context.Context, p *platform, number int) (*machine, error) {
	by := larder.System(w.org)
	r := cabinet.Registration{
		Serial: fmt.Sprintf("SIM-%d", number), Model: "native", Name: fmt.Sprintf("柜%d", number), Place: "大堂",
		Key: bytesOf(w.chance, 32), Doors: []cabinet.NewDoor{{}},
	}
	goods := make([]physics.Goods, 0, len(unitGrams))
	for i, unit := range unitGrams {
		r.Doors[0].Lanes = append(r.Doors[0].Lanes, cabinet.NewLane{Shelf: i/perShelf + 1, Noise: 1})
		goods = append(goods, physics.Goods{Unit: unit, CV: 0.006, Count: pieces})
	}
	c, doors, lanes, err := p.cabinets.Register(ctx, by, r)
	if err != nil {
		return nil, err
	}
	slots := make([]catalog.NewSlot, 0, len(lanes))
	for i, l := range lanes {
		slots = append(slots, catalog.NewSlot{Lane: l.ID, Product: w.goods[i], Price: prices[i], Par: pieces})
		err := w.db.Update(ctx, func(tx larder.Tx) error {
			return stock.New(store.Stocks{}).FillTx(ctx, tx, w.org, l.ID, w.goods[i], pieces, int64(c.ID))
		})
		if err != nil {
			return nil, err
		}
	}
	if _, err := p.catalog.Publish(ctx, by, c.ID, slots); err != nil {
		return nil, err
	}
	return newMachine(w, c, doors[0], lanes, r.Key, goods)
}

// bytesOf draws n bytes.
func bytesOf(chance *rand.Rand, n int) []byte {
	out := make([]byte, 0, n+8)
	for len(out) < n {
		out = binary.LittleEndian.AppendUint64(out, chance.Uint64())
	}
	return out[:n]
}

// drawn is chance as a reader, for nonces, tokens and challenges.
type drawn struct{ chance *rand.Rand }

// Read implements io.Reader.
func (d drawn) Read(p []byte) (int, error) { return copy(p, bytesOf(d.chance, len(p))), nil }

// passwords and sealer stand where production hashes and encrypts: nobody here attacks them.
type passwords struct{}

func (passwords) Hash(p string) (string, error)       { return "h:" + p, nil }
func (passwords) Verify(hash, p string) (bool, error) { return hash == "h:"+p, nil }

type sealer struct{}

func (sealer) Seal(p []byte) ([]byte, error) { return append([]byte{1}, p...), nil }
func (sealer) Open(s []byte) ([]byte, error) { return s[1:], nil }
