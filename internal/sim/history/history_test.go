package history_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"larder/internal/sim/history"
)

var start = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)

func write(lines ...string) *history.History {
	h := history.New(start)
	for i, l := range lines {
		h.Add(start.Add(time.Duration(i)*time.Second), history.About{Session: int64(len(l))}, l)
	}
	return h
}

// TestHistory_Hash guards "same seed, same trace_hash": what differs in text, order, time or subject
// differs in the hash, and nothing else does.
func TestHistory_Hash(t *testing.T) {
	t.Parallel()
	h := write("one", "two")
	if h.Hash() != write("one", "two").Hash() {
		t.Error("one history, two hashes")
	}
	late := history.New(start)
	late.Add(start.Add(time.Millisecond), history.About{Session: 3}, "one")
	late.Add(start.Add(time.Second), history.About{Session: 3}, "two")
	other := history.New(start)
	other.Add(start, history.About{Session: 4}, "one")
	other.Add(start.Add(time.Second), history.About{Session: 3}, "two")
	for name, wrong := range map[string]*history.History{"order": write("two", "one"), "length": write("one"), "time": late, "subject": other} {
		if wrong.Hash() == h.Hash() {
			t.Errorf("a different %s has the same hash", name)
		}
	}
}

// TestHistory_Window guards that what is printed around a violation is what concerns it, in order and
// not more than was asked for, however long the history is.
func TestHistory_Window(t *testing.T) {
	t.Parallel()
	h := history.New(start)
	for i := range 100_000 {
		h.Add(start.Add(time.Duration(i)*time.Millisecond), history.About{Session: int64(i % 3), Cabinet: int64(1 + i%2)}, strings.Repeat("x", i%3+1))
	}
	h.Add(start.Add(time.Hour), history.About{}, "all")
	h.Add(start.Add(time.Hour), history.About{Session: -1, Cabinet: -1}, "noise")
	var out bytes.Buffer
	h.Window(&out, history.About{Session: 2, Cabinet: 1}, 5)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 || !strings.HasSuffix(lines[4], " all") {
		t.Fatalf("window:\n%s", out.String())
	}
	for _, l := range lines[:4] {
		if !strings.HasSuffix(l, " xxx") && !strings.HasSuffix(l, " x") || strings.HasSuffix(l, " xx") {
			t.Errorf("does not belong: %s", l)
		}
	}
	if h.Lines() != 100_002 {
		t.Errorf("%d lines", h.Lines())
	}
}
