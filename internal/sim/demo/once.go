package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"larder/internal/sim/cabinet"
	"larder/internal/sim/phone"
)

// OnceConfig is one purchase to be made without a browser.
type OnceConfig struct {
	BaseURL string // of the platform's HTTP, for instance http://127.0.0.1:8080
	World   *World // must be running
	Seed    uint64 // draws cabinet, goods and movements
	Stdout  io.Writer
	Stderr  io.Writer
}

// How long each wait may last. Most end within tens of milliseconds; weighing takes up to 9 s, and
// the rest of its time is the wait for the next idle reading (docs/weighing.md section 3.7).
const (
	withinConnect = 15 * time.Second
	withinAsk     = 10 * time.Second
	withinUnlock  = 15 * time.Second
	withinBasket  = 5 * time.Second
	withinClose   = 15 * time.Second
	withinWeigh   = 110 * time.Second
	withinCapture = 30 * time.Second
)

// ErrDiffers says that what the platform made of the purchase is not what happened.
var ErrDiffers = errors.New("the purchase came out wrong")

// Once makes one purchase: it signs in, scans, starts, confirms on the provider's page, pulls the
// door, takes things, shuts it, and waits for the receipt and the money. Each step is a line on
// Stderr with its time in seconds, the receipt is JSON on Stdout. The error is [ErrDiffers] if the
// receipt is not what was taken, or the money not what the receipt says.
func Once(ctx context.Context, cfg OnceConfig) error {
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	t := &trip{
		cfg: cfg, world: cfg.World, began: time.Now(), errand: drawErrand(cfg.Seed, cfg.World.cfg.Plan),
		app: &phone.App{Base: strings.TrimSuffix(cfg.BaseURL, "/"), Client: &http.Client{Transport: transport}},
	}
	t.machine = t.world.machines[t.errand.cabinet]
	t.person = t.world.people[int(cfg.Seed%uint64(len(t.world.people)))] //nolint:gosec // below the number of people
	t.watch = t.machine.Watch()
	defer t.watch.Close()
	if err := t.enter(ctx); err != nil {
		return err
	}
	var stop func()
	t.live, stop = t.app.Follow(ctx, t.visit)
	defer stop()
	for _, part := range []func(context.Context) error{t.confirm, t.openDoor, t.moveHands, t.shutDoor, t.settle, t.collect} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// trip is one purchase under way; one goroutine owns it.
type trip struct {
	cfg     OnceConfig
	world   *World
	app     *phone.App
	began   time.Time
	errand  errand
	machine *machine
	person  Person
	watch   *cabinet.Watch

	visit   phone.Visit
	live    *phone.Follower
	number  string // of the order at the provider
	receipt phone.Receipt
}

// say writes one line of progress.
func (t *trip) say(format string, args ...any) {
	fmt.Fprintf(t.cfg.Stderr, "%7.3f s  %s\n", time.Since(t.began).Seconds(), fmt.Sprintf(format, args...))
}

// enter goes from the street to a visit that has begun.
func (t *trip) enter(ctx context.Context) error {
	plan := t.machine.plan
	within, cancel := context.WithTimeout(ctx, withinConnect)
	defer cancel()
	if err := t.machine.WaitConnected(within); err != nil {
		return fmt.Errorf("cabinet %s does not get through to the platform: %w", plan.Serial, err)
	}
	t.say("cabinet %s is connected (%s, %s)", plan.Serial, plan.NameEn, plan.PlaceEn)
	within, cancel = context.WithTimeout(ctx, withinAsk)
	defer cancel()
	provider := t.world.cfg.Provider
	code, err := t.world.LoginCode(t.person)
	if err != nil {
		return err
	}
	if err := t.app.SignIn(within, provider, code); err != nil {
		return err
	}
	t.say("%s is signed in through %s", t.person.NameEn, provider)
	token := t.machine.registered.Token
	found, err := t.app.Scan(within, token)
	if err != nil {
		return err
	}
	if !found.Door.Sellable {
		return fmt.Errorf("cabinet %s does not sell: %s", plan.Serial, found.Door.Reason)
	}
	t.say("scanned the door: %d lanes, ready to sell", len(found.Slots))
	if t.visit, err = t.app.Start(within, token, provider, rand.Text()); err != nil {
		return err
	}
	t.say("visit %s has begun", t.visit.ID)
	return nil
}

// confirm gives the consent on the provider's page.
func (t *trip) confirm(ctx context.Context) error {
	v, err := t.until(ctx, withinAsk, func(v phone.Visit) bool { return len(v.Phone) > 0 || v.Over() })
	if err != nil {
		return fmt.Errorf("wait for the provider's page: %w", err)
	}
	page, err := t.world.cfg.Sandbox.OpenPage(v.Phone)
	if err != nil {
		return fmt.Errorf("raise the provider's page: %w", err)
	}
	t.number = page.Number
	t.say("the provider's page: order %s at %s, up to %s yuan", page.Number, page.Place, v.Payment.Ceiling)
	if _, err := t.world.cfg.Sandbox.Confirm(page.Number, ""); err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	t.say("confirmed")
	return nil
}

// openDoor pulls the door as soon as the lock lets it go, and waits until the platform knows.
func (t *trip) openDoor(ctx context.Context) error {
	if err := t.see(ctx, withinUnlock, cabinet.LockReleased); err != nil {
		return fmt.Errorf("wait for the lock: %w", err)
	}
	t.say("the lock is released")
	if err := t.machine.open(); err != nil {
		return fmt.Errorf("pull the door: %w", err)
	}
	_, err := t.until(ctx, withinUnlock, func(v phone.Visit) bool { return v.State == phone.StateOpen || v.Over() })
	if err != nil {
		return fmt.Errorf("wait for the open door: %w", err)
	}
	t.say("the door is open, and the platform knows")
	return nil
}

// see waits for a change of the machine that belongs to this visit.
func (t *trip) see(ctx context.Context, within time.Duration, kind cabinet.ChangeKind) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := t.watch.Until(ctx, func(c cabinet.Change) bool { return c.Kind == kind && c.Session == t.visit.ID })
	return err
}

