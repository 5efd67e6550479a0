package rules_test

import (
	"bytes"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/sim/rules"
)

const visits = 2000

func simulate(t *testing.T, cfg rules.Config) (rules.Result, string) {
	t.Helper()
	var out bytes.Buffer
	cfg.Out = &out
	r, err := rules.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r, out.String()
}

// TestRun guards rows O1 to O4, O6, O7, W1, P1, P2, P4 to P7, P9, X1 and B9 for the rules alone: in
// whatever order messages come, every visit ends as it should.
func TestRun(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		r, out := simulate(t, rules.Config{Seed: seed, Sessions: visits, Faults: rules.Plays()})
		if r.Violations != 0 || r.Sessions != visits || r.Hours <= 0 {
			t.Errorf("seed %d: %+v\n%s", seed, r, out)
		}
		for id, n := range r.Fired {
			if n == 0 {
				t.Errorf("seed %d: %s never happened", seed, id)
			}
		}
	}
}

// TestRun_repeats guards that a seed is a history.
func TestRun_repeats(t *testing.T) {
	t.Parallel()
	first, _ := simulate(t, rules.Config{Seed: 7, Sessions: 200, Faults: rules.Plays()})
	again, _ := simulate(t, rules.Config{Seed: 7, Sessions: 200, Faults: rules.Plays()})
	other, _ := simulate(t, rules.Config{Seed: 8, Sessions: 200, Faults: rules.Plays()})
	if first.TraceHash != again.TraceHash || first.TraceHash == other.TraceHash {
		t.Errorf("%s, %s and %s", first.TraceHash, again.TraceHash, other.TraceHash)
	}
}

// TestRun_finds guards that planted mistakes of the rules are seen, with what led to them: a consent
// that revives a canceled payment (P4), a release that is believed before the bank says so (P5), money
// that is counted twice (P2).
func TestRun_finds(t *testing.T) {
	t.Parallel()
	for name, apply := range map[string]func(payment.Payment, payment.Status, larder.Millis) (payment.Payment, payment.Change){
		"revived": func(p payment.Payment, st payment.Status, now larder.Millis) (payment.Payment, payment.Change) {
			if p.State == payment.Releasing && st.State == payment.ProviderAuthorized {
				p.State = payment.Authorized
				return p, payment.Won
			}
			return payment.Apply(p, st, now)
		},
		"believed": func(p payment.Payment, st payment.Status, now larder.Millis) (payment.Payment, payment.Change) {
			if p.State == payment.Capturing {
				p.State, p.Captured = payment.Captured, p.Amount
				return p, payment.Collected
			}
			return payment.Apply(p, st, now)
		},
		"doubled": func(p payment.Payment, st payment.Status, now larder.Millis) (payment.Payment, payment.Change) {
			if p.State == payment.Captured && st.State == payment.ProviderCaptured {
				p.Captured += st.Amount
				return p, payment.Collected
			}
			return payment.Apply(p, st, now)
		},
	} {
		r, out := simulate(t, rules.Config{Seed: 1, Sessions: visits, Faults: rules.Plays(), Apply: apply})
		if r.Violations == 0 {
			t.Errorf("%s: not found", name)
		} else if !strings.Contains(out, "violation of") || !strings.Contains(out, "the bank says") {
			t.Errorf("%s: the window shows nothing:\n%s", name, out)
		}
	}
}
