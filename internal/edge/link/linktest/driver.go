package linktest

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/wire"
)

// Sample is a packet and what it means.
type Sample struct {
	Name   string
	Packet driver.Packet
	Want   driver.Message
}

// Peer is the cabinet that samples are decoded for.
var Peer = driver.Cabinet{ID: 11, Serial: "LD-0001", Key: Key(7), Boot: 3, Epoch: 7001}

// sameMass compares masses, for which unknown equals unknown.
var sameMass = cmp.Comparer(func(a, b larder.Gram) bool {
	return a == b || math.IsNaN(float64(a)) && math.IsNaN(float64(b))
})

// Driver shows that a driver translates (LK1): samples mean what they should, nothing that a
// stranger sends makes it panic (H13), and its commands keep the limits of the wire.
func Driver(t *testing.T, d driver.Driver, samples []Sample) {
	t.Helper()
	t.Run("samples", func(t *testing.T) {
		t.Parallel()
		for _, s := range samples {
			got, err := d.Decode(Peer, s.Packet)
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
			if diff := cmp.Diff(s.Want, got, sameMass); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.Name, diff)
			}
		}
	})
	t.Run("strangers", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			p := driver.Packet{Kind: rapid.Uint8().Draw(t, "kind"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body")}
			if len(samples) > 0 && rapid.Bool().Draw(t, "broken sample") {
				p = breakSample(t, rapid.SampledFrom(samples).Draw(t, "sample").Packet)
			}
			if m, err := d.Decode(Peer, p); (m == nil) == (err == nil) {
				t.Fatalf("neither a message nor an error, or both: %v, %v", m, err)
			}
		})
	})
	t.Run("commands", func(t *testing.T) {
		t.Parallel()
		checkCommands(t, d)
	})
}

// breakSample cuts a packet and flips a bit.
func breakSample(t *rapid.T, p driver.Packet) driver.Packet {
	body := append([]byte(nil), p.Body[:rapid.IntRange(0, len(p.Body)).Draw(t, "length")]...)
	if len(body) > 0 {
		bit := rapid.IntRange(0, len(body)*8-1).Draw(t, "bit")
		body[bit/8] ^= 1 << (bit % 8)
	}
	return driver.Packet{Kind: p.Kind, Body: body}
}

// checkCommands encodes with every capability that d has, inside and outside the limits.
func checkCommands(t *testing.T, d driver.Driver) {
	t.Helper()
	good := func(name string, p driver.Packet, err error) {
		if err != nil || p.Kind == 0 || len(p.Body) > wire.MaxBody {
			t.Errorf("%s: type %#x, %d bytes, %v", name, p.Kind, len(p.Body), err)
		}
	}
	bad := func(name string, err error) {
		if larder.CodeOf(err) != larder.CodeInvalid {
			t.Errorf("%s: got %v, want code invalid", name, err)
		}
	}
	if able, ok := d.(driver.Prover); ok {
		p, err := able.EncodePing(Peer, 1)
		good("ping", p, err)
	}
	if able, ok := d.(driver.Opener); ok {
		open := larder.OpenCommand{Command: 1, Session: 2, Door: 1, Epoch: Peer.Epoch, TTLMillis: 5000, Challenge: make([]byte, wire.ChallengeSize)}
		p, err := able.EncodeOpen(Peer, open)
		good("open", p, err)
		for name, change := range map[string]func(*larder.OpenCommand){
			"no door":         func(o *larder.OpenCommand) { o.Door = 0 },
			"negative door":   func(o *larder.OpenCommand) { o.Door = -1 },
			"door 2^32+1":     func(o *larder.OpenCommand) { o.Door = 1<<32 + 1 },
			"no ttl":          func(o *larder.OpenCommand) { o.TTLMillis = 0 },
			"long ttl":        func(o *larder.OpenCommand) { o.TTLMillis = wire.MaxTTLMillis + 1 },
			"ttl 2^32+1":      func(o *larder.OpenCommand) { o.TTLMillis = 1<<32 + 1 },
			"no command":      func(o *larder.OpenCommand) { o.Command = 0 },
			"no challenge":    func(o *larder.OpenCommand) { o.Challenge = nil },
			"short challenge": func(o *larder.OpenCommand) { o.Challenge = o.Challenge[:15] },
		} {
			broken := open
			change(&broken)
			_, err := able.EncodeOpen(Peer, broken)
			bad("open with "+name, err)
		}
	}
	if able, ok := d.(driver.LaneReader); ok {
		p, err := able.EncodeReadLanes(Peer, 1)
		good("read lanes", p, err)
	}
	if able, ok := d.(driver.DoorReader); ok {
		p, err := able.EncodeReadDoor(Peer, 1, 1)
		good("read door", p, err)
		_, err = able.EncodeReadDoor(Peer, 1, 0)
		bad("read door 0", err)
	}
	checkAcknowledgements(t, d, good)
}

// checkAcknowledgements encodes what a cabinet that keeps things is told.
func checkAcknowledgements(t *testing.T, d driver.Driver, good func(string, driver.Packet, error)) {
	t.Helper()
	if able, ok := d.(driver.HeartbeatAcker); ok {
		p, err := able.EncodeHeartbeatAck(Peer, 1)
		good("heartbeat ack", p, err)
	}
	if able, ok := d.(driver.EventKeeper); ok {
		p, err := able.EncodeDurable(Peer, 1, 0)
		good("durable", p, err)
		p, err = able.EncodeResend(Peer, 1, 1)
		good("resend", p, err)
	}
	if able, ok := d.(driver.TraceKeeper); ok {
		p, err := able.EncodeSessionDurable(Peer, 1)
		good("session durable", p, err)
	}
}
