package crash_test

import (
	"context"
	"testing"
	"time"

	"larder/internal/sim/rig"
	"larder/test/stand"
)

// endTime is for everything to end; an order that the provider does not know takes a minute of it.
const endTime = 4 * time.Minute

// started is the moment right after the platform has answered POST /v1/sessions.
const started = "started"

// points are the moments of one purchase at which the platform is killed, in their order. The quick ones,
// one for each state of a door, run with -short, too.
var points = []struct {
	name  string
	at    string
	quick bool
}{
	{"the_visit_was_just_answered", started, false},
	{"the_provider_is_being_asked", "provider asked: create", false},
	{"the_consent_is_on_its_way", "callback leaves: PAYSCORE.USER_CONFIRM", false},
	{"the_consent_was_acknowledged", "callback answered: PAYSCORE.USER_CONFIRM", false},
	{"the_cabinet_got_the_command", "open_received", true},
	{"the_lock_is_released", "lock_released", true},
	{"the_cabinet_has_answered", "answered", false},
	{"the_door_is_open_and_nobody_knows", "door_opened: opened", false},
	{"the_opening_is_durable", "event_durable: opened", true},
	{"the_door_is_shut_and_nobody_knows", "door_shut: closed", true},
	{"the_closing_is_durable", "event_durable: closed", true},
	{"the_verdict_is_committed", "readings_durable", false},
	{"the_provider_is_collecting", "provider asked: complete", false},
	{"the_money_is_on_its_way", "callback leaves: PAYSCORE.USER_PAID", false},
	{"the_money_was_acknowledged", "callback answered: PAYSCORE.USER_PAID", false},
}

// TestServe_Killed guards PL9 and I8: killed with SIGKILL at every chosen point of a purchase and
// started again, the platform ends each time with a settled or released session or a case, and a clean
// audit; and with it rows H7, P6, B3, B4 and B9: the shopper is charged for what really left, once.
func TestServe_Killed(t *testing.T) {
	t.Parallel()
	for _, p := range points {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && !p.quick {
				t.Skip("takes longer")
			}
			killAt(t, p.at)
		})
	}
}

func killAt(t *testing.T, at string) {
	t.Helper()
	trap := newTrap(at)
	s := stand.New(t, trap.options())
	ctx, cancel := context.WithTimeout(t.Context(), endTime)
	defer cancel()
	shopper := s.Shopper()
	trap.arm(s.Platform)
	done := s.Buy(ctx, rig.Errand{
		Shopper: shopper, Takes: []rig.Take{{Lane: 3, Count: 1}, {Lane: 14, Count: 2}},
		Open: 2 * time.Second, Started: func() { trap.moment(started) },
	})
	select {
	case <-trap.sprung:
	case b := <-done:
		t.Fatalf("the purchase ended before %q came: %+v, %v\n%s", at, b.Result.Visit, b.Err, s.Site.LogTail())
	}
	s.Start()
	s.Judge(<-done)
	s.Audit()
}
