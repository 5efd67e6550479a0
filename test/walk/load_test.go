package walk_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"larder"
	"larder/internal/app"
	"larder/internal/app/installation"
	"larder/internal/sim/demo"
	"larder/internal/sim/rig"
	"larder/test/stand"
)

// told is what `larder load --json` says of a cabinet.
type told struct {
	ID       larder.CabinetID `json:"cabinet_id"`
	Key      string           `json:"key"`
	Version  int64            `json:"planogram_version"`
	NewGoods bool             `json:"planogram_changed"`
	Doors    []struct {
		Token string `json:"token"`
	} `json:"doors"`
	Lanes []larder.LaneID `json:"lane_ids"`
}

// TestLoad guards that an operator can set an installation up by commands alone and sell: a file is
// loaded, things are bought at its prices, the file is loaded again with another price, and from then
// on that price counts.
func TestLoad(t *testing.T) {
	t.Parallel()
	var plan demo.Plan
	s := stand.New(t, stand.Options{Furnish: func(site *rig.Site, p demo.Plan) []demo.Registered {
		plan = p
		c := load(t, site, plan)
		if c.Version != 1 || !c.NewGoods {
			t.Fatalf("loaded for the first time: %+v", c)
		}
		key, err := hex.DecodeString(c.Key)
		must(t, err)
		return []demo.Registered{{ID: c.ID, Key: key, Token: c.Doors[0].Token, Lanes: c.Lanes}}
	}})
	ctx, cancel := context.WithTimeout(t.Context(), buyTime)
	defer cancel()
	buy := func() {
		t.Helper()
		b := <-s.Buy(ctx, rig.Errand{Shopper: s.Shopper(), Takes: []rig.Take{{Lane: 2, Count: 1}}, Open: 2 * time.Second})
		s.Judge(b)
		if want := plan.Cabinets[0].Lanes[1].Price; !b.Result.Charged() || b.Result.Receipt.Total != want {
			t.Errorf("charged %s (%s %s), want %s", b.Result.Receipt.Total, b.Result.Visit.State, b.Result.Visit.Outcome, want)
		}
	}
	buy()
	s.Stop()
	if c := load(t, s.Site, plan); c.Version != 1 || c.NewGoods || c.Key != "" {
		t.Errorf("loaded again: %+v", c)
	}
	plan.Cabinets[0].Lanes[1].Price += 55 // the machine of the stand reads the same prices
	if c := load(t, s.Site, plan); c.Version != 2 || !c.NewGoods {
		t.Errorf("loaded with another price: %+v", c)
	}
	s.Start()
	buy()
	s.Audit()
}

// load writes a plan as a file, has the real program load it and returns what it says.
func load(t *testing.T, site *rig.Site, plan demo.Plan) told {
	t.Helper()
	f := app.Written(plan)
	f.Org = installation.Org{Code: "acme", Name: "Acme"}
	text, err := json.MarshalIndent(f, "", "  ")
	must(t, err)
	path := filepath.Join(site.Folder, "installation.json")
	must(t, os.WriteFile(path, text, 0o600))
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), stand.Program, "load", "--config", site.Settings, "--json", path)
	cmd.Env = append(os.Environ(), "LARDER_MASTER_KEY="+site.MasterKey)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("larder load: %v\n%s", err, complaints.String())
	}
	var done struct {
		Cabinets []told `json:"cabinets"`
	}
	must(t, json.Unmarshal(out.Bytes(), &done))
	if len(done.Cabinets) != 1 {
		t.Fatalf("loaded: %s", out.String())
	}
	return done.Cabinets[0]
}
