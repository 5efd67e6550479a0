package obs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// checkTimeout bounds all checks of one question: whoever asks gives up after some seconds, and a
// check that hangs is a failed one.
const checkTimeout = 2 * time.Second

// The words of a health page.
const (
	wordOK      = "ok"
	wordFailed  = "failed"
	wordLate    = "timeout"
	statusReady = "ready"
	statusUnfit = "not_ready"
	statusAlive = "alive"
	contentType = "application/json"
)

// Check is one condition of being ready.
type Check struct {
	Name  string                          // a word, for the page and the log
	Probe func(ctx context.Context) error // nil: fine; it observes ctx
}

// Health answers /livez and /readyz.
type Health struct {
	log    *slog.Logger
	checks []Check
}

// NewHealth returns the pages over these checks, shown in their order.
func NewHealth(log *slog.Logger, checks ...Check) *Health { return &Health{log: log, checks: checks} }

// page is what a health page says.
type page struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

// Live answers 200 while the process can answer at all. Whoever restarts processes asks it; it looks
// at nothing outside, or a disk that is slow for everyone would have every process restarted.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) {
	writePage(w, http.StatusOK, page{Status: statusAlive})
}

// Ready answers 200 if every check passes and 503 otherwise, with a word a check. Whoever spreads
// requests over processes asks it.
func (h *Health) Ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	answer, status := page{Status: statusReady, Checks: map[string]string{}}, http.StatusOK
	for i, err := range h.probe(ctx) {
		word := wordOK
		if err != nil {
			word, status, answer.Status = wordOf(err), http.StatusServiceUnavailable, statusUnfit
			h.log.WarnContext(ctx, "not ready", "check", h.checks[i].Name, "error", err)
		}
		answer.Checks[h.checks[i].Name] = word
	}
	writePage(w, status, answer)
}

// probe asks all checks at once and returns their answers in order. A check that does not observe
// the end of ctx is left behind.
func (h *Health) probe(ctx context.Context) []error {
	answers := make([]error, len(h.checks))
	var asking sync.WaitGroup
	for i, c := range h.checks {
		asking.Go(func() { answers[i] = ask(ctx, c) })
	}
	asking.Wait()
	return answers
}

// ask returns the check's answer, or the end of ctx if that comes first.
func ask(ctx context.Context, c Check) error {
	answer := make(chan error, 1)
	go func() { answer <- c.Probe(ctx) }()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func wordOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return wordLate
	}
	return wordFailed
}

func writePage(w http.ResponseWriter, status int, p page) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p) // a peer that has left cannot be told
}