// until waits for the first view for which test holds.
func (t *trip) until(ctx context.Context, within time.Duration, test func(phone.Visit) bool) (phone.Visit, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("it took longer than %v", within))
	defer cancel()
	return t.live.Until(ctx, test)
}

// moveHands does the errand, each movement once the hand is out of the last, and gives the live basket a moment to show it: it is an estimate, and
// nothing depends on it.
func (t *trip) moveHands(ctx context.Context) error {
	for _, s := range t.errand.gestures {
		words := s.tell(t.world.cfg.Plan, t.machine.plan)
		if err := s.do(t.machine); err != nil {
			return fmt.Errorf("%s: %w", words, err)
		}
		if err := t.machine.WaitHands(ctx); err != nil {
			return fmt.Errorf("%s: %w", words, err)
		}
		t.say("%s", words)
	}
	want := t.errand.taken()
	v, err := t.until(ctx, withinBasket, func(v phone.Visit) bool { return t.machine.explain(v.Basket.Lines, want) == "" })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	sure := "as taken"
	if err != nil {
		sure = "not settled yet"
	}
	t.say("live basket: %s, estimated %s yuan, %s", tellBasket(v.Basket.Lines), v.Basket.Total, sure)
	return nil
}

// shutDoor lets the door fall shut once the hand is out.
func (t *trip) shutDoor(ctx context.Context) error {
	if err := t.machine.CloseDoor(); err != nil {
		return fmt.Errorf("close the door: %w", err)
	}
	if err := t.see(ctx, withinClose, cabinet.DoorShut); err != nil {
		return fmt.Errorf("wait for the door to shut: %w", err)
	}
	t.say("the door is shut, weighing")
	return nil
}

// settle waits for the receipt, prints it and compares it with what was taken.
func (t *trip) settle(ctx context.Context) error {
	v, err := t.until(ctx, withinWeigh, phone.Visit.Over)
	if err != nil {
		return fmt.Errorf("wait for the receipt: %w", err)
	}
	if v.State != phone.StateEnded || v.Outcome != phone.OutcomeCharged {
		return fmt.Errorf("%w: the visit is %q %q", ErrDiffers, v.State, v.Outcome)
	}
	t.say("settled")
	return nil
}

// collect waits for the money, prints the receipt as it stands then and compares everything.
func (t *trip) collect(ctx context.Context) error {
	_, waited := t.until(ctx, withinCapture, func(v phone.Visit) bool { return v.Payment.State == phone.PaymentCaptured })
	within, cancel := context.WithTimeout(ctx, withinAsk)
	defer cancel()
	r, err := t.app.Receipt(within, t.visit.ID)
	if err != nil {
		return err
	}
	t.receipt = r
	if err := printJSON(t.cfg.Stdout, r.Raw); err != nil {
		return err
	}
	if waited != nil {
		return fmt.Errorf("wait for the money: %w", waited)
	}
	if err := t.compare(); err != nil {
		return err
	}
	t.say("the receipt is what was taken: %s, %s yuan, collected", tellBasket(r.Lines), r.Total)
	return nil
}

func printJSON(w io.Writer, raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fmt.Errorf("print the receipt: %w", err)
	}
	b.WriteByte('\n')
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("print the receipt: %w", err)
	}
	return nil
}
