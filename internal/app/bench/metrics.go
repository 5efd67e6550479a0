package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	scrapeTime = 10 * time.Second
	maxScrape  = 16 << 20
)

// gauge reads the platform's metrics.
type gauge struct {
	url    string
	client *http.Client
	load   *load
}

func newGauge(base string, l *load) *gauge {
	return &gauge{url: base + "/metrics", client: &http.Client{Timeout: scrapeTime, Transport: &http.Transport{}}, load: l}
}

func (g *gauge) close() { g.client.CloseIdleConnections() }

// read takes one reading.
func (g *gauge) read(ctx context.Context) (reading, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url, http.NoBody)
	if err != nil {
		return reading{}, fmt.Errorf("metrics: %w", err)
	}
	answer, err := g.client.Do(req)
	if err != nil {
		return reading{}, fmt.Errorf("metrics: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return reading{}, fmt.Errorf("metrics: the platform answered %s", answer.Status)
	}
	r := reading{at: time.Now(), ended: g.load.tally.ended.Load()}
	r.metrics, err = parse(io.LimitReader(answer.Body, maxScrape))
	return r, err
}

// metrics are samples by name and, within a name, by labels as they stand in the text.
type metrics map[string]map[string]float64

// parse reads the text format of Prometheus: lines of name{labels} value.
func parse(text io.Reader) (metrics, error) {
	m := metrics{}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, labels, value, err := parseSample(line)
		if err != nil {
			return nil, err
		}
		if m[name] == nil {
			m[name] = map[string]float64{}
		}
		m[name][labels] = value
	}
	return m, lines.Err()
}

// parseSample takes a line apart. Labels of ours hold no space, so that the value is what follows the
// last one.
func parseSample(line string) (name, labels string, value float64, err error) {
	cut := strings.LastIndexByte(line, ' ')
	if cut < 0 {
		return "", "", 0, fmt.Errorf("metrics: no sample: %.80q", line)
	}
	if value, err = strconv.ParseFloat(line[cut+1:], 64); err != nil {
		return "", "", 0, fmt.Errorf("metrics: no sample: %.80q", line)
	}
	name, labels, _ = strings.Cut(strings.TrimSuffix(line[:cut], "}"), "{")
	return name, labels, value, nil
}

// sum adds up the samples of a name whose labels hold a text.
func (m metrics) sum(name, label string) float64 {
	added := 0.0
	for labels, value := range m[name] {
		if strings.Contains(labels, label) {
			added += value
		}
	}
	return added
}

// bucket is how many were counted up to a bound, in seconds; counts include those below.
type bucket struct {
	bound, count float64
}

// histogram has its buckets in the order of their bounds.
type histogram []bucket

// buckets returns the histogram of a name, over all its labels.
func (m metrics) buckets(name string) histogram {
	counts := map[float64]float64{}
	for labels, value := range m[name+"_bucket"] {
		_, rest, _ := strings.Cut(labels, `le="`)
		text, _, _ := strings.Cut(rest, `"`)
		if bound, err := strconv.ParseFloat(text, 64); err == nil {
			counts[bound] += value
		}
	}
	var h histogram
	for bound, count := range counts {
		h = append(h, bucket{bound, count})
	}
	slices.SortFunc(h, func(a, b bucket) int {
		if a.bound < b.bound {
			return -1
		}
		return 1
	})
	return h
}

// minus returns what was counted since an earlier reading; a label that was not there then has
// counted from 0.
func (h histogram) minus(earlier histogram) histogram {
	before := make(map[float64]float64, len(earlier))
	for _, b := range earlier {
		before[b.bound] = b.count
	}
	since := make(histogram, len(h))
	for i, b := range h {
		since[i] = bucket{b.bound, b.count - before[b.bound]}
	}
	return since
}

// quantile returns the value below which a share q of what was counted lies, taken to be even within
// a bucket; 0 if nothing was counted, the highest finite bound for what lies above it.
func (h histogram) quantile(q float64) float64 {
	if len(h) == 0 || h[len(h)-1].count == 0 {
		return 0
	}
	want := q * h[len(h)-1].count
	below := bucket{}
	for _, b := range h {
		if b.count >= want && b.count > below.count {
			if math.IsInf(b.bound, 1) {
				return below.bound
			}
			return below.bound + (b.bound-below.bound)*(want-below.count)/(b.count-below.count)
		}
		below = b
	}
	return below.bound
}
