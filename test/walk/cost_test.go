package walk_test

import (
	"context"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/sim/phone"
	"larder/internal/sim/rig"
	"larder/test/stand"
)

// What one purchase may cost (PL10), with all the shopper's looking: the scan, the live page at every
// change, the receipt.
const (
	maxWrites     = 10
	maxStatements = 100
)

// TestPurchase_Cost guards "≤ 10 transactions that write and ≤ 100 SQL statements", from the scan to
// the collected money, over the real sockets.
func TestPurchase_Cost(t *testing.T) {
	t.Parallel()
	stand.EachDatabase(t, cost)
}

func cost(t *testing.T, settings map[string]string) {
	provider, err := rig.StartProvider(t.Context(), rig.Ears{})
	must(t, err)
	t.Cleanup(func() {
		if err := provider.Close(); err != nil {
			t.Error(err)
		}
	})
	a := open(t, provider, settings["db"])
	fleet := furnish(t, a, provider)
	shopper, err := fleet.NewShopper(t.Context())
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), buyTime)
	defer cancel()
	w, n := math.Inf(1), math.Inf(1)
	for range attempts {
		writes, statements := purchase(ctx, t, a, fleet, shopper)
		t.Logf("%v transactions that write, %v statements", writes, statements)
		if w, n = min(w, writes), min(n, statements); w <= maxWrites && n <= maxStatements {
			return
		}
	}
	t.Errorf("at least %v transactions that write and %v statements; at most %d and %d are allowed", w, n, maxWrites, maxStatements)
}

// attempts are purchases of which one has to keep within its limits: a transaction that collided is counted
// twice, and so is what a sweep of all sessions, one in 15 s, did meanwhile.
const attempts = 3

// purchase returns what one purchase cost.
func purchase(ctx context.Context, t *testing.T, a *app.App, fleet *rig.Rig, shopper *rig.Shopper) (writes, statements float64) {
	t.Helper()
	writesBefore, before := counted(t, a.Registry())
	began := time.Now()
	result, err := fleet.Buy(ctx, rig.Errand{
		Shopper: shopper, Machine: fleet.Machines()[0], Takes: []rig.Take{{Lane: 1, Count: 1}, {Lane: 7, Count: 2}}, Open: 3 * time.Second,
	})
	must(t, err)
	must(t, result.Check())
	if result.Visit.Payment.State != phone.PaymentCaptured {
		t.Fatalf("the payment is %s", result.Visit.Payment.State)
	}
	writes, statements = counted(t, a.Registry())
	sweeps := math.Ceil(time.Since(began).Seconds()) // one statement a second, for all purchases together
	return writes - writesBefore, statements - before - sweeps
}

// open runs a platform in this process until the test ends, on a file if no database is named.
func open(t *testing.T, provider *rig.Provider, db string) *app.App {
	t.Helper()
	c, err := config.Default()
	must(t, err)
	m := provider.Merchant(0).ClientSettings()
	if c.DB = db; db == "" {
		c.DB = filepath.Join(t.TempDir(), "larder.db")
	}
	c.HTTP.Listen, c.Link.Listen = "127.0.0.1:0", "127.0.0.1:0"
	c.Master.Key = config.NewSecret("6c61726465720000000000000000000000000000000000000000000000000001")
	c.WeChatPay = config.WeChatPay{
		MerchantID: m.MerchantID, AppID: m.AppID, ServiceID: m.ServiceID, Serial: m.Serial,
		PublicKeyID: m.PublicKeyID, PublicKey: m.PublicKey, PrivateKey: config.NewSecret(m.PrivateKey),
		APIv3Key: config.NewSecret(m.APIv3Key), APIv2Key: config.NewSecret(m.APIv2Key),
		AppSecret: config.NewSecret(m.AppSecret), BaseURL: provider.URL, LoginURL: provider.URL,
	}
	a, err := app.Open(t.Context(), c, app.Options{})
	must(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// furnish registers one cabinet and lets it live until the test ends.
func furnish(t *testing.T, a *app.App, provider *rig.Provider) *rig.Rig {
	t.Helper()
	const seed = 7
	plan, err := rig.Fleet(1, 12, seed)
	must(t, err)
	_, err = a.Setup().AddOrg(t.Context(), "walk", "Walk")
	must(t, err)
	registered, err := a.Setup().Furnish(t.Context(), "walk", plan)
	must(t, err)
	fleet, err := rig.New(rig.Config{
		Plan: plan, Registered: registered, Seed: seed, Provider: provider,
		Site: &rig.Site{HTTP: a.HTTPAddr(), Link: a.LinkAddr()},
	})
	must(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var machines sync.WaitGroup
	machines.Go(func() { fleet.Run(ctx) })
	t.Cleanup(func() { cancel(); machines.Wait() })
	within, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	must(t, fleet.WaitConnected(within))
	return fleet
}

// counted returns how many operations were committed and how many statements closures ran so far.
func counted(t *testing.T, r prometheus.Gatherer) (writes, statements float64) {
	t.Helper()
	families, err := r.Gather()
	must(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			switch family.GetName() {
			case "larder_store_operations_total":
				if m.GetLabel()[0].GetValue() == "committed" {
					writes += m.GetCounter().GetValue()
				}
			case "larder_store_statements_total":
				statements += m.GetCounter().GetValue()
			}
		}
	}
	return writes, statements
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
