package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	bm "larder/internal/app/bench"
)

// bench is `larder bench`.
type bench struct {
	Purchase benchPurchase `cmd:"" help:"Purchases: the platform in a process of its own, everything around it in this one."`
}

// benchPurchase is `larder bench purchase`.
type benchPurchase struct {
	Rate    float64       `name:"rate" required:"" help:"Purchases begun a second."`
	Seconds int           `name:"seconds" required:"" help:"Length of the measurement; filling up and running out come on top."`
	Doors   int           `name:"doors" default:"200" help:"Cabinets, with one door each."`
	Open    time.Duration `name:"open" default:"3s" help:"How long each door is open."`
	Dir     string        `name:"dir" default:"." placeholder:"DIR" help:"On the disk to be measured; what is put there is removed."`
	Profile string        `name:"profile" type:"path" placeholder:"FILE" help:"Write where the platform's process spends its time, in pprof's format; it costs a few per cent."`
	JSON    bool          `name:"json" help:"One JSON object."`
}

// Help says what is measured, and what ends with an error.
func (*benchPurchase) Help() string {
	return `It starts this program's "serve" with the database synced to disk, connects simulated cabinets and a sandbox of the payment provider from this process, and lets shoppers come at an even rate: scan, start, consent, open, take, close, receipt, money. Loopback only.

  larder bench purchase --rate 20 --seconds 60 --json

The figures are the platform's own metrics over the window; cpu_ms_per_purchase is its whole process. A door is busy for about 3 s beyond the time it is open: a rate above doors/(open + 3s) makes shoppers wait, which is said on standard error. The exit status is 1 if a receipt was wrong, a purchase was lost or the audit is not clean.`
}

func (c *benchPurchase) config() bm.Config {
	return bm.Config{Dir: c.Dir, Rate: c.Rate, Window: time.Duration(c.Seconds) * time.Second, Doors: c.Doors, Open: c.Open, Profile: c.Profile}
}

// check judges the flags.
func (c *benchPurchase) check(World) error { return c.config().Check() }

// Run measures.
func (c *benchPurchase) Run(ctx context.Context, w World) (err error) {
	measurement := c.config()
	if measurement.Program, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	measurement.Tell = w.Err
	result, err := bm.Run(ctx, measurement)
	if result != nil {
		err = errors.Join(c.print(w, *result), err)
	}
	return err
}

func (c *benchPurchase) print(w World, r bm.Result) error {
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(r)
	}
	fmt.Fprintf(w.Out, "purchases  %8.2f /s\nCPU        %8.2f ms each\nwrites     %8.2f each\nfsyncs     %8.1f /s\n",
		r.PurchasesPerSecond, r.CPUPerPurchase, r.WritesPerPurchase, r.FsyncsPerSecond)
	fmt.Fprintf(w.Out, "unlock     %8.1f ms, p99 %.1f ms\nreceipt    %8.1f ms, p99 %.1f ms\nmemory     %8.1f MiB\n",
		r.Unlock.P50, r.Unlock.P99, r.Receipt.P50, r.Receipt.P99, float64(r.RSS)/(1<<20))
	return nil
}
