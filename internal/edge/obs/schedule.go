package obs

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Schedules counts what schedules do. Names are those of the program, a handful.
type Schedules struct {
	runs    *prometheus.CounterVec
	failing *prometheus.GaugeVec
	success *prometheus.GaugeVec
	took    *prometheus.GaugeVec
}

// NewSchedules registers the metrics of schedules.
func NewSchedules(r prometheus.Registerer) (*Schedules, error) {
	label := []string{"schedule"}
	s := &Schedules{
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "larder_schedule_runs_total", Help: "Tries of scheduled runs, by outcome.",
		}, []string{"schedule", "outcome"}),
		failing: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "larder_schedule_failing", Help: "1 if the last run of a schedule has failed after all its tries.",
		}, label),
		success: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "larder_schedule_last_success_timestamp_seconds", Help: "When a schedule last did what it is there for, since this process started.",
		}, label),
		took: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "larder_schedule_last_duration_seconds", Help: "How long the last try of a schedule took.",
		}, label),
	}
	return s, errors.Join(r.Register(s.runs), r.Register(s.failing), r.Register(s.success), r.Register(s.took))
}

// Ran takes one try of a run.
func (s *Schedules) Ran(name string, took time.Duration, err error, last bool) {
	s.took.WithLabelValues(name).Set(took.Seconds())
	switch {
	case err == nil:
		s.runs.WithLabelValues(name, "done").Inc()
		s.failing.WithLabelValues(name).Set(0)
		s.success.WithLabelValues(name).SetToCurrentTime()
	case last:
		s.runs.WithLabelValues(name, "failed").Inc()
		s.failing.WithLabelValues(name).Set(1)
	default:
		s.runs.WithLabelValues(name, "again").Inc()
	}
}
