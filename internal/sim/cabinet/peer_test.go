package cabinet_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/physics"
)

const serial = "LD-0001"

var key = bytes.Repeat([]byte{7}, wire.KeySize)

// patience is how long a test waits for what must come; in a bubble it costs nothing.
const patience = 5 * time.Minute

// body is four lanes of ten pieces of 100 g, without faults unless given.
func body(t testing.TB, faults physics.Faults) *physics.Cabinet {
	t.Helper()
	goods := make([]physics.Goods, 4)
	for i := range goods {
		goods[i] = physics.Goods{Unit: 100, Count: 10}
	}
	b, err := physics.New(physics.Config{Shelves: 2, PerRow: 2, Goods: goods, Faults: faults}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rig is a machine that runs in a bubble, and the platform that it dials.
type rig struct {
	t       *testing.T
	ctx     context.Context
	cabinet *cabinet.Cabinet
	watch   *cabinet.Watch
	dialed  chan net.Conn
	epoch   int64
	silent  bool   // the platform answers no heartbeat from now on
	halt    func() // stops the machine and waits for its end
}

// run starts the machine.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.cabinet.Run(ctx)
	}()
	r.halt = func() {
		cancel()
		<-ended
	}
}

// bubble runs a test of one machine under a fake clock.
func bubble(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, ctx: t.Context(), dialed: make(chan net.Conn, 16)}
		var err error
		r.cabinet, err = cabinet.New(cabinet.Config{
			Serial: serial, Key: key, Boot: 3, Body: body(t, physics.Faults{}), Rand: rand.New(rand.NewPCG(3, 4)),
			Dial: func(context.Context) (net.Conn, error) {
				ours, theirs := net.Pipe()
				r.dialed <- theirs
				return ours, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		r.watch = r.cabinet.Watch()
		r.run()
		test(t, r)
		r.halt()
		r.watch.Close()
	})
}

// see waits until the machine tells of a change.
func (r *rig) see(tests ...func(cabinet.Change) bool) cabinet.Change {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	change, err := r.watch.Until(ctx, tests...)
	if err != nil {
		r.t.Fatalf("waited in vain: %v", err)
	}
	return change
}

// peer is the smallest platform: it shakes hands, and hands over what arrives.
type peer struct {
	t      *testing.T
	socket net.Conn
	r      *wire.Reader
	hello  *pb.Hello
	h      wire.Handshake
	epoch  int64
	in     chan proto.Message // closed when the connection has ended
}

// meet accepts the machine's next connection up to its proof.
func (r *rig) meet() *peer {
	r.t.Helper()
	p := &peer{t: r.t, in: make(chan proto.Message, 65536)}
	select {
	case p.socket = <-r.dialed:
	case <-time.After(patience):
		r.t.Fatal("the machine did not connect")
	}
	p.r = wire.NewReader(p.socket)
	p.hello = must[*pb.Hello](p)
	p.h = wire.Handshake{
		Version: p.hello.Version, Serial: p.hello.Serial, CabinetNonce: p.hello.Nonce,
		PlatformNonce: bytes.Repeat([]byte{9}, wire.NonceSize),
	}
	p.send(&pb.Challenge{Nonce: p.h.PlatformNonce})
	if proof := must[*pb.Proof](p); !p.h.VerifyCabinet(key, proof.Mac) {
		r.t.Fatal("the machine's proof is wrong")
	}
	return p
}

// accept is meet with a Welcome; the machine may forget its events up to durable.
func (r *rig) accept(durable uint64) *peer {
	r.t.Helper()
	p := r.meet()
	r.epoch++
	p.epoch = r.epoch
	w := &pb.Welcome{
		Epoch: p.epoch, DurableSeq: durable, ServerTimeMs: 1,
		HeartbeatMs: 30_000, IdleReadingsMs: 90_000, FastReadingsMs: 300, TailMs: 8_000,
	}
	w.Mac = p.h.PlatformProof(key, w.Epoch, w.DurableSeq)
	p.send(w)
	p.r.SetLimit(wire.MaxBody)
	go p.pump(!r.silent)
	return p
}

// pump hands over what arrives until the connection ends, and answers heartbeats.
func (p *peer) pump(beat bool) {
	defer close(p.in)
	ack, _ := wire.Encode(&pb.HeartbeatAck{ServerTimeMs: 1})
	for {
		m, err := p.receive()
		if err != nil {
			return
		}
		if _, ok := m.(*pb.Heartbeat); ok && beat {
			_, _ = p.socket.Write(ack) // a connection that has ended shows at the next receive
		}
		p.in <- m
	}
}

func (p *peer) receive() (proto.Message, error) {
	f, err := p.r.Next()
	if err != nil {
		return nil, err
	}
	return wire.Decode(f)
}

func (p *peer) send(m proto.Message) {
	p.t.Helper()
	frame, err := wire.Encode(m)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.socket.Write(frame); err != nil {
		p.t.Fatalf("send %T: %v", m, err)
	}
}

