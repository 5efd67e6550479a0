package bench

import "time"

// Result is what was measured between two readings of the platform's metrics.
type Result struct {
	PurchasesPerSecond float64     `json:"purchases_per_second"` // ended, collected and checked
	CPUPerPurchase     float64     `json:"cpu_ms_per_purchase"`  // of the platform's process, user and system
	WritesPerPurchase  float64     `json:"writes_per_purchase"`  // transactions that write
	FsyncsPerSecond    float64     `json:"fsyncs_per_second"`
	Unlock             Percentiles `json:"unlock_ms"`  // authorization committed to the first byte of "open"
	Receipt            Percentiles `json:"receipt_ms"` // verdict to receipt committed
	RSS                int64       `json:"rss_bytes"`  // of the platform's process, at the end
}

// Percentiles are read from a histogram whose buckets grow by a quarter, and off by as much at most.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// The platform's metrics that a result is made of.
const (
	metricCPU         = "process_cpu_seconds_total"
	metricRSS         = "process_resident_memory_bytes"
	metricWrites      = "larder_store_operations_total"
	metricCommits     = "larder_store_commit_seconds_count"
	metricCheckpoints = "larder_store_checkpoint_seconds_count"
	metricUnlock      = "larder_visit_unlock_seconds"
	metricReceipt     = "larder_visit_receipt_seconds"

	labelCommitted    = `outcome="committed"`
	syncsOfCommit     = 1 // of the WAL
	syncsOfCheckpoint = 2 // of the WAL, then of the database
)

// reading is the platform and the load at one moment.
type reading struct {
	at      time.Time
	ended   int64 // purchases
	metrics metrics
}

// resultOf is the difference of two readings.
func resultOf(from, to reading) Result {
	seconds, purchases := to.at.Sub(from.at).Seconds(), float64(to.ended-from.ended)
	grown := func(name, label string) float64 { return to.metrics.sum(name, label) - from.metrics.sum(name, label) }
	each := func(spent float64) float64 {
		if purchases == 0 {
			return 0
		}
		return spent / purchases
	}
	return Result{
		PurchasesPerSecond: purchases / seconds,
		CPUPerPurchase:     each(grown(metricCPU, "") * 1000),
		WritesPerPurchase:  each(grown(metricWrites, labelCommitted)),
		FsyncsPerSecond:    (syncsOfCommit*grown(metricCommits, "") + syncsOfCheckpoint*grown(metricCheckpoints, "")) / seconds,
		Unlock:             percentiles(from.metrics, to.metrics, metricUnlock),
		Receipt:            percentiles(from.metrics, to.metrics, metricReceipt),
		RSS:                int64(to.metrics.sum(metricRSS, "")),
	}
}

// percentiles of what a histogram in seconds has counted between two readings, in milliseconds.
func percentiles(from, to metrics, name string) Percentiles {
	counted := to.buckets(name).minus(from.buckets(name))
	return Percentiles{P50: 1000 * counted.quantile(0.50), P99: 1000 * counted.quantile(0.99)}
}
