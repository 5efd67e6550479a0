package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"larder"
	"larder/internal/app/config"
	"larder/internal/core/staff"
	"larder/internal/edge/obs"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
	"larder/internal/edge/store/invariant"
	"larder/internal/sim/demo"
)

const (
	demoOrg     = "demo"
	demoConnect = 20 * time.Second       // for five cabinets to get through
	demoCollect = 700 * time.Millisecond // a provider is not instant; the page shows the difference
)

// DemoOptions are what a person may choose about the demo.
type DemoOptions struct {
	Listen   string // of page and API: a loopback address; port 0 takes a free one
	Seed     uint64 // draws goods, scales and what Once takes
	Once     bool   // one purchase without a browser, then the end
	DB       string // an empty database of a server; by default a file that is thrown away
	LogLevel string
	Out, Err io.Writer // results; progress and logs
}

// Demo runs the whole platform in one process on a database of its own, with a payment provider and
// five cabinets that are not real, until ctx ends. With Once it ends after one purchase; the error
// then says that the receipt, the money or the books are wrong.
func Demo(ctx context.Context, o DemoOptions) (err error) {
	dir, err := os.MkdirTemp("", "larder-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d := &demonstration{DemoOptions: o}
	if d.log, err = obs.NewLogger(o.Err, o.LogLevel, "text"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if d.DB == "" {
		d.DB = filepath.Join(dir, "larder.db")
	}
	if err := d.open(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return d.run(ctx)
}

// demonstration is a platform and the world around it.
type demonstration struct {
	DemoOptions
	log      *slog.Logger
	sandbox  *sandbox.Server
	app      *App
	world    *demo.World
	password string // of the member of staff who may decide cases
}

// open builds the provider, then the platform, registers everything in it, then builds the world.
func (d *demonstration) open(ctx context.Context) error {
	plan, err := demo.Fleet(d.Seed)
	if err != nil {
		return err
	}
	if d.sandbox, err = sandbox.New(sandbox.Config{CollectAfter: demoCollect, Logger: d.log}); err != nil {
		return err
	}
	provider, err := d.sandbox.Start(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	c, err := d.settings(provider)
	if err != nil {
		return err
	}
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.world.Handler().ServeHTTP(w, r) })
	if d.app, err = Open(ctx, c, Options{Log: d.log, Root: page}); err != nil {
		return err
	}
	if err := d.app.mustBeEmpty(ctx); err != nil {
		return err
	}
	registered, err := d.register(ctx, plan)
	if err != nil {
		return err
	}
	d.world, err = demo.New(demo.Config{
		Plan: plan, Registered: registered, LinkAddress: d.app.LinkAddr(), Provider: wechatpay.Name, Sandbox: d.sandbox, Log: d.log,
	})
	return err
}

// settings are those of an installation whose provider is the sandbox and whose secrets are new.
func (d *demonstration) settings(provider string) (config.Config, error) {
	c, err := config.Default()
	if err != nil {
		return c, err
	}
	master := make([]byte, 32)
	_, _ = rand.Read(master) // crypto/rand does not fail, it ends the program
	c.Master.Key = config.NewSecret(hex.EncodeToString(master))
	c.DB, c.HTTP.Listen, c.Link.Listen = d.DB, d.Listen, "127.0.0.1:0"
	m := d.sandbox.Merchant(0).ClientSettings()
	c.WeChatPay = config.WeChatPay{
		MerchantID: m.MerchantID, AppID: m.AppID, ServiceID: m.ServiceID, Serial: m.Serial,
		PublicKeyID: m.PublicKeyID, PublicKey: m.PublicKey, PrivateKey: config.NewSecret(m.PrivateKey),
		APIv3Key: config.NewSecret(m.APIv3Key), APIv2Key: config.NewSecret(m.APIv2Key),
		AppSecret: config.NewSecret(m.AppSecret), BaseURL: provider, LoginURL: provider,
	}
	return c, nil
}

// register enters the plan, and somebody who may decide cases.
func (d *demonstration) register(ctx context.Context, plan demo.Plan) ([]demo.Registered, error) {
	setup := d.app.Setup()
	if _, err := setup.AddOrg(ctx, demoOrg, "Larder Demo"); err != nil {
		return nil, err
	}
	d.password = rand.Text()
	member := staff.NewStaff{Login: "ann", Name: "Ann", Role: larder.RoleAdmin, Password: d.password}
	if _, err := setup.AddStaff(ctx, demoOrg, member); err != nil {
		return nil, err
	}
	return setup.Furnish(ctx, demoOrg, plan)
}

// run lets platform and world live until ctx ends, or until Once is done.
func (d *demonstration) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var living sync.WaitGroup
	var ended error
	living.Go(func() {
		ended = d.app.Run(ctx)
		cancel(ended)
	})
	living.Go(func() { d.world.Run(ctx) })
	err := d.play(ctx)
	cancel(nil)
	living.Wait()
	return errors.Join(err, ended)
}

// play waits for the cabinets and then for the person, or makes the one purchase.
func (d *demonstration) play(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, demoConnect)
	defer cancel()
	if err := d.world.WaitConnected(within); err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it began
		}
		return err
	}
	url := "http://" + d.app.HTTPAddr()
	if d.Once {
		return d.once(ctx, url)
	}
	fmt.Fprintf(d.Err, "\n  Larder demo: five cabinets are connected.\n  Open  %s/\n  Staff org %s, login ann, password %s\n  Stop with Ctrl-C; nothing is kept.\n\n",
		url, demoOrg, d.password)
	<-ctx.Done()
	return nil
}

// once makes one purchase and then looks through the books.
func (d *demonstration) once(ctx context.Context, url string) error {
	err := demo.Once(ctx, demo.OnceConfig{BaseURL: url, World: d.world, Seed: d.Seed, Stdout: d.Out, Stderr: d.Err})
	if err != nil {
		return err
	}
	report, err := invariant.Run(ctx, d.app.db)
	if err != nil {
		return err
	}
	if !report.Clean {
		return errors.New("demo: the audit found broken invariants")
	}
	fmt.Fprintf(d.Err, "           audit clean: %d checks\n", len(report.Results))
	return nil
}

// close gives back what open has opened.
func (d *demonstration) close() error {
	var errs []error
	if d.app != nil {
		errs = append(errs, d.app.Close())
	}
	if d.sandbox != nil {
		errs = append(errs, d.sandbox.Close())
	}
	return errors.Join(errs...)
}
