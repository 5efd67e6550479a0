package tcp_test

import (
	"context"
	"testing"

	"larder"
	"larder/internal/edge/link"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// grants is a handler that gives out the epochs it was told to.
type grants struct {
	*linktest.Handler
	epochs chan int64
}

func (g *grants) Connected(context.Context, link.Hello) (link.Grant, error) {
	return link.Grant{Epoch: <-g.epochs}, nil
}

// TestGateway_Epochs guards H4 and H8: a connection whose epoch was overtaken, or is another
// cabinet's, never becomes current, and does not harm the one that is.
func TestGateway_Epochs(t *testing.T) {
	t.Parallel()
	handler, listener := &grants{Handler: linktest.NewHandler(), epochs: make(chan int64, 4)}, newPipes()
	id, other := handler.Register("LD-0001", 11, linktest.Model), handler.Register("LD-0002", 12, linktest.Model)
	g, _ := run(t, config(t, listener, handler))
	for _, epoch := range []int64{5, 3, 5, 5} {
		handler.epochs <- epoch
	}
	current := linktest.Connect(t, listener.dial(t), id)
	for _, late := range []linktest.Identity{id, id, other} {
		c, err := linktest.Greet(listener.dial(t), late)
		if err == nil && c.Ended() != pb.GoodbyeReason_GOODBYE_REASON_REPLACED {
			t.Errorf("%s: epoch %d is served", late.Serial, c.Welcome.Epoch)
		}
	}
	proofs := make(chan error, 1)
	go func() {
		_, err := g.Prove(context.Background(), 11)
		proofs <- err
	}()
	current.AnswerPing(t, 1, pb.DoorState_DOOR_STATE_CLOSED)
	if err := <-proofs; err != nil {
		t.Errorf("the current connection: %v", err)
	}
	if _, err := g.Prove(context.Background(), 12); larder.CodeOf(err) != larder.CodeOffline {
		t.Errorf("the cabinet without an epoch of its own: %v", err)
	}
}

// blocking is a handler whose first readings wait for release.
type blocking struct {
	*linktest.Handler
	entered, release chan struct{}
}

func (b *blocking) Readings(epoch int64, r larder.Readings) {
	b.Handler.Readings(epoch, r)
	if r.Seq == 1 {
		close(b.entered)
		<-b.release
	}
}

// TestGateway_Fence guards H4 and H6: what an older connection has already sent does not pass once a
// newer one has taken over.
func TestGateway_Fence(t *testing.T) {
	t.Parallel()
	handler := &blocking{Handler: linktest.NewHandler(), entered: make(chan struct{}), release: make(chan struct{})}
	listener := newPipes()
	id := handler.Register("LD-0001", 11, linktest.Model)
	run(t, config(t, listener, handler))
	older := linktest.Connect(t, listener.dial(t), id)
	var both []byte
	for seq := uint64(1); seq <= 2; seq++ {
		frame, err := wire.Encode(&pb.Readings{Seq: seq, MassDg: []int32{1}})
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, frame...)
	}
	if _, err := older.Conn.Write(both); err != nil { // one write: both lie in the gateway's buffer
		t.Fatal(err)
	}
	<-handler.entered
	linktest.Connect(t, listener.dial(t), id)
	for range 2 {
		if _, err := handler.Await(t.Context(), "heartbeat"); err != nil { // the newer one is current
			t.Fatal(err)
		}
	}
	close(handler.release)
	_ = older.Ended()
	if _, err := handler.Await(t.Context(), "disconnected"); err != nil {
		t.Fatal(err)
	}
	if got := handler.All("readings"); len(got) != 1 {
		t.Errorf("%d frames of the older connection passed", len(got))
	}
}
