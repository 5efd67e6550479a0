package postgres

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/edge/store"
)

// ending is how an operation came out, a value of the label "outcome".
type ending string

// The endings. An operation that is to be repeated has not ended.
const (
	endCommitted ending = "committed"
	endRefused   ending = "refused" // the closure returned an error, panicked, or lost the transaction
	endSkipped   ending = "skipped" // its caller had left before its turn
	endFailed    ending = "failed"  // it could not be begun, committed, or brought past its neighbors
	endRepeat    ending = ""
)

// The sides of the engine, values of the label "side".
const (
	sideWrite = "write"
	sideRead  = "read"
)

// The reasons to repeat an operation, values of the label "reason".
const (
	repeatSerialization = "serialization"
	repeatDeadlock      = "deadlock"
	repeatConnection    = "connection"
)

// metrics is everything that the engine tells of itself, for Prometheus and for [store.Stats]. Names are
// SQLite's where the meaning is the same. Times are in seconds, labels have the values above.
type metrics struct {
	writeTx, views, statements, commits, repeats atomic.Int64

	operationsTotal *prometheus.CounterVec // by outcome
	statementsTotal *prometheus.CounterVec // by side
	repeatsTotal    *prometheus.CounterVec // by reason
	commitSeconds   prometheus.Histogram
	viewSeconds     prometheus.Histogram
	bellPanicsTotal prometheus.Counter
}

func newMetrics() *metrics {
	return &metrics{
		operationsTotal: counters("operations_total", "Operations that write, by outcome.", "outcome",
			string(endCommitted), string(endRefused), string(endSkipped), string(endFailed)),
		statementsTotal: counters("statements_total", "Statements that closures ran, by side.", "side", sideWrite, sideRead),
		repeatsTotal: counters("repeats_total", "Runs of operations again because another one, or a broken connection, was in the way.", "reason",
			repeatSerialization, repeatDeadlock, repeatConnection),
		commitSeconds:   histogram("commit_seconds", "Time of a COMMIT, its sync included."),
		viewSeconds:     histogram("view_seconds", "Time a view held its connection."),
		bellPanicsTotal: prometheus.NewCounter(prometheus.CounterOpts(opts("after_commit_panics_total", "Panics of functions given to AfterCommit."))),
	}
}

// register adds the metrics to reg, if it is not nil. waiting tells how many operations wait now.
func (m *metrics) register(reg prometheus.Registerer, waiting func() int64) error {
	if reg == nil {
		return nil
	}
	queue := prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts("queue_operations", "Operations that wait for a connection.")),
		func() float64 { return float64(waiting()) })
	for _, c := range []prometheus.Collector{
		m.operationsTotal, m.statementsTotal, m.repeatsTotal, m.commitSeconds, m.viewSeconds, m.bellPanicsTotal, queue,
	} {
		if err := reg.Register(c); err != nil {
			return fmt.Errorf("postgres: register metrics: %w", err)
		}
	}
	return nil
}

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: "larder", Subsystem: "store", Name: name, Help: help}
}

// histogram has buckets from 0.1 ms to 1.6 s.
func histogram(name, help string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "larder", Subsystem: "store", Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(1e-4, 2, 15),
	})
}

// counters makes a family with one label whose values are all there from the beginning.
func counters(name, help, label string, values ...string) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts(opts(name, help)), []string{label})
	for _, v := range values {
		vec.WithLabelValues(v)
	}
	return vec
}

func (m *metrics) stats() store.Stats {
	return store.Stats{
		WriteTx: m.writeTx.Load(), Views: m.views.Load(), Statements: m.statements.Load(),
		Groups: m.commits.Load(), Commits: m.commits.Load(), Repeats: m.repeats.Load(),
	}
}

// statement counts one statement of a closure.
func (m *metrics) statement(side string) {
	m.statements.Add(1)
	m.statementsTotal.WithLabelValues(side).Inc()
}

// operation counts one end of an operation.
func (m *metrics) operation(end ending) {
	if end == endCommitted {
		m.writeTx.Add(1)
	}
	m.operationsTotal.WithLabelValues(string(end)).Inc()
}

// repeat counts a run again because of err.
func (m *metrics) repeat(err error) {
	reason := repeatConnection
	switch sqlState(err) {
	case store.StateSerialization:
		reason = repeatSerialization
	case store.StateDeadlock:
		reason = repeatDeadlock
	}
	m.repeats.Add(1)
	m.repeatsTotal.WithLabelValues(reason).Inc()
}

// commit counts a COMMIT that took took.
func (m *metrics) commit(took time.Duration) {
	m.commits.Add(1)
	m.commitSeconds.Observe(took.Seconds())
}

// view counts a view that held its connection for took.
func (m *metrics) view(took time.Duration) {
	m.views.Add(1)
	m.viewSeconds.Observe(took.Seconds())
}

// bellPanic counts a panic of a function given to AfterCommit.
func (m *metrics) bellPanic() { m.bellPanicsTotal.Inc() }
