package tcp

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/edge/link/sequence"
	"larder/internal/edge/link/wire"
)

// Keys of logs.
const (
	keyCabinet = "cabinet_id"
	keyEpoch   = "epoch"
	keyError   = "error"
)

// metrics is what the gateway counts.
type metrics struct {
	connections prometheus.Gauge
	frames      *prometheus.CounterVec // direction, type
	closes      *prometheus.CounterVec // reason
	refusals    *prometheus.CounterVec // reason
	drops       *prometheus.CounterVec // type
	events      *prometheus.CounterVec // outcome
	openWritten prometheus.Histogram
	proven      prometheus.Histogram
}

// newMetrics makes the metrics and registers them with r, which may be nil. It fails where r has
// them already: two gateways of one process need a registry that tells them apart.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(0.0005, 2, 13), // to 2 s
		})
	}
	m := &metrics{
		connections: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "larder_link_connections", Help: "Sockets of cabinets that are open now, handshakes included.",
		}),
		frames:      counter("larder_link_frames_total", "Frames, by direction (in, out) and type.", "direction", "type"),
		closes:      counter("larder_link_closes_total", "Authenticated connections that ended, by reason.", "reason"),
		refusals:    counter("larder_link_handshake_failures_total", "Handshakes that failed, by reason.", "reason"),
		drops:       counter("larder_link_write_drops_total", "Frames that a full write queue did not take, by type.", "type"),
		events:      counter("larder_link_events_total", "Durable events that arrived, by outcome.", "outcome"),
		openWritten: histogram("larder_link_open_write_seconds", "From the call of Open to the command on the socket."),
		proven:      histogram("larder_link_prove_seconds", "From a ping to its pong."),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{
		m.connections, m.frames, m.closes, m.refusals, m.drops, m.events, m.openWritten, m.proven,
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of a gateway: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) received(t wire.Type) { m.frames.WithLabelValues("in", t.String()).Inc() }
func (m *metrics) sent(t wire.Type)     { m.frames.WithLabelValues("out", t.String()).Inc() }
func (m *metrics) dropped(t wire.Type)  { m.drops.WithLabelValues(t.String()).Inc() }
func (m *metrics) eventFailed()         { m.events.WithLabelValues("failed").Inc() }

// event counts what became of an event on arrival.
func (m *metrics) event(v sequence.Verdict) { m.events.WithLabelValues(outcomes[v]).Inc() }

// outcomes are the labels of verdicts.
var outcomes = map[sequence.Verdict]string{
	sequence.Pass: "passed", sequence.Repeat: "repeated", sequence.Drop: "dropped", sequence.Gap: "gap", sequence.Foreign: "foreign",
}
