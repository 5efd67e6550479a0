package sqlite

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/edge/store"
)

// Stats counts what a database did since it was opened.
type Stats = store.Stats

// The ends of an operation, values of the label "outcome".
const (
	outcomeCommitted = "committed"
	outcomeRefused   = "refused" // the closure returned an error, panicked, or lost the transaction
	outcomeSkipped   = "skipped" // its caller had left before its turn
	outcomeFailed    = "failed"  // the group could not be begun or committed
)

// The sides of the engine, values of the label "side".
const (
	sideWrite = "write"
	sideRead  = "read"
)

// metrics is everything that the engine tells of itself, for Prometheus and for [Stats]. Times are in
// seconds, labels have the values above.
type metrics struct {
	writeTx, views, statements, groups, commits, checkpoints atomic.Int64

	operationsTotal map[string]prometheus.Counter // by outcome
	statementsTotal map[string]prometheus.Counter // by side
	groupOperations prometheus.Histogram
	commitSeconds   prometheus.Histogram
	checkSeconds    prometheus.Histogram
	viewSeconds     prometheus.Histogram
	abandonedTotal  prometheus.Counter
	bellPanicsTotal prometheus.Counter
}

// newMetrics makes the metrics and registers them with reg, if it is not nil. queued tells how many
// operations wait now.
func newMetrics(reg prometheus.Registerer, queued func() int) (*metrics, error) {
	operations, byOutcome := counters("operations_total", "Operations that write, by outcome.", "outcome",
		outcomeCommitted, outcomeRefused, outcomeSkipped, outcomeFailed)
	statements, bySide := counters("statements_total", "Statements that closures ran, by side.", "side", sideWrite, sideRead)
	m := &metrics{
		operationsTotal: byOutcome,
		statementsTotal: bySide,
		groupOperations: histogram("group_operations", "Operations in one group.", 1, 8),               // 1 … 128
		commitSeconds:   histogram("commit_seconds", "Time of a COMMIT, its sync included.", 1e-4, 15), // 0.1 ms … 1.6 s
		checkSeconds:    histogram("checkpoint_seconds", "Time to copy the WAL into the database.", 1e-4, 15),
		viewSeconds:     histogram("view_seconds", "Time a view held its connection.", 1e-4, 15),
		abandonedTotal:  prometheus.NewCounter(prometheus.CounterOpts(opts("groups_abandoned_total", "Groups whose transaction the engine rolled back by itself."))),
		bellPanicsTotal: prometheus.NewCounter(prometheus.CounterOpts(opts("after_commit_panics_total", "Panics of functions given to AfterCommit."))),
	}
	if reg == nil {
		return m, nil
	}
	queue := prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts("queue_operations", "Operations that wait for the writer.")),
		func() float64 { return float64(queued()) })
	for _, c := range []prometheus.Collector{
		operations, statements, m.groupOperations, m.commitSeconds, m.checkSeconds, m.viewSeconds, m.abandonedTotal, m.bellPanicsTotal, queue,
	} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: "larder", Subsystem: "store", Name: name, Help: help}
}

// histogram has n buckets that double from first on.
func histogram(name, help string, first float64, n int) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "larder", Subsystem: "store", Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(first, 2, n),
	})
}

// counters makes a family with one label and resolves its values now, so that counting looks nothing up.
func counters(name, help, label string, values ...string) (*prometheus.CounterVec, map[string]prometheus.Counter) {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts(opts(name, help)), []string{label})
	of := make(map[string]prometheus.Counter, len(values))
	for _, v := range values {
		of[v] = vec.WithLabelValues(v)
	}
	return vec, of
}

func (m *metrics) stats() Stats {
	return Stats{
		WriteTx: m.writeTx.Load(), Views: m.views.Load(), Statements: m.statements.Load(),
		Groups: m.groups.Load(), Commits: m.commits.Load(), Checkpoints: m.checkpoints.Load(),
	}
}

// statement counts one statement of a closure.
func (m *metrics) statement(side string) {
	m.statements.Add(1)
	m.statementsTotal[side].Inc()
}

// operation counts one end of an operation.
func (m *metrics) operation(outcome string) {
	if outcome == outcomeCommitted {
		m.writeTx.Add(1)
	}
	m.operationsTotal[outcome].Inc()
}

// group counts a transaction begun for n operations.
func (m *metrics) group(n int) {
	m.groups.Add(1)
	m.groupOperations.Observe(float64(n))
}

// commit counts a COMMIT that took took.
func (m *metrics) commit(took time.Duration) {
	m.commits.Add(1)
	m.commitSeconds.Observe(took.Seconds())
}

// checkpoint counts a checkpoint that took took.
func (m *metrics) checkpoint(took time.Duration) {
	m.checkpoints.Add(1)
	m.checkSeconds.Observe(took.Seconds())
}

// view counts a view that held its connection for took.
func (m *metrics) view(took time.Duration) {
	m.views.Add(1)
	m.viewSeconds.Observe(took.Seconds())
}

// abandon counts a group whose transaction the engine rolled back by itself.
func (m *metrics) abandon() { m.abandonedTotal.Inc() }

// bellPanic counts a panic of a function given to AfterCommit.
func (m *metrics) bellPanic() { m.bellPanicsTotal.Inc() }
