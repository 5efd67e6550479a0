package cabinet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"slices"
	"time"

	"larder/internal/edge/link/wire"
	"larder/internal/sim/physics"
)

// Config describes one machine.
type Config struct {
	Serial string // 1 to 64 bytes of printable ASCII
	Key    []byte // 32 bytes, shared with the platform
	Boot   uint64 // number of the first boot; default 1

	Address string // host:port of the platform, unless Dial is given
	// Dial makes one connection; ctx ends with Run or after the handshake's time.
	Dial func(ctx context.Context) (net.Conn, error)

	Body *physics.Cabinet // the machine owns it from now on
	Rand *mathrand.Rand   // jitter of the back-off; the machine owns it from now on
	Log  *slog.Logger     // default: discards

	// Driven says that nobody calls Run: [Cabinet.Tick], [Cabinet.Plug] and [Cabinet.Hear] are the
	// machine's time and network.
	Driven bool

	// Now and Random are the machine's clock and the source of its nonces and challenges; the defaults
	// are time.Now, in real time and in a bubble alike, and crypto/rand. Whoever drives
	// the machine gives virtual ones.
	Now    func() time.Time
	Random io.Reader

	// Hook is called for every change, in order and at once, while the machine stands still: whoever
	// kills a platform in it kills it exactly there. It must not call the machine. Optional.
	Hook func(Change)

	Cadence Cadence // what holds until the first Welcome says otherwise
	Timing  Timing
}

// Cadence is how often a cabinet speaks. Zero fields take the defaults of the protocol.
type Cadence struct {
	Heartbeat time.Duration // default 30 s
	Idle      time.Duration // readings outside sessions; default 90 s
	Fast      time.Duration // readings within a session; default 300 ms
	Tail      time.Duration // fast readings after the close; default 8 s
}

// Timing is what the machine decides by itself. Zero fields take the defaults of the protocol.
type Timing struct {
	RetryMin   time.Duration // first wait before a new connection; default 1 s
	RetryMax   time.Duration // longest wait; default 60 s
	RetryOpen  time.Duration // longest wait while a door is open or readings wait; default 5 s
	Debounce   time.Duration // how long the door's sensor must keep its state; default 300 ms
	OpenWindow time.Duration // how long a released lock waits for the door; default 15 s
	Resend     time.Duration // an event that is not durable after this is sent again; default 5 s
}

const (
	handshakeTime = 5 * time.Second  // the whole handshake, docs/protocol.md section 4
	frameTime     = 10 * time.Second // a frame that began must end, section 5
	writeTime     = 10 * time.Second
	steadyTime    = 60 * time.Second // a connection that stood so long resets the back-off, section 2
	stoppingWait  = 2 * time.Second  // at most, after a Goodbye that says STOPPING
	firmware      = "larder-sim 1"
	model         = "native"
	doorNumber    = 1 // this model has one door
)

// settle checks a configuration and fills in what was left out.
func (cfg Config) settle() (Config, error) {
	switch {
	case cfg.Serial == "" || len(cfg.Serial) > wire.MaxSerial:
		return cfg, fmt.Errorf("simulated cabinet: serial of %d bytes, want 1..%d", len(cfg.Serial), wire.MaxSerial)
	case len(cfg.Key) != wire.KeySize:
		return cfg, fmt.Errorf("simulated cabinet %s: key of %d bytes, want %d", cfg.Serial, len(cfg.Key), wire.KeySize)
	case cfg.Body == nil || cfg.Rand == nil:
		return cfg, fmt.Errorf("simulated cabinet %s: needs a body and a seeded generator", cfg.Serial)
	case cfg.Address == "" && cfg.Dial == nil && !cfg.Driven:
		return cfg, fmt.Errorf("simulated cabinet %s: %w", cfg.Serial, errNowhere)
	}
	cfg.Key = slices.Clone(cfg.Key)
	cfg.Boot = max(cfg.Boot, 1)
	if cfg.Dial == nil && cfg.Address != "" {
		address := cfg.Address
		cfg.Dial = func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Log = cfg.Log.With("serial", cfg.Serial)
	fill(&cfg.Cadence.Heartbeat, 30*time.Second)
	fill(&cfg.Cadence.Idle, 90*time.Second)
	fill(&cfg.Cadence.Fast, 300*time.Millisecond)
	fill(&cfg.Cadence.Tail, 8*time.Second)
	fill(&cfg.Timing.RetryMin, time.Second)
	fill(&cfg.Timing.RetryMax, 60*time.Second)
	fill(&cfg.Timing.RetryOpen, 5*time.Second)
	fill(&cfg.Timing.Debounce, 300*time.Millisecond)
	fill(&cfg.Timing.OpenWindow, 15*time.Second)
	fill(&cfg.Timing.Resend, 5*time.Second)
	return cfg, nil
}

var errNowhere = errors.New("needs an address or a dial function")

func fill(d *time.Duration, standard time.Duration) {
	if *d <= 0 {
		*d = standard
	}
}
