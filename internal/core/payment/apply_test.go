package payment_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/payment"
)

const now = larder.Millis(1_800_000_000_000)

// words are what a provider can say about a number of ours.
func words() []payment.Status {
	return []payment.Status{
		{Number: "L1", State: payment.ProviderNotFound},
		{Number: "L1", State: payment.ProviderWaiting, Phone: map[string]string{"package": "p"}, Ref: "R"},
		{Number: "L1", State: payment.ProviderAuthorized, Ref: "R"},
		{Number: "L1", State: payment.ProviderCollecting, Amount: 700},
		{Number: "L1", State: payment.ProviderCaptured, Amount: 700, Trade: "T"},
		{Number: "L1", State: payment.ProviderCaptured, Amount: 900, Trade: "T"},
		{Number: "L1", State: payment.ProviderCanceled},
	}
}

func fresh() payment.Payment {
	return payment.Payment{ID: 1, Number: "L1", State: payment.Asking, Ceiling: 20_000, Created: now, Version: 1}
}

// rank orders the states along which a payment only moves forward.
var rank = map[payment.State]int{
	payment.Asking: 0, payment.Waiting: 1, payment.Authorized: 2, payment.Capturing: 3, payment.Captured: 4,
	payment.Releasing: 5, payment.Released: 6,
}

// story is a payment, what was said about it, and what came of that.
type story struct {
	p       payment.Payment
	changes []payment.Change
}

// hear takes one word and holds what must be true of any single one.
func (s *story) hear(t *rapid.T, st payment.Status) {
	after, change := payment.Apply(s.p, st, now)
	if change == payment.Unchanged || change == payment.Surprise {
		if diff := cmp.Diff(s.p, after); diff != "" {
			t.Fatalf("%s in %s was %s and changed the payment:\n%s", st.State, s.p.State, change, diff)
		}
	} else if rank[after.State] <= rank[s.p.State] {
		t.Fatalf("%s led from %s back to %s", st.State, s.p.State, after.State)
	}
	if again, repeated := payment.Apply(after, st, now+1); repeated != payment.Unchanged && repeated != payment.Surprise {
		t.Fatalf("the same word again did %s: %+v", repeated, again)
	}
	s.p = after
	s.changes = append(s.changes, change)
}

// decide is what the platform does of its own, as Service.ReleaseTx and CaptureTx have it.
func (s *story) decide(what string) {
	switch {
	case what == "capture" && s.p.State == payment.Authorized:
		s.p.State, s.p.Amount = payment.Capturing, 700
	case what == "release" && rank[s.p.State] <= rank[payment.Authorized]:
		s.p.State = payment.Releasing
	}
}

func (s *story) count(c payment.Change) (n int) {
	for _, x := range s.changes {
		if x == c {
			n++
		}
	}
	return n
}

// TestApply_AnyOrder guards P1, P2, P3, P5, P7, I2, I9 and I10: whatever a provider says, however
// often and in whatever order, mixed with our own decisions, a payment is won once or lost, collected
// once or given back, and only moves forward.
func TestApply_AnyOrder(t *testing.T) {
	t.Parallel()
	all := words()
	rapid.Check(t, func(t *rapid.T) {
		s := &story{p: fresh()}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "ours") == 0 {
				s.decide(rapid.SampledFrom([]string{"capture", "release"}).Draw(t, "decision"))
				continue
			}
			s.hear(t, rapid.SampledFrom(all).Draw(t, "word"))
		}
		won, lost := s.count(payment.Won), s.count(payment.Lost)
		collected, back := s.count(payment.Collected), s.count(payment.GivenBack)
		if won+lost > 1 || collected+back > 1 || lost+collected > 1 || lost+back > 1 || s.count(payment.Asked) > 1 {
			t.Fatalf("%v", s.changes)
		}
		if collected > 0 && won == 0 {
			t.Fatalf("collected without a consent: %v", s.changes)
		}
		if (s.p.State == payment.Captured) != (collected == 1) || s.p.Captured > s.p.Amount || s.p.Amount > s.p.Ceiling {
			t.Fatalf("%+v after %v", s.p, s.changes)
		}
	})
}

