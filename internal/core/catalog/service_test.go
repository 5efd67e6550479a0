package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/catalog"
)

func TestService_AddProduct(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	boss := larder.Actor{Kind: larder.ActorStaff, Org: r.acme.org, Staff: 6, Role: larder.RoleOperator}
	got, err := r.AddProduct(t.Context(), boss, product("可乐", "Cola", 350.00049))
	must(t, err)
	want := product("可乐", "Cola", 350)
	want.ID, want.Org = got.ID, r.acme.org
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	list, err := r.Products(t.Context(), boss)
	must(t, err)
	if diff := cmp.Diff([]catalog.Product{r.acme.tea, want}, list); diff != "" {
		t.Errorf("the organization's products (-want +got):\n%s", diff)
	}
	const rows = "SELECT count(*) FROM audit WHERE action = 'catalog.add_product' AND org_id = $1 AND actor_id = 6 AND object_id = $2"
	if n := r.count(t, rows, r.acme.org, got.ID); n != 1 {
		t.Errorf("%d audit rows, want 1 (I19)", n)
	}
	for name, spoil := range map[string]func(*catalog.Product){
		"no name":                   func(p *catalog.Product) { p.Name = "" },
		"a long name":               func(p *catalog.Product) { p.NameEn = strings.Repeat("a", 101) },
		"an illegible name":         func(p *catalog.Product) { p.Name = "可\n乐" },
		"an illegible English name": func(p *catalog.Product) { p.NameEn = "Co\x00la" },
		"no mass":                   func(p *catalog.Product) { p.UnitMass = 0 },
		"an unknown mass":           func(p *catalog.Product) { p.UnitMass = larder.NoMass },
		"an unknown sd":             func(p *catalog.Product) { p.UnitSD = larder.NoMass },
		"a negative sd":             func(p *catalog.Product) { p.UnitSD = -1 },
	} {
		bad := product("可乐", "Cola", 350)
		spoil(&bad)
		if _, err := r.AddProduct(t.Context(), boss, bad); larder.CodeOf(err) != larder.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The first version is 1, every further one the next; the cabinet knows which counts.
func TestService_Publish(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := r.acme
	system := larder.System(a.org)
	cola, err := r.AddProduct(t.Context(), system, product("可乐", "Cola", 350))
	must(t, err)

	first, err := r.Publish(t.Context(), system, a.layout.Cabinet.ID, []catalog.NewSlot{
		{Lane: a.layout.Lanes[2].ID, Product: cola.ID, Price: 300, Par: 6},
		{Lane: a.layout.Lanes[1].ID, Product: cola.ID, Price: 250, Par: 8},
		{Lane: a.layout.Lanes[0].ID, Product: a.tea.ID, Price: 550, Par: 10},
	})
	must(t, err)
	second, err := r.Publish(t.Context(), system, a.layout.Cabinet.ID, []catalog.NewSlot{
		{Lane: a.layout.Lanes[0].ID, Product: cola.ID, Price: 0, Par: 4},
	})
	must(t, err)
	if first != 1 || second != 2 {
		t.Errorf("versions %d and %d, want 1 and 2", first, second)
	}
	if got := r.count(t, "SELECT planogram_version FROM cabinet WHERE id = $1", a.layout.Cabinet.ID); got != 2 {
		t.Errorf("version %d counts, want 2", got)
	}
	if n := r.count(t, "SELECT count(*) FROM audit WHERE action = 'catalog.publish' AND org_id = $1", a.org); n != 2 {
		t.Errorf("%d audit rows, want 2 (I19)", n)
	}

	slot := func(lane int, p catalog.Product, price larder.Fen, par int) catalog.Slot {
		l := a.layout.Lanes[lane]
		return catalog.Slot{Lane: l.ID, Number: l.Number, Shelf: 2, Noise: 1.5, Product: p, Price: price, Par: par}
	}
	for name, tc := range map[string]struct {
		door    int
		version int64
		want    []catalog.Slot
	}{
		"the old version as it was, by lane number": {0, 1, []catalog.Slot{slot(0, a.tea, 550, 10), slot(1, cola, 250, 8)}},
		"only that door's lanes":                    {1, 1, []catalog.Slot{slot(2, cola, 300, 6)}},
		"the new version; an empty lane is left":    {0, 2, []catalog.Slot{slot(0, cola, 0, 4)}},
		"a door that is empty now":                  {1, 2, []catalog.Slot{}},
		"before the first version":                  {0, 0, []catalog.Slot{}},
	} {
		got, err := r.Slots(t.Context(), a.layout.Doors[tc.door].ID, tc.version)
		must(t, err)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A refused planogram leaves nothing: no version is used up, none changes.
func TestService_Publish_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, o := r.acme, r.other
	system, id := larder.System(a.org), a.layout.Cabinet.ID
	good := catalog.NewSlot{Lane: a.layout.Lanes[0].ID, Product: a.tea.ID, Price: 550, Par: 10}
	with := func(spoil func(*catalog.NewSlot)) []catalog.NewSlot {
		bad := catalog.NewSlot{Lane: a.layout.Lanes[1].ID, Product: a.tea.ID, Price: 550, Par: 10}
		spoil(&bad)
		return []catalog.NewSlot{good, bad}
	}
	for name, tc := range map[string]struct {
		actor   larder.Actor
		cabinet larder.CabinetID
		slots   []catalog.NewSlot
		want    larder.Code
	}{
		"nothing in it":              {system, id, nil, larder.CodeInvalid},
		"a lane twice":               {system, id, []catalog.NewSlot{good, good}, larder.CodeInvalid},
		"a negative price":           {system, id, with(func(s *catalog.NewSlot) { s.Price = -1 }), larder.CodeInvalid},
		"a price in the wrong unit":  {system, id, with(func(s *catalog.NewSlot) { s.Price = 1_000_001 }), larder.CodeInvalid},
		"par 0":                      {system, id, with(func(s *catalog.NewSlot) { s.Par = 0 }), larder.CodeInvalid},
		"another cabinet's lane":     {system, id, with(func(s *catalog.NewSlot) { s.Lane = o.layout.Lanes[0].ID }), larder.CodeNotFound},
		"another's product (I18)":    {system, id, with(func(s *catalog.NewSlot) { s.Product = o.tea.ID }), larder.CodeNotFound},
		"another's cabinet (I18)":    {larder.System(o.org), id, []catalog.NewSlot{good}, larder.CodeNotFound},
		"an unknown cabinet":         {system, 99, []catalog.NewSlot{good}, larder.CodeNotFound},
		"nobody":                     {larder.Actor{}, id, []catalog.NewSlot{good}, larder.CodeForbidden},
		"a customer":                 {larder.Actor{Kind: larder.ActorCustomer, Org: 1, Customer: 5}, id, []catalog.NewSlot{good}, larder.CodeForbidden},
		"staff who may not, finance": {larder.Actor{Kind: larder.ActorStaff, Org: a.org, Staff: 6, Role: larder.RoleFinance}, id, []catalog.NewSlot{good}, larder.CodeForbidden},
	} {
		if _, err := r.Publish(t.Context(), tc.actor, tc.cabinet, tc.slots); larder.CodeOf(err) != tc.want {
			t.Errorf("%s: %v, want code %s", name, err, tc.want)
		}
	}
	unaudited := r.deps
	unaudited.Audit = mute{}
	if _, err := catalog.New(unaudited).Publish(t.Context(), system, id, []catalog.NewSlot{good}); err == nil {
		t.Error("published without an audit row (I19)")
	}
	if n := r.count(t, "SELECT (SELECT count(*) FROM planogram_lane) + (SELECT sum(planogram_version) FROM cabinet)"); n != 0 {
		t.Errorf("%d remains of refused planograms", n)
	}
	if version, err := r.Publish(t.Context(), system, id, []catalog.NewSlot{good}); err != nil || version != 1 {
		t.Errorf("version %d, %v after refusals, want 1", version, err)
	}
}

// I18: what is listed and added stays in the actor's organization.
func TestService_Products_scope(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	foreign := product("可乐", "Cola", 350)
	foreign.Org = r.other.org
	_, err := r.AddProduct(t.Context(), larder.System(r.acme.org), foreign)
	wantCode(t, err, larder.CodeForbidden)
	for _, actor := range []larder.Actor{{}, {Kind: larder.ActorCustomer, Org: larder.Platform, Customer: 5}} {
		_, err := r.AddProduct(t.Context(), actor, product("可乐", "Cola", 350))
		wantCode(t, err, larder.CodeForbidden)
		_, err = r.Products(t.Context(), actor)
		wantCode(t, err, larder.CodeForbidden)
	}
	got, err := r.Products(t.Context(), larder.System(r.other.org))
	must(t, err)
	if diff := cmp.Diff([]catalog.Product{r.other.tea}, got); diff != "" {
		t.Errorf("the other organization's products (-want +got):\n%s", diff)
	}
}
