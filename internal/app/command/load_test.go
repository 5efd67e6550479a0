package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const installationFile = `{
  "org": {"code": "acme", "name": "Acme"},
  "products": [
    {"name": "可乐", "name_en": "Cola", "unit_mass_g": 350.5, "unit_sd_g": 1.2},
    {"name": "茶", "name_en": "Tea", "unit_mass_g": 510, "unit_sd_g": 2}
  ],
  "cabinets": [
    {"serial": "LD-1", "model": "native", "name": "One", "place": "Here", "doors": [
      {"lanes": [
        {"shelf": 2, "noise_g": 1, "product": "Cola", "price_fen": 350, "par": 10, "count": 8},
        {"shelf": 1, "noise_g": 1}
      ]},
      {"lanes": [{"shelf": 1, "noise_g": 2, "product": "Tea", "price_fen": 500, "par": 6, "count": 0}]}
    ]}
  ]
}`

// BY3: whoever publishes a planogram is told what its scales will not tell apart, once, and is not kept
// from it.
func TestRun_load_separable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := map[string]string{"LARDER_DB": filepath.Join(dir, "larder.db"), "LARDER_MASTER_KEY": strings.Repeat("ab", 32)}
	path := filepath.Join(dir, "installation.json")
	light := strings.NewReplacer(`510`, `12`, `{"shelf": 1, "noise_g": 1}`,
		`{"shelf": 1, "noise_g": 1, "product": "Light", "price_fen": 300, "par": 4, "count": 4}`,
		`"products": [`, `"products": [{"name": "淡", "name_en": "Light", "unit_mass_g": 351, "unit_sd_g": 0},`).Replace(installationFile)
	if err := os.WriteFile(path, []byte(light), 0o600); err != nil {
		t.Fatal(err)
	}
	r := larder(t, env, "", "load", path)
	r.want(t, 0, "mind    lane 3: unfit: too light for this scale\n", "")
	r.want(t, 0, "mind    can be mistaken for each other when moved: 1 of lane 1 and 1 of lane 2, 0.5 g apart", "")
	if again := larder(t, env, "", "load", path); strings.Contains(again.out, "mind") {
		t.Errorf("old goods are doubted again: %s", again.out)
	}
}

// An operator enters an installation from a file: twice is once, a changed price is the next version,
// and what would rewrite history is refused with its line, wholly.
func TestRun_load(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := map[string]string{"LARDER_DB": filepath.Join(dir, "larder.db"), "LARDER_MASTER_KEY": strings.Repeat("ab", 32)}
	path := filepath.Join(dir, "installation.json")
	load := func(change ...string) result {
		t.Helper()
		if err := os.WriteFile(path, []byte(strings.NewReplacer(change...).Replace(installationFile)), 0o600); err != nil {
			t.Fatal(err)
		}
		return larder(t, env, "", "load", path)
	}
	first := load()
	first.want(t, 0, "the organization was added\n2 products were added\n", "")
	first.want(t, 0, "serial LD-1  planogram version 1, new\n  key     ", "")
	first.want(t, 0, "\n  door 2  ", "")
	again := load()
	again.want(t, 0, "0 products were added\n", "")
	again.want(t, 0, "planogram version 1, as it was\n", "")
	if strings.Contains(again.out, "key") || strings.Contains(again.out, "organization") {
		t.Errorf("loading again has changed something, or told a secret: %s", again.out)
	}
	load(`"price_fen": 350`, `"price_fen": 380`).want(t, 0, "planogram version 2, new\n", "")
	load(`"price_fen": 350`, `"price_fen": 380`, `"product": "Tea"`, `"product": "Cola"`).want(t, 0, "planogram version 3, new\n", "") // it was empty
	for change, told := range map[[2]string]string{
		{`"name": "Acme"`, `"name": "Other"`}:                                            `line 2: org.name is "Acme" in the database`,
		{`350.5`, `350.6`}:                                                               "line 4: products[0].unit_mass_g is 350.5 in the database",
		{`"name": "可乐"`, `"name": "百事"`}:                                                 "line 4: products[0].name is 可乐",
		{`"place": "Here"`, `"place": "There"`}:                                          "line 8: cabinets[0].place is Here",
		{`{"shelf": 1, "noise_g": 1}`, `{"shelf": 2, "noise_g": 1}`}:                     "line 11: cabinets[0].doors[0].lanes[1].shelf is 1",
		{`{"lanes": [{"shelf": 1`, `{"lanes": [{"shelf": 1, "noise_g": 1}, {"shelf": 1`}: "lanes[0].noise_g is 2",
		{`"product": "Cola"`, `"product": "Tea"`}:                                        "line 10: cabinets[0].doors[0].lanes[0].product cannot change: 8 × Cola lie there",
		{`"price_fen": 350`, `"price_fen": 2000000`}:                                     "line 10: cabinets[0].doors[0].lanes[0].price_fen is outside of its limits",
		{`"par": 6`, `"par": 600000`}:                                                    "line 13: cabinets[0].doors[1].lanes[0].par is outside of its limits",
		{`"code": "acme"`, `"code": "ACME!"`}:                                            "line 2: org.code has characters that it may not have",
		{`"code": "acme", "name": "Acme"`, `"code": "o", "name": "O"`}:                   "line 8: cabinets[0].serial is taken\n",
		{`"count": 8`, `"count": 8.5`}:                                                   "line 10: cabinets[0].doors[0].lanes[0].count is not a whole number",
	} {
		if told != "" {
			load(change[0], change[1]).want(t, 1, "", "installation.json is wrong, nothing was loaded\n")
			load(change[0], change[1]).want(t, 1, "", told)
		}
	}
	larder(t, env, "", "load", filepath.Join(dir, "none.json")).want(t, 1, "", "no such file")
	larder(t, env, "", "audit").want(t, 0, "ok    ", "")
	r := larder(t, env, "", "load", "--json", path)
	if r.exit != 1 || r.out != "" {
		t.Errorf("a wrong file as JSON: %+v", r)
	}
	load(`"price_fen": 350`, `"price_fen": 380`, `"product": "Tea"`, `"product": "Cola"`)
	var told struct {
		Cabinets []struct {
			Serial  string   `json:"serial"`
			Version int      `json:"planogram_version"`
			Lanes   []string `json:"lane_ids"`
			Key     *string  `json:"key"`
		} `json:"cabinets"`
	}
	if err := json.Unmarshal([]byte(larder(t, env, "", "load", "--json", path).out), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.Cabinets) != 1 || told.Cabinets[0].Version != 3 || len(told.Cabinets[0].Lanes) != 3 || told.Cabinets[0].Key != nil {
		t.Errorf("refused files have changed something, or JSON is not whole: %+v", told)
	}
}
