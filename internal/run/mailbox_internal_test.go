package run

import (
	"context"
	"testing"
	"time"

	"larder"
	"larder/internal/core/session"
)

// TestMailbox_flood guards I20, H15 and R1: while a watch cannot look, a flood of readings is bounded and
// each that finds no room is told; what comes before, among and after them, events and the newest
// state, is all there when the watch looks.
func TestMailbox_flood(t *testing.T) {
	t.Parallel()
	var rings counted
	b := newMailbox(&rings)
	refused := 0
	flood := func() {
		for range 2 * maxReadings {
			kept, taken := b.putReadings(larder.Readings{})
			if !taken {
				t.Fatal("a mailbox that is open takes nothing")
			}
			if !kept {
				refused++
			}
		}
	}
	const events = 700
	for i := range events {
		b.putSession(session.Session{Version: int64(i)})
		b.putEvent(larder.DoorEvent{Boot: 1, Seq: uint64(i)})
		b.putEvent(larder.DoorEvent{Boot: 1, Seq: uint64(i)}) // told again
		b.putNext(larder.DoorEvent{Boot: 2, Seq: uint64(i)})
		if i%100 == 0 {
			flood()
		}
	}
	b.putSession(session.Session{Version: 3}) // a bell that was overtaken
	m := b.take()
	if len(m.events) != events || len(m.next) != events || m.session == nil || m.session.Version != events-1 {
		t.Errorf("%d events, %d openings, state %+v", len(m.events), len(m.next), m.session)
	}
	if len(m.readings) != maxReadings || refused != 14*maxReadings-maxReadings {
		t.Errorf("%d readings wait, %d were refused", len(m.readings), refused)
	}
	if rings == 0 {
		t.Error("nobody was woken")
	}
}

// counted is a signal that counts.
type counted int

func (c *counted) Set()                                { *c++ }
func (c *counted) Wait(context.Context, time.Duration) {}

// TestMailbox_close guards I20: a watch that has nothing left to do ends only where nothing waits, and
// what comes afterwards is told so, for the next watch.
func TestMailbox_close(t *testing.T) {
	t.Parallel()
	b := newMailbox(RealTime{}.NewSignal())
	b.putEvent(larder.DoorEvent{})
	if b.close() {
		t.Error("closed over an event")
	}
	if len(b.take().events) != 1 || !b.close() || b.putEvent(larder.DoorEvent{}) {
		t.Error("a closed mailbox took an event")
	}
}

// TestMailbox_change guards DV6 and W1: a stream that began and was not looked at is no proof that the
// lanes are untouched, whether nothing was compared yet or only what came before.
func TestMailbox_change(t *testing.T) {
	t.Parallel()
	b := newMailbox(RealTime{}.NewSignal())
	want := func(want session.LaneChange, when string) {
		t.Helper()
		if got := b.change(); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	want(session.LanesUnchanged, "without a stream")
	b.putReadings(larder.Readings{})
	want(session.LanesUnknown, "from the first reading on")
	b.take()
	want(session.LanesUnknown, "while it is looked at")
	b.putReadings(larder.Readings{})
	b.compared(session.LanesUnchanged)
	want(session.LanesUnknown, "while another one waits")
	b.take()
	b.compared(session.LanesChanged)
	want(session.LanesChanged, "compared")
}
