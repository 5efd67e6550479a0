package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/core/payment"
)

// metrics is what this adapter observes. Labels are bounded: calls and outcomes are words of this
// package.
type metrics struct {
	calls   *prometheus.HistogramVec // larder_provider_call_seconds{provider,call,outcome}
	notices *prometheus.CounterVec   // larder_provider_notices_total{provider,outcome}
}

// newMetrics registers the metrics, or finds those that another client has registered.
func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "larder_provider_call_seconds",
			Help:    "Duration of calls to a payment provider by call and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"provider", "call", "outcome"}),
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "larder_provider_notices_total",
			Help: "Callbacks of a payment provider by what they turned out to be.",
		}, []string{"provider", "outcome"}),
	}
	if reg == nil {
		return m, nil
	}
	var err error
	if m.calls, err = register(reg, m.calls); err != nil {
		return nil, err
	}
	m.notices, err = register(reg, m.notices)
	return m, err
}

func register[C prometheus.Collector](reg prometheus.Registerer, c C) (C, error) {
	err := reg.Register(c)
	if taken, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if earlier, ok := taken.ExistingCollector.(C); ok {
			return earlier, nil
		}
	}
	if err != nil {
		return c, fmt.Errorf("wechatpay: register metrics: %w", err)
	}
	return c, nil
}

func (m *metrics) observeCall(call string, err error, took time.Duration) {
	m.calls.WithLabelValues(Name, call, outcomeOf(err)).Observe(took.Seconds())
}

func (m *metrics) countNotice(outcome string) {
	m.notices.WithLabelValues(Name, outcome).Inc()
}

// outcomeOf names how a call ended in a bounded word.
func outcomeOf(err error) string {
	if err == nil {
		return "ok"
	}
	if errors.Is(err, errNotFound) {
		return "not_found"
	}
	if refused, ok := errors.AsType[*payment.ErrRefused](err); ok {
		return "refused_" + refused.Reason
	}
	switch {
	case errors.Is(err, errUnverified):
		return "unverified"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "unknown"
}