// TestApply_ConvergesOnCollection guards P2, I10 and I11: the words of an ordinary collection, in any
// order and number, from callback, answer and query together, end in the same row.
func TestApply_ConvergesOnCollection(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &story{p: fresh()}
		before := rapid.SliceOfN(rapid.SampledFrom(words()[:3]), 0, 6).Draw(t, "before")
		for _, st := range append(before, words()[2]) {
			s.hear(t, st)
		}
		s.decide("capture")
		after := rapid.SliceOfN(rapid.SampledFrom(words()[:5]), 0, 8).Draw(t, "after")
		for _, st := range append(after, words()[4]) {
			s.hear(t, st)
		}
		want := fresh()
		want.State, want.Amount, want.Captured, want.Ref, want.Trade = payment.Captured, 700, 700, "R", "T"
		want.AuthorizedAt, want.EndedAt = now, now
		if diff := cmp.Diff(want, s.p); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if s.count(payment.Surprise) > 0 {
			t.Fatalf("an ordinary collection surprised: %v", s.changes)
		}
	})
}

// TestApply_Table guards what each word does in each state, the contradictions that a person must
// hear of first: money that was collected though we gave it back, or given back though we collect it.
func TestApply_Table(t *testing.T) {
	t.Parallel()
	const same, surprise = payment.Unchanged, payment.Surprise
	// In the order of words: not found, waiting, authorized, collecting, captured 700, captured 900, canceled.
	want := map[payment.State][]payment.Change{
		payment.Asking:     {same, payment.Asked, payment.Won, surprise, surprise, surprise, payment.Lost},
		payment.Waiting:    {same, same, payment.Won, surprise, surprise, surprise, payment.Lost},
		payment.Authorized: {same, same, same, surprise, surprise, surprise, surprise},
		payment.Capturing:  {same, same, same, same, payment.Collected, surprise, surprise},
		payment.Captured:   {same, same, same, same, same, surprise, surprise},
		payment.Releasing:  {payment.GivenBack, same, same, surprise, surprise, surprise, payment.GivenBack},
		payment.Released:   {same, same, same, surprise, surprise, surprise, same},
	}
	for state := range rank {
		p := fresh()
		p.State, p.Amount = state, 700
		if state == payment.Captured {
			p.Captured = 700
		}
		var got []payment.Change
		for _, st := range words() {
			_, change := payment.Apply(p, st, now)
			got = append(got, change)
		}
		if !slices.Equal(got, want[state]) {
			t.Errorf("%s: %v, want %v", state, got, want[state])
		}
	}
}

// TestApply_ConsentBeforeAnswer guards P7: the callback of the consent comes before the answer to
// the question; the answer that limps behind changes nothing, and the phone is told nothing any more.
func TestApply_ConsentBeforeAnswer(t *testing.T) {
	t.Parallel()
	p, change := payment.Apply(fresh(), words()[2], now)
	if change != payment.Won || p.State != payment.Authorized || p.AuthorizedAt != now {
		t.Fatalf("%+v, %s", p, change)
	}
	after, change := payment.Apply(p, words()[1], now+5)
	if change != payment.Unchanged || after.Phone != nil {
		t.Errorf("the late answer did %s: %+v", change, after)
	}
}

// TestApply_Phone guards that what raises the provider's page is kept while it is of use only.
func TestApply_Phone(t *testing.T) {
	t.Parallel()
	waiting, _ := payment.Apply(fresh(), words()[1], now)
	if waiting.Phone["package"] != "p" || waiting.Ref != "R" {
		t.Errorf("waiting: %+v", waiting)
	}
	for _, st := range []payment.Status{words()[2], words()[6]} {
		if p, _ := payment.Apply(waiting, st, now); p.Phone != nil || p.Ref != "R" {
			t.Errorf("%s: phone %v, ref %q", st.State, p.Phone, p.Ref)
		}
	}
}

// TestErrors guards that what a stranger sent is in no error's text (I27), and that refusals are
// told apart through any wrapping.
func TestErrors(t *testing.T) {
	t.Parallel()
	refused := fmt.Errorf("authorize: %w", &payment.ErrRefused{Reason: payment.RefusedCustomer, Code: "X"})
	if !payment.IsRefused(refused, payment.RefusedCustomer) || payment.IsRefused(refused, payment.RefusedLater) {
		t.Errorf("%v is not told apart", refused)
	}
	secret := fmt.Errorf("body %s", "13800138000")
	bad := &payment.ErrBadNotice{Cause: "malformed", Err: secret}
	if got := bad.Error(); got != "bad notice: malformed" || !errors.Is(bad, secret) {
		t.Errorf("%q", got)
	}
}
