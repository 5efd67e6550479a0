package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Fault names something that can be made to go wrong.
type Fault string

// Faults of answers. Call and Number of an [Injection] narrow them down.
const (
	RequestLost      Fault = "request_lost"       // nothing happened, and no answer comes
	ServerError      Fault = "server_error"       // nothing happened: 500 SYSTEM_ERROR
	RateLimited      Fault = "rate_limited"       // nothing happened: 429
	AnswerLost       Fault = "answer_lost"        // it happened, and no answer comes
	AnswerDelayed    Fault = "answer_delayed"     // it happened, and the answer comes after Delay
	ServerErrorAfter Fault = "server_error_after" // it happened: 500 SYSTEM_ERROR
	BadGateway       Fault = "bad_gateway"        // it happened: 502 with a page of HTML
	HTMLAnswer       Fault = "html_answer"        // it happened: 200 with a page of HTML
	BadSignature     Fault = "bad_signature"      // it happened: the answer's signature is wrong
	StaleAnswer      Fault = "stale_answer"       // it happened: signed ten minutes ago
	ForeignAnswer    Fault = "foreign_answer"     // it happened: a signed answer about another order
	CallbackEarly    Fault = "callback_early"     // the customer acts, and the callback arrives, before the answer
)

// Faults of callbacks. Call of an [Injection] is then the kind, for instance [KindPaid]. What
// spoils a callback spoils one delivery; the repetition is right.
const (
	CallbackLost         Fault = "callback_lost"       // never sent, nor repeated
	CallbackDelayed      Fault = "callback_delayed"    // sent after Delay
	CallbackDuplicated   Fault = "callback_duplicated" // delivered three times, the first two at the same moment
	CallbackProbe        Fault = "callback_probe"      // preceded by a SIGNTEST probe
	CallbackBadNonce     Fault = "callback_bad_nonce"
	CallbackNoResource   Fault = "callback_no_resource"
	CallbackBadSignature Fault = "callback_bad_signature"
	CallbackStale        Fault = "callback_stale"   // signed ten minutes ago
	CallbackForeign      Fault = "callback_foreign" // well signed, for another mini-program
)

// Faults lists every fault.
func Faults() []Fault {
	return []Fault{
		RequestLost, ServerError, RateLimited, AnswerLost, AnswerDelayed, ServerErrorAfter, BadGateway, HTMLAnswer,
		BadSignature, StaleAnswer, ForeignAnswer, CallbackEarly,
		CallbackLost, CallbackDelayed, CallbackDuplicated, CallbackProbe, CallbackBadNonce, CallbackNoResource,
		CallbackBadSignature, CallbackStale, CallbackForeign,
	}
}

// Injection switches a fault on.
type Injection struct {
	Fault  Fault         `json:"fault"`
	Call   string        `json:"call,omitempty"`   // only in this call, or this kind of callback; "" means any
	Number string        `json:"number,omitempty"` // only for this order; "" means any
	Times  int           `json:"times,omitempty"`  // so often; 0 means until cleared
	Every  int           `json:"every,omitempty"`  // at every n-th chance; 0 and 1 mean at each
	Delay  time.Duration `json:"delay,omitempty"`  // nanoseconds, for the faults that delay
}

// armed is an injection and what has become of it.
type armed struct {
	Injection
	chances, fired int
}

type faults struct {
	counter *prometheus.CounterVec // larder_fault_injected_total{id}

	mu    sync.Mutex // guards what follows
	armed []*armed
	fired map[Fault]int
	asked map[Fault]bool // switched on at least once
}

// newFaults registers the counter, or finds the one that another injector has registered.
func newFaults(reg prometheus.Registerer) (*faults, error) {
	f := &faults{fired: map[Fault]int{}, asked: map[Fault]bool{}, counter: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "larder_fault_injected_total",
		Help: "Faults that were injected, by their id.",
	}, []string{"id"})}
	if reg == nil {
		return f, nil
	}
	err := reg.Register(f.counter)
	if taken, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if earlier, ok := taken.ExistingCollector.(*prometheus.CounterVec); ok {
			f.counter, err = earlier, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: register metrics: %w", err)
	}
	return f, nil
}

// fire returns the injection that applies now and counts it, or nil.
func (f *faults) fire(fault Fault, call, number string) *Injection {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.armed {
		if a.Fault != fault || a.Call != "" && a.Call != call || a.Number != "" && a.Number != number {
			continue
		}
		if a.Times > 0 && a.fired >= a.Times {
			continue
		}
		if a.chances++; a.Every > 1 && a.chances%a.Every != 0 {
			continue
		}
		a.fired++
		f.fired[fault]++
		f.counter.WithLabelValues(string(fault)).Inc()
		return new(a.Injection)
	}
	return nil
}

// Inject switches a fault on; several may be on at once. A run in which [Server.Unfired] is not
// empty at the end has tested less than it says.
func (s *Server) Inject(i Injection) error {
	if !slices.Contains(Faults(), i.Fault) {
		return fmt.Errorf("sandbox: no fault is called %.40q", i.Fault)
	}
	if i.Times < 0 || i.Every < 0 || i.Delay < 0 {
		return fmt.Errorf("sandbox: fault %s: a number is negative", i.Fault)
	}
	f := s.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, &armed{Injection: i})
	f.asked[i.Fault] = true
	return nil
}

// ClearFaults switches all faults off and keeps the counts.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.armed = nil
}

// Fired returns how often each fault has been injected.
func (s *Server) Fired() map[Fault]int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	counts := make(map[Fault]int, len(s.faults.fired))
	for fault, n := range s.faults.fired {
		counts[fault] = n
	}
	return counts
}

// Unfired returns the faults that were switched on and have never happened.
func (s *Server) Unfired() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	var idle []Fault
	for fault := range s.faults.asked {
		if s.faults.fired[fault] == 0 {
			idle = append(idle, fault)
		}
	}
	slices.Sort(idle)
	return idle
}
