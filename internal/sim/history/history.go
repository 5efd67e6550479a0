package history

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"
)

// kept is how many of the latest lines a history remembers.
const kept = 1 << 15

// History is the ordered log of one simulation. It is not safe for concurrent use.
type History struct {
	start time.Time
	sum   hash.Hash
	lines []line // a ring
	next  int
	count int64
	text  []byte // scratch
}

// line is one thing that happened; about names what it concerns.
type line struct {
	number int64
	at     time.Duration
	about  About
	text   string
}

// About is what a line concerns: 0 where it concerns none.
type About struct{ Session, Cabinet int64 }

// New returns an empty history of a time that began at start.
func New(start time.Time) *History {
	return &History{start: start, sum: sha256.New(), lines: make([]line, 0, kept)}
}

// Add writes down what happened at a moment. The text must not depend on anything but the seed.
func (h *History) Add(at time.Time, about About, text string) {
	l := line{number: h.count, at: at.Sub(h.start), about: about, text: text}
	h.count++
	h.text = fmt.Appendf(h.text[:0], "%d %d %d %s\n", l.at, about.Session, about.Cabinet, text)
	h.sum.Write(h.text) //nolint:errcheck // a hash does not fail
	if len(h.lines) < kept {
		h.lines = append(h.lines, l)
		return
	}
	h.lines[h.next] = l
	h.next = (h.next + 1) % kept
}

// Hash is that of everything so far, in hexadecimal.
func (h *History) Hash() string { return hex.EncodeToString(h.sum.Sum(nil)) }

// Lines is how many there are so far.
func (h *History) Lines() int64 { return h.count }

// Window writes the latest lines that concern about, at most n: those of its session, those of its
// cabinet and those that concern everybody.
func (h *History) Window(out io.Writer, about About, n int) {
	var found []line
	for i := len(h.lines) - 1; i >= 0 && len(found) < n; i-- {
		l := h.lines[(h.next+i)%len(h.lines)]
		everybody := l.about == About{}
		session := about.Session != 0 && l.about.Session == about.Session
		cabinet := about.Cabinet != 0 && l.about.Cabinet == about.Cabinet && l.about.Session == 0
		if everybody || session || cabinet {
			found = append(found, l)
		}
	}
	for i := len(found) - 1; i >= 0; i-- {
		l := found[i]
		fmt.Fprintf(out, "  %9d  %14s  %s\n", l.number, l.at, l.text)
	}
}
