package linktest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

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
