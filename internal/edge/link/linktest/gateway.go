package linktest

import (
	"context"
	"errors"
	"math"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/edge/link"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// Commands is what a gateway does for the platform.
type Commands interface {
	Prove(ctx context.Context, cabinet larder.CabinetID) (larder.Proof, error)
	Open(ctx context.Context, cmd larder.OpenCommand) error
	ReadDoor(ctx context.Context, cabinet larder.CabinetID, command larder.CommandID, door int) error
	ReadLanes(ctx context.Context, cabinet larder.CabinetID, command larder.CommandID) error
	SessionDurable(ctx context.Context, cabinet larder.CabinetID, session larder.SessionID) error
}

// Model is the model that the kit's cabinets are registered with; it is to have the native driver.
const Model = "linktest"

// Start starts a gateway for one case, stops it when t ends, and returns how to reach it from both
// sides.
type Start func(t *testing.T, h link.Handler) (dial func() net.Conn, commands Commands)

// Patience is how long a case waits for what has to come; a healthy gateway needs milliseconds.
const Patience = 20 * time.Second

// rig is one case: a gateway, its handler, and one registered cabinet.
type rig struct {
	*testing.T
	ctx      context.Context //nolint:containedctx // a test's own, for its whole life
	handler  *Handler
	dial     func() net.Conn
	commands Commands
	id       Identity
	release  chan struct{} // closed: commits that a case holds open may end
}

// cabinetID is the registered cabinet of a rig.
const cabinetID larder.CabinetID = 11

// Gateway shows that a gateway keeps the promises of package link and of the protocol.
func Gateway(t *testing.T, start Start) {
	t.Helper()
	cases := map[string]func(rig){
		"handshake_proves_both_sides_LK4":             handshakeProvesBothSides,
		"stranger_and_wrong_key_are_told_the_same_H5": strangersAreToldTheSame,
		"wrong_key_leaves_the_real_one_untouched_H5":  wrongKeyLeavesTheRealOne,
		"newer_connection_wins_H4":                    newerConnectionWins,
		"many_connections_leave_one_H4":               manyConnectionsLeaveOne,
		"durable_only_after_the_commit_I17":           durableOnlyAfterTheCommit,
		"events_pass_in_order_LK7":                    eventsPassInOrder,
		"events_of_an_older_boot_O9":                  eventsOfAnOlderBoot,
		"replay_goes_on_where_it_ended_LK8":           replayGoesOn,
		"commit_does_not_hold_up_readings":            commitDoesNotHoldUpReadings,
		"readings_arrive_as_sent_W6":                  readingsArriveAsSent,
		"unknown_frames_are_ignored":                  unknownFramesAreIgnored,
		"proof_carries_the_challenge_LK6":             proofCarriesTheChallenge,
		"silent_cabinet_is_offline_I24":               silentCabinetIsOffline,
		"open_is_authenticated_and_fenced_LK6_H6":     openIsAuthenticatedAndFenced,
		"commands_and_answers_LK5":                    commandsAndAnswers,
	}
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), Patience)
			t.Cleanup(cancel)
			h := NewHandler()
			r := rig{T: t, ctx: ctx, handler: h, id: h.Register("LD-0001", cabinetID, Model), release: make(chan struct{})}
			prepare(&r, name)
			r.dial, r.commands = start(t, h)
			run(r)
		})
	}
}

