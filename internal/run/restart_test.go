package run_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// walk is one purchase in steps that a process may die between. Each works without a process, too:
// then the cabinet keeps what it has to say, and callbacks go nowhere.
func (h *house) walk(id larder.SessionID, number string) []func() {
	unlocked := func() {
		for range 300 { // a consent that nobody told is found by asking
			h.machine.mu.Lock()
			there := h.machine.session == id
			h.machine.mu.Unlock()
			if there {
				return
			}
			pass(100 * time.Millisecond)
		}
	}
	return []func(){
		func() { h.provider.confirm(h.t, number) },
		func() { pass(100 * time.Millisecond) },
		func() { unlocked(); h.machine.weigh(5) },
		func() { h.machine.event(larder.DoorOpened) },
		func() { h.machine.weigh(8) },
		func() { h.machine.take(0, 350); h.machine.take(1, 551); h.machine.weigh(10) },
		func() { h.machine.event(larder.DoorShut) },
		func() { h.machine.weigh(5) },
		func() { h.machine.weigh(tail - 5) },
		func() { pass(time.Minute); h.provider.collect(h.t, number) },
	}
}

// TestFloor_Restart guards B3, B4, B9, H7, I1, I2 and I8: the process dies at each point of a
// purchase, and comes back at once, or only after the next thing has happened without it. Each time
// the purchase is charged once, for what was taken, and nothing is left to do.
func TestFloor_Restart(t *testing.T) {
	t.Parallel()
	for point := range 10 {
		for _, misses := range []bool{false, true} {
			t.Run(fmt.Sprintf("before step %d, misses it %v", point, misses), func(t *testing.T) {
				t.Parallel()
				inHouse(t, func(t *testing.T, h *house) {
					id := h.start(h.alice, "k1")
					number := h.paid(id)
					for i, step := range h.walk(id, number) {
						if i != point {
							step()
							continue
						}
						h.die()
						if misses && i != 2 { // a lock that nobody told to open cannot be waited for
							step()
						}
						h.begin()
						if !misses || i == 2 {
							step()
						}
					}
					pass(4 * time.Minute)
					h.provider.collect(t, number)
					pass(4 * time.Minute)
					h.want(id, session.Ended, session.Charged, payment.Captured)
					if b := h.provider.at(number); b.amount != 550 || b.taken != 1 || b.granted != 1 {
						t.Errorf("the provider has %+v", b)
					}
					if n := len(h.machine.commands()); n != 1 {
						t.Errorf("%d open commands", n)
					}
					h.wantCases()
					h.quiet()
					synctest.Wait()
				})
			})
		}
	}
}

// TestFloor_LongOutage guards P4, O2 and I8: the process comes back when everything is long over. The
// unconfirmed visit ends, the confirmed one is given back, and no door opens.
func TestFloor_LongOutage(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.start(h.alice, "k1")
		number := h.paid(id)
		h.die()
		h.provider.confirm(t, number) // its callback goes nowhere
		pass(10 * time.Minute)
		h.begin()
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Canceled, payment.Released)
		if b := h.provider.at(number); b.state != payment.ProviderCanceled || len(h.machine.commands()) != 0 {
			t.Errorf("the provider has %+v, commands %v", b, h.machine.commands())
		}
		h.quiet()
	})
}

// TestFloor_Stop guards the clean stop: a process that is told to end while a door is open ends at
// once, and the next one settles the visit.
func TestFloor_Stop(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		h.machine.pull(map[int]float64{1: 551})
		began := time.Now()
		h.machine.disconnect()
		h.end()
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("the stop took %s", took)
		}
		h.begin()
		h.machine.event(larder.DoorShut)
		h.machine.weigh(tail)
		pass(time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
	})
}
