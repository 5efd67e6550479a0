package linktest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"larder"
	"larder/internal/edge/link"
)

// Seen is one call of a handler: the method's name, the epoch, and what came with it.
type Seen struct {
	Call  string // "connected", "disconnected", "heartbeat", "event", "readings", "answer"
	Epoch int64
	What  any // Hello, the reason, nil, DoorEvent, Readings, Answer
}

// Handler records calls and answers from what a test gave it. It is safe for concurrent use.
type Handler struct {
	// OnEvent decides about events before they are recorded; nil commits them all.
	OnEvent func(ctx context.Context, ev larder.DoorEvent) error
	// OnConnected and OnCredential, where they return an error, make the call fail.
	OnConnected, OnCredential func() error

	mu      sync.Mutex
	known   map[string]link.Credential
	durable map[larder.CabinetID]map[uint64]uint64 // seq by boot
	epoch   int64
	all     []Seen
	calls   map[string]chan Seen // by Seen.Call
}

// seenRoom is how many calls of one name wait for a test before the handler blocks; no test makes
// as many.
const seenRoom = 1 << 12

// NewHandler returns a handler that knows no serial.
func NewHandler() *Handler {
	h := &Handler{
		known:   map[string]link.Credential{},
		durable: map[larder.CabinetID]map[uint64]uint64{},
		calls:   map[string]chan Seen{},
	}
	for _, call := range []string{"connected", "disconnected", "heartbeat", "event", "readings", "answer"} {
		h.calls[call] = make(chan Seen, seenRoom)
	}
	return h
}

// Register makes a serial known and returns its identity in boot 1.
func (h *Handler) Register(serial string, cabinet larder.CabinetID, model string) Identity {
	key := Key(byte(cabinet)) //nolint:gosec // tests use few
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known[serial] = link.Credential{Cabinet: cabinet, Key: key, Model: model}
	return Identity{Serial: serial, Key: key, Boot: 1}
}

// Await returns the next call of that name which nobody has awaited yet. It ends with ctx.
func (h *Handler) Await(ctx context.Context, call string) (Seen, error) {
	select {
	case seen := <-h.calls[call]:
		return seen, nil
	case <-ctx.Done():
		return Seen{}, fmt.Errorf("%s did not come: %w", call, ctx.Err())
	}
}

// All returns every call so far with one of the names, or all of them for none.
func (h *Handler) All(calls ...string) []Seen {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []Seen
	for _, seen := range h.all {
		if len(calls) == 0 || slices.Contains(calls, seen.Call) {
			found = append(found, seen)
		}
	}
	return found
}

func (h *Handler) see(call string, epoch int64, what any) {
	seen := Seen{Call: call, Epoch: epoch, What: what}
	h.mu.Lock()
	h.all = append(h.all, seen)
	h.mu.Unlock()
	h.calls[call] <- seen
}

// Credential knows what was registered.
func (h *Handler) Credential(_ context.Context, serial string) (link.Credential, error) {
	if h.OnCredential != nil {
		if err := h.OnCredential(); err != nil {
			return link.Credential{}, err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	credential, known := h.known[serial]
	if !known {
		return link.Credential{}, larder.E(larder.CodeNotFound)
	}
	return credential, nil
}

// Connected grants the next epoch and what is durable of the boot.
func (h *Handler) Connected(_ context.Context, hello link.Hello) (link.Grant, error) {
	if h.OnConnected != nil {
		if err := h.OnConnected(); err != nil {
			return link.Grant{}, err
		}
	}
	h.mu.Lock()
	h.epoch++
	grant := link.Grant{Epoch: h.epoch, DurableSeq: h.durable[hello.Cabinet][hello.Boot]}
	h.mu.Unlock()
	h.see("connected", grant.Epoch, hello)
	return grant, nil
}

// Disconnected records.
func (h *Handler) Disconnected(_ larder.CabinetID, epoch int64, reason string) {
	h.see("disconnected", epoch, reason)
}

// Heartbeat records.
func (h *Handler) Heartbeat(_ larder.CabinetID, epoch int64) { h.see("heartbeat", epoch, nil) }

// Event asks OnEvent, and records what is committed.
func (h *Handler) Event(ctx context.Context, epoch int64, ev larder.DoorEvent) error {
	if h.OnEvent != nil {
		if err := h.OnEvent(ctx, ev); err != nil {
			return err
		}
	}
	h.mu.Lock()
	if h.durable[ev.Cabinet] == nil {
		h.durable[ev.Cabinet] = map[uint64]uint64{}
	}
	h.durable[ev.Cabinet][ev.Boot] = max(h.durable[ev.Cabinet][ev.Boot], ev.Seq)
	h.mu.Unlock()
	h.see("event", epoch, ev)
	return nil
}

// Readings records.
func (h *Handler) Readings(epoch int64, r larder.Readings) { h.see("readings", epoch, r) }

// Answer records.
func (h *Handler) Answer(_ context.Context, a larder.Answer) { h.see("answer", a.Epoch, a) }