// prepare sets what a case's handler does before a gateway can call it.
func prepare(r *rig, name string) {
	switch name {
	case "durable_only_after_the_commit_I17":
		failed := false
		r.handler.OnEvent = func(context.Context, larder.DoorEvent) error {
			if failed {
				return nil
			}
			failed = true
			return errors.New("the disk is full")
		}
	case "commit_does_not_hold_up_readings":
		r.handler.OnEvent = func(ctx context.Context, _ larder.DoorEvent) error {
			select {
			case <-r.release:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// connect greets as the rig's cabinet and waits until commands are taken.
func (r rig) connect() *Cabinet {
	r.Helper()
	c := Connect(r, r.dial(), r.id)
	if seen := r.await("heartbeat"); seen.Epoch != c.Welcome.Epoch {
		r.Fatalf("the first beat is of epoch %d, want %d", seen.Epoch, c.Welcome.Epoch)
	}
	return c
}

// await returns the handler's next call of that name.
func (r rig) await(call string) Seen {
	r.Helper()
	seen, err := r.handler.Await(r.ctx, call)
	if err != nil {
		r.Fatalf("wait for %s: %v", call, err)
	}
	return seen
}

// refused fails unless err has the code.
func (r rig) refused(err error, code larder.Code) {
	r.Helper()
	if larder.CodeOf(err) != code {
		r.Errorf("got %v, want code %s", err, code)
	}
}

// opened is event number seq of a boot.
func opened(boot, seq uint64) *pb.DoorEvent {
	return &pb.DoorEvent{Boot: boot, Seq: seq, Door: 1, Kind: pb.DoorEventKind_DOOR_EVENT_KIND_OPENED, Session: 8001, AtMs: int64(1000 * seq)} //nolint:gosec // small
}

// durable waits for the acknowledgement of one event, which is committed by then.
func (r rig) durable(c *Cabinet, boot, seq uint64) {
	r.Helper()
	if got := r.acknowledged(c); got.Boot != boot || got.Seq != seq {
		r.Errorf("durable %d/%d, want %d/%d", got.Boot, got.Seq, boot, seq)
	}
}

// acknowledged waits for an acknowledgement, which has to name a committed event.
func (r rig) acknowledged(c *Cabinet) *pb.Durable {
	r.Helper()
	got := Expect[*pb.Durable](r, c)
	if !slices.Contains(r.committed(), [2]uint64{got.Boot, got.Seq}) {
		r.Errorf("%d/%d is acknowledged and not committed", got.Boot, got.Seq)
	}
	return got
}

// committed returns (boot, seq) of every event that was committed.
func (r rig) committed() [][2]uint64 {
	var all [][2]uint64
	for _, seen := range r.handler.All("event") {
		ev := seen.What.(larder.DoorEvent)
		all = append(all, [2]uint64{ev.Boot, ev.Seq})
	}
	return all
}

func handshakeProvesBothSides(r rig) {
	c := r.connect() // verifies the platform's proof
	w := c.Welcome
	if w.Epoch != 1 || w.HeartbeatMs != 30_000 || w.IdleReadingsMs != 90_000 || w.FastReadingsMs != 300 || w.TailMs != 8_000 || w.ServerTimeMs <= 0 {
		r.Errorf("welcome: %v", w)
	}
	hello := r.handler.All("connected")[0].What.(link.Hello)
	if hello.Cabinet != cabinetID || hello.Boot != 1 || hello.Firmware != "1.0.0" || hello.Remote == "" {
		r.Errorf("the handler was told %+v", hello)
	}
	c.Send(r, &pb.Heartbeat{})
	if ack := Expect[*pb.HeartbeatAck](r, c); ack.ServerTimeMs <= 0 {
		r.Errorf("a beat was answered with %v", ack)
	}
	_ = c.Conn.Close()
	if seen := r.await("disconnected"); seen.Epoch != 1 {
		r.Errorf("epoch %d was disconnected", seen.Epoch)
	}
}

func strangersAreToldTheSame(r rig) {
	for name, id := range map[string]Identity{
		"unknown serial": {Serial: "LD-9999", Key: r.id.Key, Boot: 1},
		"wrong key":      {Serial: r.id.Serial, Key: Key(99), Boot: 1},
	} {
		c, err := Greet(r.dial(), id)
		goodbye, ok := errors.AsType[*GoodbyeError](err)
		if !ok || goodbye.Reason != pb.GoodbyeReason_GOODBYE_REASON_UNAUTHENTICATED {
			r.Errorf("%s: %v", name, err)
		}
		if !c.Silent() {
			r.Errorf("%s: the connection goes on", name)
		}
		_ = c.Conn.Close()
	}
	if calls := r.handler.All(); len(calls) != 0 {
		r.Errorf("strangers reached the handler: %v", calls)
	}
}

func wrongKeyLeavesTheRealOne(r rig) {
	c := r.connect()
	conn := r.dial()
	if _, err := Greet(conn, Identity{Serial: r.id.Serial, Key: Key(99), Boot: 9}); err == nil {
		r.Error("a wrong key was welcomed")
	}
	_ = conn.Close()
	c.Send(r, opened(1, 1))
	r.durable(c, 1, 1)
}

func newerConnectionWins(r rig) {
	older := r.connect() // hangs half-open from here on: it never closes
	newer := r.connect()
	if newer.Welcome.Epoch <= older.Welcome.Epoch {
		r.Errorf("epoch %d follows %d", newer.Welcome.Epoch, older.Welcome.Epoch)
	}
	_ = older.TrySend(opened(1, 1)) // the platform may have closed it already
	if reason := older.Ended(); reason != pb.GoodbyeReason_GOODBYE_REASON_REPLACED {
		r.Errorf("the older connection ended with %v", reason)
	}
	if seen := r.await("disconnected"); seen.Epoch != older.Welcome.Epoch {
		r.Errorf("epoch %d was disconnected", seen.Epoch)
	}
	newer.Send(r, opened(1, 1))
	r.durable(newer, 1, 1)
	for _, seen := range r.handler.All("event") {
		if seen.Epoch != newer.Welcome.Epoch {
			r.Errorf("an event of the older connection passed after it was replaced: %+v", seen)
		}
	}
}

func manyConnectionsLeaveOne(r rig) {
	const connections = 16
	cabinets := make(chan *Cabinet, connections)
	for range connections {
		conn := r.dial()
		go func() {
			c, err := Greet(conn, r.id)
			if _, replaced := errors.AsType[*GoodbyeError](err); err != nil && !replaced {
				r.Logf("greet: %v", err) // replaced before its welcome left
			}
			cabinets <- c
		}()
	}
	ended := make(chan int64, connections)
	for range connections {
		c := <-cabinets
		go func() {
			for {
				m, err := c.Receive()
				if err != nil {
					ended <- 0
					return
				}
				if ping, ok := m.(*pb.Ping); ok {
					_ = c.TrySend(&pb.Pong{Nonce: ping.Nonce, Challenge: Key(1)[:wire.ChallengeSize], Doors: make([]pb.DoorState, 1)})
					ended <- c.Welcome.Epoch
				}
			}
		}()
	}
	for range connections - 1 {
		if epoch := <-ended; epoch != 0 {
			r.Errorf("epoch %d was pinged by nobody", epoch)
		}
		r.await("disconnected")
	}
	if proof, err := r.commands.Prove(r.ctx, cabinetID); err != nil || proof.Epoch != connections || <-ended != connections {
		r.Errorf("the last of %d connections is not the current one: %+v, %v", connections, proof, err)
	}
}

func durableOnlyAfterTheCommit(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1), opened(1, 2)) // 1 fails; 2 must not pass before it
	c.Send(r, &pb.Heartbeat{})
	Expect[*pb.HeartbeatAck](r, c) // the connection goes on, and nothing was acknowledged
	if got := r.committed(); len(got) != 0 {
		r.Fatalf("committed %v", got)
	}
	for { // as the cabinet's timer does, until the failure has been dealt with
		c.Send(r, opened(1, 1), &pb.Heartbeat{})
		m, err := c.Receive()
		if err != nil {
			r.Fatal(err)
		}
		if d, ok := m.(*pb.Durable); ok {
			if d.Seq != 1 || len(r.committed()) != 1 {
				r.Errorf("%v is acknowledged, committed is %v", d, r.committed())
			}
			break
		}
	}
	c.Send(r, opened(1, 2))
	for r.acknowledged(c).Seq != 2 { // 1 was sent more than once
	}
	if diff := cmp.Diff([][2]uint64{{1, 1}, {1, 2}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func eventsPassInOrder(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1))
	r.durable(c, 1, 1)
	c.Send(r, opened(1, 3)) // O8: a gap
	if got := Expect[*pb.Resend](r, c); got.Boot != 1 || got.Seq != 2 {
		r.Errorf("asked for %v", got)
	}
	c.Send(r, opened(1, 4), opened(1, 2), opened(1, 3), opened(1, 4))
	for seq := uint64(2); seq <= 4; seq++ {
		r.durable(c, 1, seq)
	}
	c.Send(r, opened(1, 2)) // O4: a duplicate is acknowledged and changes nothing
	r.durable(c, 1, 2)
	if diff := cmp.Diff([][2]uint64{{1, 1}, {1, 2}, {1, 3}, {1, 4}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func eventsOfAnOlderBoot(r rig) {
	r.id.Boot = 5
	c := r.connect()
	c.Send(r, opened(4, 7), opened(4, 8), opened(5, 1))
	r.durable(c, 4, 7)
	r.durable(c, 4, 8)
	r.durable(c, 5, 1)
	c.Send(r, opened(6, 1)) // a boot that has not begun
	if reason := c.Ended(); reason != 0 {
		r.Errorf("ended with %v", reason)
	}
	if diff := cmp.Diff([][2]uint64{{4, 7}, {4, 8}, {5, 1}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func replayGoesOn(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1), opened(1, 2))
	r.durable(c, 1, 1)
	r.durable(c, 1, 2)
	_ = c.Conn.Close()
	r.await("disconnected")
	c = r.connect()
	if c.Welcome.DurableSeq != 2 {
		r.Errorf("welcomed with position %d", c.Welcome.DurableSeq)
	}
	c.Send(r, opened(1, 2), opened(1, 3))
	r.durable(c, 1, 2)
	r.durable(c, 1, 3)
	if diff := cmp.Diff([][2]uint64{{1, 1}, {1, 2}, {1, 3}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func commitDoesNotHoldUpReadings(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1), &pb.Readings{Session: 8001, Seq: 1, MassDg: []int32{1}})
	r.await("readings")
	close(r.release)
	r.durable(c, 1, 1)
}

func readingsArriveAsSent(r rig) {
	c := r.connect()
	c.Send(r,
		&pb.Readings{Session: 8001, Seq: 1, Door: pb.DoorState_DOOR_STATE_CLOSED, AtMs: 77, MassDg: []int32{15_230, -12, wire.NoMass}},
		&pb.Readings{Seq: 9, Boot: 0, Door: pb.DoorState_DOOR_STATE_OPEN, AtMs: 78, MassDg: []int32{0}},
		&pb.Readings{Seq: 10, Boot: 1, MassDg: slices.Repeat([]int32{math.MaxInt32}, wire.MaxLanes)})
	want := []larder.Readings{
		{Cabinet: cabinetID, Boot: 1, Session: 8001, Seq: 1, Door: larder.DoorClosed, At: 77, Mass: []larder.Gram{1523, -1.2, larder.NoMass}},
		{Cabinet: cabinetID, Boot: 1, Seq: 9, Door: larder.DoorOpen, At: 78, Mass: []larder.Gram{0}},
		{Cabinet: cabinetID, Boot: 1, Seq: 10, Door: larder.DoorUnknown, Mass: slices.Repeat([]larder.Gram{214_748_364.7}, wire.MaxLanes)},
	}
	for _, w := range want {
		got := r.await("readings").What.(larder.Readings)
		if got.Arrived == 0 {
			r.Error("readings have no time of arrival")
		}
		got.Arrived = 0
		if diff := cmp.Diff(w, got, sameMass); diff != "" {
			r.Errorf("readings (-want +got):\n%s", diff)
		}
	}
}

func unknownFramesAreIgnored(r rig) {
	c := r.connect()
	frame, err := wire.AppendFrame(nil, 0x7f, []byte("from a later version"))
	if err != nil {
		r.Fatal(err)
	}
	if _, err := c.Conn.Write(frame); err != nil {
		r.Fatal(err)
	}
	c.Send(r, opened(1, 1))
	r.durable(c, 1, 1)
}

func proofCarriesTheChallenge(r rig) {
	c := r.connect()
	proofs := make(chan larder.Proof, 1)
	go func() {
		proof, err := r.commands.Prove(r.ctx, cabinetID)
		if err != nil {
			r.Errorf("prove: %v", err)
		}
		proofs <- proof
	}()
	c.AnswerPing(r, 0x60, pb.DoorState_DOOR_STATE_CLOSED, pb.DoorState_DOOR_STATE_OPEN)
	got := <-proofs
	if len(got.Challenge) != wire.ChallengeSize || got.Challenge[0] != 0x60 || got.Epoch != c.Welcome.Epoch || got.Cabinet != cabinetID || got.Took < 0 {
		r.Errorf("proof %+v", got)
	}
	if diff := cmp.Diff([]larder.DoorState{larder.DoorClosed, larder.DoorOpen}, got.Doors); diff != "" {
		r.Errorf("doors (-want +got):\n%s", diff)
	}
}

func silentCabinetIsOffline(r rig) {
	_, err := r.commands.Prove(r.ctx, cabinetID)
	r.refused(err, larder.CodeOffline)
	c := r.connect()
	c.Send(r, &pb.Pong{Nonce: 1 << 40, Challenge: make([]byte, wire.ChallengeSize), Doors: make([]pb.DoorState, 1)}) // nobody asked
	go func() { _ = c.Ended() }()                                                                                    // reads and says nothing
	began := time.Now()
	_, err = r.commands.Prove(r.ctx, cabinetID)
	r.refused(err, larder.CodeOffline)
	if took := time.Since(began); took < 1900*time.Millisecond {
		r.Errorf("given up after %v", took)
	}
}

func openIsAuthenticatedAndFenced(r rig) {
	older := r.connect()
	cmd := larder.OpenCommand{Command: 9001, Session: 8001, Door: 1, Epoch: older.Welcome.Epoch, TTLMillis: 5000, Challenge: Key(1)[:wire.ChallengeSize]}
	if err := r.commands.Open(r.ctx, cmd); err != nil {
		r.Fatalf("open: %v", err)
	}
	open := Expect[*pb.Open](r, older)
	if !wire.VerifyOpen(r.id.Key, r.id.Serial, open) || open.Epoch != cmd.Epoch || open.TtlMs != 5000 || open.Command != 9001 || open.Door != 1 || open.Session != 8001 {
		r.Errorf("the cabinet was told %v", open)
	}
	newer := r.connect()
	r.refused(r.commands.Open(r.ctx, cmd), larder.CodeConflict)
	cmd.Epoch = newer.Welcome.Epoch
	if err := r.commands.Open(r.ctx, cmd); err != nil {
		r.Errorf("open on the new connection: %v", err)
	}
	Expect[*pb.Open](r, newer)
	_ = newer.Conn.Close()
	for r.await("disconnected").Epoch != newer.Welcome.Epoch {
	}
	r.refused(r.commands.Open(r.ctx, cmd), larder.CodeOffline)
}

func commandsAndAnswers(r rig) {
	c := r.connect()
	if err := r.commands.ReadDoor(r.ctx, cabinetID, 21, 2); err != nil {
		r.Fatal(err)
	}
	if got := Expect[*pb.ReadDoor](r, c); got.Command != 21 || got.Door != 2 {
		r.Errorf("the cabinet was told %v", got)
	}
	if err := r.commands.ReadLanes(r.ctx, cabinetID, 22); err != nil {
		r.Fatal(err)
	}
	if got := Expect[*pb.ReadLanes](r, c); got.Command != 22 {
		r.Errorf("the cabinet was told %v", got)
	}
	if err := r.commands.SessionDurable(r.ctx, cabinetID, 8001); err != nil {
		r.Fatal(err)
	}
	if got := Expect[*pb.SessionDurable](r, c); got.Session != 8001 {
		r.Errorf("the cabinet was told %v", got)
	}
	r.refused(r.commands.ReadDoor(r.ctx, cabinetID, 23, 99), larder.CodeInvalid)
	r.refused(r.commands.ReadLanes(r.ctx, cabinetID+1, 24), larder.CodeOffline)
	c.Send(r, &pb.Answer{Command: 21, Result: pb.Result_RESULT_FAILED, Reason: "jam", Door: pb.DoorState_DOOR_STATE_CLOSED})
	got := r.await("answer").What.(larder.Answer)
	want := larder.Answer{
		Cabinet: cabinetID, Epoch: c.Welcome.Epoch, Command: 21,
		Result: larder.AnswerFailed, Reason: "jam", Door: larder.DoorClosed, Arrived: got.Arrived,
	}
	if diff := cmp.Diff(want, got); diff != "" || got.Arrived == 0 {
		r.Errorf("answer (-want +got):\n%s", diff)
	}
}
