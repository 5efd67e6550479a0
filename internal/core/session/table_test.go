package session_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/session"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestStep_Table guards the promise that the table knows every event in every state, and
// keeps the whole machine readable in one file: what each pair does, in each variant of the event.
func TestStep_Table(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# state × event → state. Written by: go test ./internal/core/session -run Table -update\n")
	for _, s := range states {
		fmt.Fprintf(&b, "\n%s\n", s)
		drawState(t, &b, func() *play { return at(t, s) })
	}
	b.WriteString("\nopening, the last look (five before it, the command expired)\n")
	drawLooks(&b, func() *play { return late(t, 0) })
	b.WriteString("\nopening, the last look, the lock was released\n")
	drawLooks(&b, func() *play {
		p := late(t, 0)
		p.s.Unlocked = true
		return p
	})
	b.WriteString("\nopening, long after the command expired\n")
	drawLooks(&b, func() *play { return late(t, larder.Millis(session.DefaultWindows().Lost.Milliseconds())) })

	golden := filepath.Join("testdata", "table.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the machine differs from %s (-want +got):\n%s", golden, diff)
	}
}

// late is an opening whose command has expired, more milliseconds ago, with one look left.
func late(t *testing.T, more larder.Millis) *play {
	p := at(t, session.Opening)
	p.s.Queries = p.w.Queries - 1
	p.now = p.s.Expires + more
	return p
}

func drawState(t *testing.T, b *strings.Builder, from func() *play) {
	t.Helper()
	byKind := map[session.EventKind][]session.Event{}
	var kinds []session.EventKind
	for _, ev := range events() {
		if byKind[ev.Kind()] == nil {
			kinds = append(kinds, ev.Kind())
		}
		byKind[ev.Kind()] = append(byKind[ev.Kind()], ev)
	}
	if len(kinds) != 10 {
		t.Errorf("%d kinds of event are drawn, the room has 10", len(kinds))
	}
	for _, kind := range kinds {
		drawKind(b, kind, byKind[kind], from)
	}
}

func drawLooks(b *strings.Builder, from func() *play) {
	var seen []session.Event
	for _, ev := range events() {
		if ev.Kind() == session.KindExpired {
			seen = append(seen, ev)
		}
	}
	drawKind(b, session.KindExpired, seen, from)
}

// drawKind writes one kind of event: one line if all its variants do the same, else one for each.
func drawKind(b *strings.Builder, kind session.EventKind, variants []session.Event, from func() *play) {
	cells := make([]string, len(variants))
	for i, ev := range variants {
		cells[i] = cell(from(), ev)
	}
	if len(slices.Compact(slices.Clone(cells))) == 1 {
		fmt.Fprintf(b, "  %-36s %s\n", kind, cells[0])
		return
	}
	for i, ev := range variants {
		fields := strings.TrimPrefix(fmt.Sprintf("%+v", ev), "session.")
		fmt.Fprintf(b, "  %-36s %s\n", string(kind)+" "+fields, cells[i])
	}
}

// cell is "·" for an event without consequence, or what changes and what is asked for.
func cell(p *play, ev session.Event) string {
	before := p.s
	p.now++ // what moves a moment of the session does not hide behind the moment being the same
	effects := p.step(ev)
	if before == p.s && len(effects) == 0 {
		return "·"
	}
	words := []string{string(p.s.State)}
	if p.s.Outcome != before.Outcome {
		words = append(words, string(p.s.Outcome))
	}
	if p.s.DoorState != before.DoorState {
		words = append(words, "door="+string(p.s.DoorState))
	}
	if p.s.Unlocked != before.Unlocked {
		words = append(words, "unlocked")
	}
	if p.s.Deadline != before.Deadline && p.s.Deadline != 0 {
		words = append(words, fmt.Sprintf("wait=%ds", (p.s.Deadline-p.now)/1000))
	}
	for _, e := range effects {
		words = append(words, "!"+strings.TrimPrefix(fmt.Sprintf("%T%+v", e, e), "session."))
	}
	return strings.Join(words, " ")
}

// TestStep_UnknownState guards that a row which no program wrote is an error and no panic.
func TestStep_UnknownState(t *testing.T) {
	t.Parallel()
	s := session.Session{ID: 1, State: "sideways"}
	got, effects, err := session.Step(s, session.DoorOpened{}, began, session.DefaultWindows())
	if err == nil || got != s || effects != nil {
		t.Errorf("Step = %+v, %v, %v; want the session itself and an error", got, effects, err)
	}
}
