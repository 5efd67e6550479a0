package obs

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh/health"
	"larder/internal/run"
)

// Observer turns what sessions, visits and the to-do list tell into metrics, and what somebody should
// know into log lines. It is safe for concurrent use.
type Observer struct {
	log *slog.Logger

	steps     *prometheus.CounterVec // from, event, to
	leases    *prometheus.CounterVec // opened
	notices   *prometheus.CounterVec // provider, cause
	changes   *prometheus.CounterVec // provider, change
	settled   prometheus.Counter
	lines     prometheus.Counter
	tries     *prometheus.CounterVec   // kind, outcome
	lateness  *prometheus.HistogramVec // kind
	unlocked  prometheus.Histogram
	judged    *prometheus.HistogramVec // verdict
	dropped   *prometheus.CounterVec   // what
	stalled   *prometheus.CounterVec   // what
	troubles  *prometheus.CounterVec   // what
	unwell    *prometheus.GaugeVec     // status
	collected []prometheus.Collector   // all of the above
}

var (
	_ session.Observer = (*Observer)(nil)
	_ visit.Observer   = (*Observer)(nil)
	_ run.Observer     = (*Observer)(nil)
)

// NewObserver makes the metrics and registers them with r. It fails where r has them already.
func NewObserver(log *slog.Logger, r prometheus.Registerer) (*Observer, error) {
	o := &Observer{log: log}
	o.steps = o.counter("session_steps_total", "Steps of sessions' state machines.", "from", "event", "to")
	o.leases = o.counter("session_leases_lost_total", "Sessions whose door had passed to somebody else when they were authorized, or when it opened all the same.", "opened")
	o.notices = o.counter("visit_notices_total", "Callbacks of providers; cause is empty for those that were verified.", "provider", "cause")
	o.changes = o.counter("visit_payment_changes_total", "What providers' words did to payments.", "provider", "change")
	o.settled = o.single("visit_orders_settled_total", "Orders that were settled, empty ones included.")
	o.lines = o.single("visit_order_lines_total", "Lines of settled orders.")
	o.tries = o.counter("effect_tries_total", "Tries of effects and timers that ended.", "kind", "outcome")
	o.lateness = o.histogram("effect_late_seconds", "By how much a try began after its due time.", prometheus.ExponentialBuckets(0.001, 2, 18), "kind") // to 131 s
	o.judged = o.waits("visit_receipt_seconds", "From a verdict to the commit of what follows from it.", "verdict")
	unlocked := o.waits("visit_unlock_seconds", "From the commit of an authorization to the first byte of the open command.")
	o.unlocked, _ = unlocked.WithLabelValues().(prometheus.Histogram) // the vector of a histogram holds histograms
	o.dropped = o.counter("run_dropped_total", "What was dropped because a queue was full, and will be made up for.", "what")
	o.stalled = o.counter("run_stalled_total", "What a sweep found that nothing would have moved; it finds nothing while all is well.", "what")
	for _, what := range []string{run.StalledTimer, run.StalledOverdue, run.StalledWatch, run.StalledPayment, run.StalledDecision} {
		o.stalled.WithLabelValues(what)
	}
	o.troubles = o.counter("run_troubles_total", "What failed for a session and is tried again.", "what")
	o.unwell = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "larder_lanes_unhealthy", Help: "Lanes whose scales are not healthy, by what is to be done about them.",
	}, []string{"status"})
	o.collected = append(o.collected, o.unwell)
	for _, status := range health.Unwell() {
		o.unwell.WithLabelValues(string(status))
	}
	for _, c := range o.collected {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("obs: register metrics: %w", err)
		}
	}
	return o, nil
}

func (o *Observer) counter(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "larder_" + name, Help: help}, labels)
	o.collected = append(o.collected, c)
	return c
}

func (o *Observer) single(name, help string) prometheus.Counter {
	return o.counter(name, help).WithLabelValues()
}

