package installation_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/internal/app/installation"
)

const good = `{
  "org": {"code": "acme", "name": "Acme"},
  "products": [
    {"name": "可乐", "name_en": "Cola", "unit_mass_g": 350.5, "unit_sd_g": 1.2}
  ],
  "cabinets": [
    {"serial": "LD-1", "model": "native", "name": "One", "place": "Here", "doors": [
      {"lanes": [
        {"shelf": 2, "noise_g": 1, "product": "Cola", "price_fen": 350, "par": 10, "count": 8},
        {"shelf": 1, "noise_g": 1}
      ]}
    ]}
  ]
}`

func TestRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "installation.json")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := installation.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	lane := f.Cabinets[0].Doors[0].Lanes[0]
	if lane.Product != "Cola" || lane.Price != 350 || lane.Count != 8 || f.Products[0].UnitMass != 350.5 {
		t.Errorf("read %+v", f)
	}
	if fault := f.Fault("cabinets[0].doors[0].lanes[1].par", "x"); fault.Line != 10 {
		t.Errorf("a field that is left out is at line %d", fault.Line)
	}
	if _, err := installation.Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there")
	}
}

// Everything that is wrong is told at once, with its line and its field.
func TestParse_tells_what_is_wrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, text, want string }{
		"unknown":         {`"place"`, `"whereabouts"`, "line 7: cabinets[0].whereabouts is unknown"},
		"twice":           {`"code": "acme"`, `"code": "a", "code": "b"`, "line 2: org.code stands twice"},
		"another kind":    {`350,`, `"350",`, "line 9: cabinets[0].doors[0].lanes[0].price_fen is not a whole number"},
		"half a fen":      {`350,`, `350.5,`, "line 9: cabinets[0].doors[0].lanes[0].price_fen is not a whole number"},
		"a mass in words": {`350.5`, `"heavy"`, "line 4: products[0].unit_mass_g is not a number"},
		"null":            {`350.5`, `null`, "line 4: products[0].unit_mass_g is not a number"},
		"no list":         {`{"lanes": [`, `[{"lanes": [`, "is not an object"},
		"a hidden NUL":    {`"One"`, `"O\u0000ne"`, "line 7: cabinets[0].name has a character that is none, or that nobody sees"},
		"a line's end":    {`"LD-1"`, `"LD-1\n"`, "line 7: cabinets[0].serial has a character"},
		"another coding":  {`可乐`, "\xbf\xc9", "line 4: products[0].name has a character"},
		"half a pair":     {`可乐`, `\ud83d`, "line 4: products[0].name has a character"},
		"missing":         {`"par": 10, `, ``, "line 9: cabinets[0].doors[0].lanes[0].par is missing"},
		"no org":          {`  "org": {"code": "acme", "name": "Acme"},` + "\n", ``, "line 1: org.code is missing"},
		"no such product": {`"product": "Cola"`, `"product": "Coal"`, `line 9: cabinets[0].doors[0].lanes[0].product "Coal" is none of the products`},
		"no mass":         {`350.5`, `0`, "line 4: products[0].unit_mass_g is not above 0"},
		"no lanes":        {`"doors": [`, `"doors": [{"lanes": []},`, "line 7: cabinets[0].doors[0].lanes are none"},
		"broken":          {`],`, `];`, "line 5: is not JSON"},
		"more":            {"  ]\n}", "  ]\n}\n{}", "is not JSON: there is more"},
		"cut":             {"  ]\n}", "", "is not JSON"},
		"deep":            {`"acme"`, strings.Repeat("[", 100_000), "line 2: is not JSON: it is nested too deeply"},
	} {
		_, err := installation.Parse([]byte(strings.Replace(good, c.old, c.text, 1)))
		wrong, ok := errors.AsType[*installation.Wrong](err)
		if !ok || !strings.Contains(wrong.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	_, err := installation.Parse([]byte(strings.NewReplacer(`"shelf": 2`, `"shelf": 0`, `"par": 10`, `"par": 0`, `"count": 8`, `"count": -1`).Replace(good)))
	if wrong, ok := errors.AsType[*installation.Wrong](err); !ok || len(wrong.Faults) != 3 {
		t.Errorf("three faults are told as: %v", err)
	}
	if _, err := installation.Parse(nil); err == nil {
		t.Error("nothing at all")
	}
}

// Whatever the text is, reading it ends with a file or with what is wrong.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`{"cabinets":[{"doors":[{}]}],"products":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := installation.Parse(text)
		wrong, ok := errors.AsType[*installation.Wrong](err)
		if err != nil && (!ok || len(wrong.Faults) == 0 || wrong.Faults[0].Line < 1) || err == nil && file == nil {
			t.Errorf("%v", err)
		}
	})
}