// must reads the next frame during the handshake.
func must[M proto.Message](p *peer) M {
	p.t.Helper()
	m, err := p.receive()
	if err != nil {
		p.t.Fatal(err)
	}
	want, ok := m.(M)
	if !ok {
		p.t.Fatalf("%T arrived, want %T", m, want)
	}
	return want
}

// next waits for the next message of a type for which the tests hold, and skips everything else.
func next[M proto.Message](p *peer, tests ...func(M) bool) M {
	p.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case m, ok := <-p.in:
			var want M
			if !ok {
				p.t.Fatalf("the connection ended before a %T came", want)
			}
			if want, ok = m.(M); ok && all(want, tests) {
				return want
			}
		case <-limit:
			var want M
			p.t.Fatalf("no %T came", want)
		}
	}
}

func all[M any](m M, tests []func(M) bool) bool {
	for _, test := range tests {
		if !test(m) {
			return false
		}
	}
	return true
}

// quiet collects what arrives in a span of time.
func (p *peer) quiet(d time.Duration) []proto.Message {
	var got []proto.Message
	limit := time.After(d)
	for {
		select {
		case m, ok := <-p.in:
			if !ok {
				return got
			}
			got = append(got, m)
		case <-limit:
			return got
		}
	}
}

// of keeps the messages of one type.
func of[M proto.Message](ms []proto.Message) []M {
	var found []M
	for _, m := range ms {
		if want, ok := m.(M); ok {
			found = append(found, want)
		}
	}
	return found
}

// ended waits until the machine has closed the connection.
func (p *peer) ended() {
	p.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case _, ok := <-p.in:
			if !ok {
				return
			}
		case <-limit:
			p.t.Fatal("the connection stands")
		}
	}
}

// challenge pings for a fresh one.
func (p *peer) challenge() []byte {
	p.t.Helper()
	p.send(&pb.Ping{Nonce: 77})
	return next(p, func(m *pb.Pong) bool { return m.Nonce == 77 }).Challenge
}

// command returns a signed command to open.
func (p *peer) command(command, session int64) *pb.Open {
	o := &pb.Open{
		Command: command, Session: session, Door: 1, Epoch: p.epoch, TtlMs: 5000, Challenge: p.challenge(),
	}
	wire.SignOpen(key, serial, o)
	return o
}

// ask sends a command to open and returns its answer.
func (p *peer) ask(o *pb.Open) *pb.Answer {
	p.t.Helper()
	p.send(o)
	return next(p, func(a *pb.Answer) bool { return a.Command == o.Command })
}

// open has the machine release its lock.
func (p *peer) open(command, session int64) *pb.Answer {
	p.t.Helper()
	a := p.ask(p.command(command, session))
	if a.Result != pb.Result_RESULT_DONE {
		p.t.Fatalf("open: %v", a)
	}
	return a
}

// visit opens the door, takes pieces from a lane and shuts it, without waiting for the tail.
func (r *rig) visit(p *peer, command, session int64, lane, n int) {
	r.t.Helper()
	p.open(command, session)
	r.openDoor()
	if _, err := r.cabinet.Take(lane, n); err != nil {
		r.t.Fatal(err)
	}
	r.closeDoor()
}

func (r *rig) openDoor() {
	r.t.Helper()
	if err := r.cabinet.OpenDoor(); err != nil {
		r.t.Fatal(err)
	}
	r.see(cabinet.Is(cabinet.DoorOpened))
}

func (r *rig) closeDoor() {
	r.t.Helper()
	if err := r.cabinet.CloseDoor(); err != nil {
		r.t.Fatal(err)
	}
	r.see(cabinet.Is(cabinet.DoorShut))
}

// tally checks the machine's counters, and that it never broke I6.
func (r *rig) tally(check func(cabinet.Tally) error) {
	r.t.Helper()
	s := r.cabinet.State()
	if s.Tally.Violations != 0 {
		r.t.Errorf("I6 was violated %d times", s.Tally.Violations)
	}
	if err := check(s.Tally); err != nil {
		r.t.Errorf("%v: %+v", err, s.Tally)
	}
}

func expect(ok bool, what string) error {
	if ok {
		return nil
	}
	return errors.New(what)
}

// unbroken checks that the readings of a session have the numbers 1, 2, 3, … without gaps.
func unbroken(t *testing.T, frames []*pb.Readings, session larder.SessionID) []*pb.Readings {
	t.Helper()
	bySeq := make(map[uint64]*pb.Readings)
	for _, f := range frames {
		if f.Session != int64(session) {
			continue
		}
		if twin, twice := bySeq[f.Seq]; twice && !proto.Equal(twin, f) {
			t.Errorf("reading %d came twice and differs", f.Seq)
		}
		bySeq[f.Seq] = f
	}
	var stream []*pb.Readings
	for seq := uint64(1); seq <= uint64(len(bySeq)); seq++ {
		if bySeq[seq] == nil {
			t.Fatalf("reading %d of %d is missing", seq, len(bySeq))
		}
		stream = append(stream, bySeq[seq])
	}
	return stream
}