// waits is a histogram of what people wait for. Its buckets grow by a quarter, from 1 ms to 7.5 s, so
// that a percentile read from it is off by an eighth at most.
func (o *Observer) waits(name, help string, labels ...string) *prometheus.HistogramVec {
	return o.histogram(name, help, prometheus.ExponentialBuckets(0.001, 1.25, 41), labels...)
}

// histogram has these buckets, in seconds.
func (o *Observer) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "larder_" + name, Help: help, Buckets: buckets}, labels)
	o.collected = append(o.collected, h)
	return h
}

// Stepped implements [session.Observer].
func (o *Observer) Stepped(from session.State, by session.EventKind, to session.State) {
	o.steps.WithLabelValues(string(from), string(by), string(to)).Inc()
}

// LeaseLost implements [session.Observer].
func (o *Observer) LeaseLost(id larder.SessionID, opened bool) {
	o.leases.WithLabelValues(strconv.FormatBool(opened)).Inc()
	o.log.Warn("a session lost its door to another", "session_id", id, "opened", opened)
}

// Notice implements [visit.Observer].
func (o *Observer) Notice(provider, cause string) {
	o.notices.WithLabelValues(provider, cause).Inc()
	if cause != "" {
		o.log.Warn("a provider's callback was refused", "provider", provider, "cause", cause)
	}
}

// Provider implements [visit.Observer].
func (o *Observer) Provider(provider string, change payment.Change) {
	o.changes.WithLabelValues(provider, string(change)).Inc()
}

// Settled implements [visit.Observer].
func (o *Observer) Settled(lines int) {
	o.settled.Inc()
	o.lines.Add(float64(lines))
}

// EffectRan implements [run.Observer].
func (o *Observer) EffectRan(kind, outcome string, late time.Duration) {
	o.tries.WithLabelValues(kind, outcome).Inc()
	o.lateness.WithLabelValues(kind).Observe(late.Seconds())
	if outcome == "dead" {
		o.log.Error("an effect was given up and waits for a person", "kind", kind)
	}
}

// EffectFailed implements [run.Observer].
func (o *Observer) EffectFailed(e run.Effect, err error) {
	o.log.LogAttrs(context.Background(), slog.LevelWarn, "an effect failed",
		slog.String("kind", e.Kind), slog.Int64("effect_id", int64(e.ID)), slog.Int64("effect_key", e.Key),
		slog.Int64("attempt", e.Attempt), slog.Any("error", err))
}

// Unlocked implements [run.Observer].
func (o *Observer) Unlocked(took time.Duration) { o.unlocked.Observe(took.Seconds()) }

// Judged implements [run.Observer].
func (o *Observer) Judged(verdict string, took time.Duration) {
	o.judged.WithLabelValues(verdict).Observe(took.Seconds())
}

// Dropped implements [run.Observer].
func (o *Observer) Dropped(what string) { o.dropped.WithLabelValues(what).Inc() }

// Stalled implements [run.Observer].
func (o *Observer) Stalled(what string, id int64) {
	o.stalled.WithLabelValues(what).Inc()
	o.log.Warn("a sweep found something that nothing would have moved", "what", what, "id", id)
}

// Scale implements [run.Observer].
func (o *Observer) Scale(lane larder.LaneID, from, to health.Status) {
	level := slog.LevelInfo
	if to == health.Calibrate || to == health.Quarantined {
		level = slog.LevelWarn
	}
	o.log.LogAttrs(context.Background(), level, "the status of a scale has changed",
		slog.Int64("lane_id", int64(lane)), slog.String("from", string(from)), slog.String("to", string(to)))
}

// Scales implements [run.Observer].
func (o *Observer) Scales(status health.Status, lanes int) {
	o.unwell.WithLabelValues(string(status)).Set(float64(lanes))
}

// Trouble implements [run.Observer].
func (o *Observer) Trouble(id larder.SessionID, what string, err error) {
	o.troubles.WithLabelValues(what).Inc()
	o.log.Warn("trouble with a session", "session_id", id, "what", what, "error", err)
}
