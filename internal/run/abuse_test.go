package run_test

import (
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// TestCollector_ConsentAfterRelease guards P4, P9 and I15: our question hung on its way for so long
// that the provider did not know the number when it was given back. The customer then confirms: the
// consent opens nothing and is given back, and the old word, repeated, costs one question.
func TestCollector_ConsentAfterRelease(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		for range 20 {
			h.provider.lose = append(h.provider.lose, loss{"authorize", false})
		}
		id := h.start(h.alice, "k1")
		number := h.paid(id)
		pass(3 * time.Minute)
		h.want(id, session.Ended, session.Canceled, payment.Released)
		h.provider.mu.Lock()
		h.provider.orders[number] = &bill{state: payment.ProviderWaiting}
		h.provider.mu.Unlock()
		if !h.provider.confirm(t, number) {
			t.Fatal("nothing to confirm")
		}
		pass(time.Second)
		if got := h.provider.at(number).state; got != payment.ProviderCanceled || len(h.machine.commands()) != 0 {
			t.Errorf("the provider has it %s, commands %v", got, h.machine.commands())
		}
		cancels := h.provider.asked("cancel")
		must(t, notify(t, h.visits, payment.Status{Number: number, State: payment.ProviderAuthorized, Ref: "again"}))
		synctest.Wait()
		pass(time.Minute)
		if n := h.provider.asked("cancel"); n != cancels {
			t.Errorf("an old word canceled %d times", n-cancels)
		}
		h.want(id, session.Ended, session.Canceled, payment.Released)
		h.wantCases()
		h.quiet()
	})
}

// TestFloor_ForeignAnswer guards S8, H4 and "nothing taken is lost": another cabinet, or a connection
// that is no longer current, answers a command with "refused". Who believed it would give the money
// back while the door opens.
func TestFloor_ForeignAnswer(t *testing.T) {
	t.Parallel()
	inHouse(t, func(_ *testing.T, h *house) {
		h.machine.deaf = true
		id := h.open(h.alice, "k1")
		command := h.machine.commands()[0]
		stranger := h.cabinet.ID + 1
		h.floor.Connected(stranger, h.org, 7)
		lie := larder.Answer{Cabinet: stranger, Epoch: 7, Command: command.Command, Result: larder.AnswerRefused, Door: larder.DoorClosed}
		h.floor.Answer(lie)
		h.machine.connect()
		lie.Cabinet, lie.Epoch = h.cabinet.ID, command.Epoch
		h.floor.Answer(lie)
		pass(time.Second)
		h.want(id, session.Opening, session.None, payment.Authorized)
		h.machine.shop(map[int]float64{1: 550})
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
	})
}
