package run_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/run"
)

// TestEngine_Early guards I15: what is added before anybody runs the engine is tried first thing, by
// Run as by RunDue, and not only when its lease is over.
func TestEngine_Early(t *testing.T) {
	t.Parallel()
	for name, runs := range map[string]func(t *testing.T, b *bench){
		"Run": func(t *testing.T, b *bench) { t.Helper(); running(t, b.Engine)() },
		"RunDue": func(t *testing.T, b *bench) {
			t.Helper()
			if n, err := b.RunDue(t.Context(), larder.MillisOf(time.Now()), 10); n != 2 || err != nil {
				t.Errorf("tried %d, %v", n, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBench(t, func(t *testing.T, b *bench) {
				d := &diary{}
				b.Handle(work, run.Kind{Handler: d, Lease: lease})
				b.add(t, b.Engine, 1)
				b.add(t, b.Engine, 2)
				pass(time.Second)
				runs(t, b)
				if got := d.times(); !slices.Equal(got, []time.Duration{time.Second, time.Second}) || b.state(t, 2) != "done" {
					t.Errorf("tried at %v, the second is %s", got, b.state(t, 2))
				}
			})
		})
	}
}

// TestEngine_Alone guards B3, B4 and I15: a process that is alone on its database tries at once what a
// former one was trying when it died, in its first attempt or a later one; one of several waits for
// the lease. What waits for a moment of its own, a timer or a pause after a failure, goes on waiting.
func TestEngine_Alone(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"alone": true, "one of several": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBench(t, func(t *testing.T, b *bench) {
				db := &mortal{Transactor: b.db}
				former := b.engine(db)
				former.Handle(work, run.Kind{Lease: lease, Handler: run.HandlerFunc(func(ctx context.Context, e run.Effect) (run.Apply, error) {
					if e.Key == 3 {
						return nil, run.Again{After: time.Hour}
					}
					<-ctx.Done() // 1 and 2 hang
					return nil, ctx.Err()
				})})
				b.Handle(work, run.Kind{Lease: lease, Handler: &diary{}})
				b.timer(t, 2, time.Second) // claimed by the one who hears its alarm
				b.timer(t, 4, time.Hour)
				stop := running(t, former)
				pass(time.Second)
				b.add(t, former, 1)
				b.add(t, former, 3)
				pass(time.Second)
				db.dead = true
				grave := larder.Millis(b.number(t, `SELECT max(due_at) FROM effect WHERE key IN (1, 2)`))
				pass(2 * time.Second)
				next, d := b.engine(b.db), &diary{}
				next.Handle(work, run.Kind{Handler: d, Lease: lease})
				if alone {
					next.Alone()
				}
				began := time.Now()
				end := running(t, next)
				synctest.Wait()
				tried := len(d.times())
				if alone != (tried == 2) {
					t.Errorf("%d were tried at the start", tried)
				}
				pass(grave.Time().Sub(began) + time.Second)
				if got := d.times(); len(got) != 2 {
					t.Errorf("tried at %v", got)
				}
				pass(2 * time.Hour)
				for key := range int64(4) {
					if s := b.state(t, key+1); s != "done" {
						t.Errorf("%d is %s", key+1, s)
					}
				}
				if n := len(d.times()); n != 4 {
					t.Errorf("tried %d times", n)
				}
				end()
				stop()
			})
		})
	}
}

// TestFloor_KilledBeforeOpen guards DV1, B3, H7 and S7: the process dies between the consent and "open";
// the next one opens the door while the command may still take effect, once.
func TestFloor_KilledBeforeOpen(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.machine.disconnect()
		id := h.open(h.alice, "k1")
		began := time.Now()
		h.die()
		pass(3 * time.Second)
		h.begin()
		pass(time.Second)
		if n := len(h.machine.commands()); n != 1 || time.Since(began) >= 10*time.Second {
			t.Fatalf("%d open commands after %s", n, time.Since(began))
		}
		h.machine.shop(map[int]float64{1: 550})
		pass(time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		h.wantCases()
	})
}

// TestFloor_KilledAfterOpen guards DV6, I2 and "nothing taken is lost": the process dies after it has sent
// "open", and the lock has moved. Asked again by the next process, the cabinet refuses, or its door
// shows that nobody need ask: the authorization is not given back, and what is taken is charged.
func TestFloor_KilledAfterOpen(t *testing.T) {
	t.Parallel()
	for name, stale := range map[string]bool{"the door is seen to have moved": false, "its sensor is stale": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, func(t *testing.T, h *house) {
				h.machine.deaf = true
				id := h.open(h.alice, "k1")
				h.die()
				h.machine.mu.Lock()
				h.machine.deaf, h.machine.refusing = false, true
				if stale {
					h.machine.door = larder.DoorClosed
				}
				h.machine.mu.Unlock()
				h.begin()
				pass(time.Second)
				h.want(id, session.Opening, session.None, payment.Authorized)
				h.machine.shop(map[int]float64{1: 550})
				pass(time.Minute)
				h.want(id, session.Ended, session.Charged, payment.Capturing)
				if n := len(h.machine.commands()); n != 1 {
					t.Errorf("%d open commands", n)
				}
			})
		})
	}
}

// TestCollector_KilledBeforeCapture guards P9 and B3: the process dies while it asks for the capture;
// the next one asks at once, byte for byte.
func TestCollector_KilledBeforeCapture(t *testing.T) {
	t.Parallel()
	for name, done := range map[string]bool{"the request is lost": false, "the answer is lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, func(t *testing.T, h *house) {
				id := h.open(h.alice, "k1")
				h.provider.mu.Lock()
				h.provider.lose = []loss{{"capture", done}, {"query", false}}
				h.provider.early = func(call, _ string) {
					if call == "capture" {
						h.process.db.dead.Store(true)
					}
				}
				h.provider.mu.Unlock()
				h.machine.shop(map[int]float64{1: 550})
				if n := h.provider.asked("capture"); n != 1 {
					t.Fatalf("asked %d times", n)
				}
				h.die()
				h.provider.early = nil
				h.begin()
				if n := h.provider.asked("capture"); n != 2 {
					t.Errorf("asked %d times after the restart", n)
				}
				h.provider.collect(t, h.paid(id))
				pass(time.Minute)
				h.want(id, session.Ended, session.Charged, payment.Captured)
				if b := h.provider.at(h.paid(id)); b.taken != 1 || b.amount != 200 {
					t.Errorf("the provider has %+v", b)
				}
				h.quiet()
			})
		})
	}
}
