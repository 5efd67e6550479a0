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
