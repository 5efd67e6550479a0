package obs

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// maxScrapes is how many scrapes may run at once: more come from a mistake and cost memory.
const maxScrapes = 4

// NewRegistry returns the registry of one process with what every process tells: the Go runtime, the
// operating system's view of the process, and larder_build_info, which is 1 with the build in its
// labels.
func NewRegistry(build Build) (*prometheus.Registry, error) {
	r := prometheus.NewRegistry()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "larder_build_info", Help: "Always 1; the labels say what was built from what.",
		ConstLabels: prometheus.Labels{"version": build.Version, "commit": build.Commit, "go": build.Go},
	})
	info.Set(1)
	for _, c := range []prometheus.Collector{
		info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("obs: register metrics: %w", err)
		}
	}
	return r, nil
}

// Metrics returns the page that Prometheus scrapes.
func Metrics(r *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{
		Registry: r, MaxRequestsInFlight: maxScrapes, EnableOpenMetrics: true,
	})
}
