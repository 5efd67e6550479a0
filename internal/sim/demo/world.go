package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"

	"larder"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/sim/cabinet"
)

// Registered is what the platform made of one [CabinetPlan], in the order of the plan.
type Registered struct {
	ID    larder.CabinetID
	Key   []byte          // of the link, 32 bytes
	Token string          // of the door: what its QR code says
	Lanes []larder.LaneID // in the order of the lanes' numbers
}

// Config is a world to be built. All fields but Boot and Log are needed.
type Config struct {
	Plan        Plan
	Registered  []Registered
	LinkAddress string          // host:port where the platform's link listens
	Provider    string          // the payment provider's name in the API, for instance "wechatpay"
	Sandbox     *sandbox.Server // what the platform takes for that provider; the caller closes it
	Boot        uint64          // number of the machines' first boot; larger at every start over the same database; default 1
	Log         *slog.Logger    // default: discards
}

// Person is somebody with a phone.
type Person struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"name_en"`

	openID string
}

// World is everything around the platform. [World.Run] makes it live; its other methods may be
// called from any goroutine.
type World struct {
	cfg      Config
	machines []*machine
	people   []Person
	ended    chan struct{} // closed when Run has ended: open streams end with it
	once     sync.Once     // guards the closing of ended
}

// New builds a world; nothing connects before [World.Run]. The error says what does not fit.
func New(cfg Config) (*World, error) {
	if cfg.Sandbox == nil || cfg.Provider == "" || cfg.LinkAddress == "" {
		return nil, errors.New("demo: needs a sandbox, the provider's name and the link's address")
	}
	if len(cfg.Registered) != len(cfg.Plan.Cabinets) || len(cfg.Registered) == 0 {
		return nil, fmt.Errorf("demo: %d cabinets are registered of %d planned", len(cfg.Registered), len(cfg.Plan.Cabinets))
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	w := &World{cfg: cfg, ended: make(chan struct{})}
	for i, plan := range cfg.Plan.Cabinets {
		m, err := newMachine(cfg, plan, cfg.Registered[i])
		if err != nil {
			return nil, fmt.Errorf("demo: cabinet %s: %w", plan.Serial, err)
		}
		w.machines = append(w.machines, m)
	}
	for _, p := range []Person{{ID: "lin", Name: "小林", NameEn: "Lin"}, {ID: "zhou", Name: "小周", NameEn: "Zhou"}, {ID: "an", Name: "小安", NameEn: "An"}} {
		p.openID = cfg.Sandbox.NewCustomer()
		w.people = append(w.people, p)
	}
	return w, nil
}

func newMachine(cfg Config, plan CabinetPlan, reg Registered) (*machine, error) {
	if len(reg.Lanes) != len(plan.Lanes) {
		return nil, fmt.Errorf("%d lanes are registered of %d planned", len(reg.Lanes), len(plan.Lanes))
	}
	body, err := plan.body(cfg.Plan.Products)
	if err != nil {
		return nil, err
	}
	c, err := cabinet.New(cabinet.Config{
		Serial: plan.Serial, Key: reg.Key, Boot: cfg.Boot, Address: cfg.LinkAddress, Body: body,
		Rand: rand.New(rand.NewPCG(plan.seed, 2)), Log: cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	return &machine{Cabinet: c, plan: plan, registered: reg}, nil
}

// Run lets the machines live until ctx ends, and returns when all of them have stopped. A world runs
// once.
func (w *World) Run(ctx context.Context) {
	defer w.once.Do(func() { close(w.ended) })
	var machines sync.WaitGroup
	for _, m := range w.machines {
		machines.Go(func() { m.Run(ctx) })
	}
	machines.Wait()
}

// WaitConnected returns when every machine is connected to the platform, or with the context's error.
func (w *World) WaitConnected(ctx context.Context) error {
	for _, m := range w.machines {
		if err := m.WaitConnected(ctx); err != nil {
			return fmt.Errorf("demo: cabinet %s does not get through to the platform: %w", m.plan.Serial, err)
		}
	}
	return nil
}

// LoginCode returns what wx.login gives the mini-program on a person's phone.
func (w *World) LoginCode(p Person) (string, error) { return w.cfg.Sandbox.LoginCode(p.openID) }

// People returns those who may shop.
func (w *World) People() []Person { return append([]Person(nil), w.people...) }

func (w *World) person(id string) (Person, bool) {
	for _, p := range w.people {
		if p.ID == id {
			return p, true
		}
	}
	return Person{}, false
}

func (w *World) machine(serial string) (*machine, bool) {
	for _, m := range w.machines {
		if m.plan.Serial == serial {
			return m, true
		}
	}
	return nil, false
}
