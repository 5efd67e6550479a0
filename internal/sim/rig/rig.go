package rig

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"larder/internal/sim/cabinet"
	"larder/internal/sim/demo"
	"larder/internal/sim/phone"
)

const (
	phoneIdle    = 90 * time.Second
	phoneHeader  = 30 * time.Second // for the platform to begin an answer
	phonesAtOnce = 4096             // connections
)

// Config is a rig to be built. All fields but Hook, Timing and Log are needed.
type Config struct {
	Plan       demo.Plan
	Registered []demo.Registered // what the platform made of it, in the plan's order
	Seed       uint64            // the plan's
	Site       *Site
	Provider   *Provider
	Hook       func(cabinet.Change) // of every machine; see [cabinet.Config]
	Timing     cabinet.Timing
	Log        *slog.Logger // default: discards
}

// Rig is a fleet and its shoppers. [Rig.Run] makes the machines live; the other methods may be called
// from any goroutine.
type Rig struct {
	cfg      Config
	machines []*Machine
	client   *http.Client
	people   atomic.Uint32 // shoppers so far
}

// Machine is one cabinet of the fleet and who it is to the platform.
type Machine struct {
	*cabinet.Cabinet
	Plan       demo.CabinetPlan
	Registered demo.Registered
}

// New builds a rig; nothing connects before [Rig.Run].
func New(cfg Config) (*Rig, error) {
	if cfg.Site == nil || cfg.Provider == nil || len(cfg.Registered) != len(cfg.Plan.Cabinets) || len(cfg.Registered) == 0 {
		return nil, errors.New("rig: needs a site, a provider, and a fleet that is registered")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	r := &Rig{cfg: cfg, client: &http.Client{Transport: &http.Transport{
		DisableCompression: true, MaxIdleConnsPerHost: phonesAtOnce, MaxConnsPerHost: phonesAtOnce,
		IdleConnTimeout: phoneIdle, ResponseHeaderTimeout: phoneHeader,
	}}}
	for i, plan := range cfg.Plan.Cabinets {
		body, err := bodyOf(plan, cfg.Plan.Products, cfg.Seed)
		if err != nil {
			return nil, fmt.Errorf("rig: cabinet %s: %w", plan.Serial, err)
		}
		c, err := cabinet.New(cabinet.Config{
			Serial: plan.Serial, Key: cfg.Registered[i].Key, Address: cfg.Site.Link, Body: body,
			Rand: chance(cfg.Seed, plan.Serial, 2), Hook: cfg.Hook, Timing: cfg.Timing, Log: cfg.Log,
		})
		if err != nil {
			return nil, fmt.Errorf("rig: %w", err)
		}
		r.machines = append(r.machines, &Machine{Cabinet: c, Plan: plan, Registered: cfg.Registered[i]})
	}
	return r, nil
}

// Machines returns the fleet, in the plan's order.
func (r *Rig) Machines() []*Machine { return r.machines }

// Run lets the machines live until ctx ends, and returns when all of them have stopped.
func (r *Rig) Run(ctx context.Context) {
	defer r.client.CloseIdleConnections()
	var machines sync.WaitGroup
	for _, m := range r.machines {
		machines.Go(func() { m.Run(ctx) })
	}
	machines.Wait()
}

// WaitConnected returns when every machine is connected to the platform, or with the context's error.
func (r *Rig) WaitConnected(ctx context.Context) error {
	for _, m := range r.machines {
		if err := m.WaitConnected(ctx); err != nil {
			return fmt.Errorf("rig: cabinet %s does not get through to the platform: %w", m.Plan.Serial, err)
		}
	}
	return nil
}

// Shopper is somebody with a phone.
type Shopper struct {
	App    *phone.App
	OpenID string // who they are to the provider
}

// NewShopper makes a person and signs them in, from an address of their own.
func (r *Rig) NewShopper(ctx context.Context) (*Shopper, error) {
	s := &Shopper{
		OpenID: r.cfg.Provider.NewCustomer(),
		App:    &phone.App{Base: r.cfg.Site.URL(), Client: r.client, From: addressOf(r.people.Add(1))},
	}
	return s, phone.Patiently(ctx, func() error {
		code, err := r.cfg.Provider.LoginCode(s.OpenID)
		if err != nil {
			return err
		}
		return s.App.SignIn(ctx, ProviderName, code)
	})
}

// addressOf returns a private address for the n-th shopper: limits count by address.
func addressOf(n uint32) string {
	const privateNet = 10 << 24 // 10.0.0.0/8, RFC 1918
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], privateNet|n&(1<<24-1))
	return netip.AddrFrom4(a).String()
}

// newKey is a key that makes the repetitions of one request harmless.
func newKey() string { return rand.Text() }
