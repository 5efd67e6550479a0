package command

import (
	"context"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/edge/store/postgres"
)

// demo is `larder demo`.
type demo struct {
	Once   bool   `name:"once" help:"One purchase without a browser: progress on standard error, the receipt as JSON on standard output."`
	Seed   uint64 `name:"seed" default:"1" help:"Draws goods, scales and what is taken; the same seed draws the same."`
	Listen string `name:"listen" placeholder:"HOST:PORT" help:"Loopback address of the page. By default 127.0.0.1:8080, with --once a free port."`
	DB     string `name:"db" placeholder:"URL" help:"An empty PostgreSQL database instead of a file that is thrown away: postgres://USER@HOST/DATABASE."`
	Level  string `name:"level" default:"warn" help:"Least level that is logged: debug, info, warn, error."`
}

// Help says what there is to see.
func (*demo) Help() string {
	return `The platform, five simulated cabinets on real sockets and a sandbox of the payment provider, all in this process on a database that is thrown away (--db takes another). Open the page and shop.

  larder demo
  larder demo --once --seed 7

With --once the exit status is 0 only if the receipt is what was taken, the money is what the receipt says, and the audit is clean.`
}

// address is where the page is served.
func (c *demo) address() string {
	switch {
	case c.Listen != "":
		return c.Listen
	case c.Once:
		return "127.0.0.1:0"
	}
	return "127.0.0.1:8080"
}

// check judges the flags, in their own words: inside they become other settings.
func (c *demo) check(World) error {
	if c.DB != "" && !postgres.IsURL(c.DB) {
		return &config.Invalid{Problems: []config.Problem{{Key: "db", Reason: "is no postgres://USER@HOST/DATABASE; without it a file is made and thrown away"}}}
	}
	return config.CheckHere("listen", c.address(), "level", c.Level)
}

// Run runs the demo.
func (c *demo) Run(ctx context.Context, w World) error {
	return app.Demo(ctx, app.DemoOptions{
		Listen: c.address(), Seed: c.Seed, Once: c.Once, DB: c.DB, LogLevel: c.Level, Out: w.Out, Err: w.Err,
	})
}
