package app_test

import (
	"errors"
	"strings"
	"testing"

	"larder"
	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/app/installation"
	"larder/internal/core/cabinet"
	"larder/internal/core/staff"
	"larder/internal/core/stock"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgrestest"
)

const installationText = `{
  "org": {"code": "acme", "name": "Acme"},
  "products": [
    {"name": "可乐", "name_en": "Cola", "unit_mass_g": 350.5, "unit_sd_g": 1.2},
    {"name": "茶", "name_en": "Tea", "unit_mass_g": 510, "unit_sd_g": 2}
  ],
  "cabinets": [
    {"serial": "LD-1", "model": "native", "name": "One", "place": "Here", "doors": [
      {"lanes": [{"shelf": 1, "noise_g": 1, "product": "Cola", "price_fen": 350, "par": 10, "count": 8}]},
      {"lanes": [{"shelf": 1, "noise_g": 2, "product": "Tea", "price_fen": 500, "par": 6, "count": 3}]}
    ]}
  ]
}`

// ann is a member of staff to be added.
var ann = staff.NewStaff{Login: "ann", Name: "Ann", Role: "admin", Password: "a long password"}

// loader loads texts into one database.
type loader struct {
	*testing.T
	*app.Setup
}

// onBoth runs a test on a file and on a server.
func onBoth(t *testing.T, test func(t *testing.T, c config.Config)) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		c, _ := settings(t)
		test(t, c)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		c, _ := settings(t)
		c.DB = postgrestest.Start(t).Create(t)
		test(t, c)
	})
}

func newLoader(t *testing.T, c config.Config) loader {
	t.Helper()
	s, err := app.OpenSetup(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return loader{T: t, Setup: s}
}

// load loads the installation with some of its text replaced.
func (l loader) load(change ...string) (app.Loaded, error) {
	l.Helper()
	f, err := installation.Parse([]byte(strings.NewReplacer(change...).Replace(installationText)))
	if err != nil {
		l.Fatal(err)
	}
	return l.Load(l.Context(), f)
}

// good is load of what has to go well; it returns the one cabinet.
func (l loader) good(change ...string) app.LoadedCabinet {
	l.Helper()
	done, err := l.load(change...)
	if err != nil {
		l.Fatal(err)
	}
	return done.Cabinets[0]
}

// refuse is load of what has to be refused with words, at a line, and without the driver's.
func (l loader) refuse(want string, change ...string) {
	l.Helper()
	_, err := l.load(change...)
	wrong, ok := errors.AsType[*installation.Wrong](err)
	if !ok || !strings.Contains(wrong.Error(), want) || strings.Contains(strings.ToLower(wrong.Error()), "constraint") {
		l.Errorf("%v, want %s", err, want)
	}
}

// An installation is loaded into a server's database as into a file: twice is once, another price is the
// next version.
func TestSetup_Load(t *testing.T) {
	onBoth(t, func(t *testing.T, c config.Config) {
		l := newLoader(t, c)
		first := l.good()
		if first.Version != 1 || !first.New || len(first.Key) == 0 || len(first.Doors) != 2 || first.Doors[0].Token == "" || len(first.Lanes) != 2 {
			t.Errorf("loaded %+v", first)
		}
		again := l.good()
		if again.Version != 1 || again.New || again.Key != nil || again.Cabinet.ID != first.Cabinet.ID || again.Lanes[1] != first.Lanes[1] {
			t.Errorf("loaded again: %+v", again)
		}
		if dearer := l.good(`"price_fen": 350`, `"price_fen": 380`); dearer.Version != 2 || !dearer.New {
			t.Errorf("with another price: %+v", dearer)
		}
		prices, counts := l.sold(first)
		if prices != [2]larder.Fen{380, 500} || counts != [2]int{8, 3} {
			t.Errorf("sold at %v, of which there are %v", prices, counts)
		}
	})
}

// sold returns what the two lanes of a cabinet sell at, and how many pieces the books have there.
func (l loader) sold(of app.LoadedCabinet) (prices [2]larder.Fen, counts [2]int) {
	l.Helper()
	goods := stock.New(store.Stocks{})
	err := l.Update(l.Context(), func(tx larder.Tx) error {
		for i, d := range of.Doors {
			slots, err := store.Catalog{}.Slots(l.Context(), tx, d.ID, 2)
			if err != nil {
				return err
			}
			held, err := goods.QuantitiesTx(l.Context(), tx, d.ID)
			if err != nil {
				return err
			}
			prices[i], counts[i] = slots[0].Price, held[of.Lanes[i].ID]
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	return prices, counts
}

// What cannot be is refused with line and field, in the reader's words and not the driver's, and nothing
// of the file is entered: not the products before it, nor the organization.
func TestSetup_Load_refuses(t *testing.T) {
	onBoth(t, func(t *testing.T, c config.Config) {
		l := newLoader(t, c)
		l.good()
		const another = `"code": "acme", "name": "Acme"`
		l.refuse("line 8: cabinets[0].serial is taken", another, `"code": "other", "name": "Other"`)
		l.refuse("line 2: org.code has characters that it may not have", `"code": "acme"`, `"code": "ACME"`)
		l.refuse("line 2: org.name is too short or too long", another, `"code": "other", "name": ""`)
		l.refuse("line 8: cabinets[0].place is Here in the database", `"name_en": "Tea"`, `"name_en": "Green tea"`, `"product": "Tea"`, `"product": "Green tea"`, `"Here"`, `"There"`)
		l.refuse("line 10: cabinets[0].doors[1].lanes[0].product cannot change: 3 × Tea lie there", `"product": "Tea"`, `"product": "Cola"`)
		if _, err := l.AddStaff(t.Context(), "other", ann); larder.CodeOf(err) != larder.CodeNotFound {
			t.Errorf("the organization of a refused file is there: %v", err)
		}
		done, err := l.load(`"name_en": "Tea"`, `"name_en": "Green tea"`, `"product": "Tea"`, `"product": "Cola"`, `LD-1`, `LD-2`)
		if err != nil || done.OrgAdded || done.ProductsAdded != 1 || done.Cabinets[0].Version != 1 {
			t.Errorf("a refused file has left something: %+v, %v", done, err)
		}
	})
}

// What is taken is said without the driver's words, of organizations, staff and cabinets.
func TestSetup_taken(t *testing.T) {
	onBoth(t, func(t *testing.T, c config.Config) {
		l := newLoader(t, c)
		l.good()
		_, org := l.AddOrg(t.Context(), "acme", "Acme")
		_, err := l.AddStaff(t.Context(), "acme", ann)
		_, login := l.AddStaff(t.Context(), "acme", ann)
		_, serial := l.AddCabinet(t.Context(), "acme", cabinet.Registration{
			Serial: "LD-1", Model: "native", Name: "One", Place: "Here", Doors: []cabinet.NewDoor{{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}}}},
		})
		for want, got := range map[string]error{"code is taken": org, "login is taken": login, "serial is taken": serial} {
			if err != nil || got == nil || got.Error() != want || larder.CodeOf(got) != larder.CodeConflict {
				t.Errorf("%v (%v), want %s", got, err, want)
			}
		}
	})
}
