package api

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Keys of logs.
const (
	keyOp     = "op"
	keyStatus = "status"
	keyMillis = "ms"
	keyActor  = "actor_kind"
	keyCode   = "code"
	keyError  = "error"
	keyPanic  = "panic"
	keyStack  = "stack"
)

// metrics is what the API counts. Labels are words of this package and names of operations.
type metrics struct {
	requests  *prometheus.HistogramVec // op, status class
	streams   *prometheus.GaugeVec     // op
	callbacks *prometheus.CounterVec   // provider, outcome
	limited   *prometheus.CounterVec   // limit
	panics    prometheus.Counter
}

// newMetrics makes the metrics and registers them with r, which may be nil.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "larder_api_request_seconds", Help: "Requests by operation and class of status; streams are not among them.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"op", "status"}),
		streams: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "larder_api_streams", Help: "Clients that follow a session now.",
		}, []string{"op"}),
		callbacks: counter("larder_api_callbacks_total", "Providers' callbacks by what came of them.", "provider", "outcome"),
		limited:   counter("larder_api_limited_total", "Attempts that were too many, by limit.", "limit"),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "larder_api_panics_total", Help: "Handlers that panicked: mistakes of ours.",
		}),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.streams, m.callbacks, m.limited, m.panics} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("api: register metrics: %w", err)
		}
	}
	return m, nil
}

// served counts a request that is over. An operation is "none" where no route matched.
func (m *metrics) served(n *requestNote, status int, took time.Duration) {
	if n.stream && status < 400 {
		return // its length is the client's choice
	}
	op := n.op
	if op == "" {
		op = "none"
	}
	m.requests.WithLabelValues(op, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}
