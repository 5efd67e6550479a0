package weigh

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"larder"
)

// MaxLine is the longest line, in bytes, that [Batch] reads; it holds a full recognizer.
const MaxLine = 4 << 20

// asksMax bounds how often one recorded session is asked; the waiting rules need less than 100 after
// the last reading, one per 300 ms at most before it, and a few between idle readings.
const asksMax = 5*MaxReadings + 1_000

// Bounds of what [BatchOver] holds at once.
const (
	linesAtOnce = 256
	bytesAtOnce = 2 * MaxLine
)

// Batch reads recorded sessions from in, one JSON object a line, and writes their verdicts to out in
// the same order; docs/weighing.md section 7 is the format. Each session is replayed through the
// recognizer that production runs, on the clock of arrived_ms. A malformed line gets {"id","error"}
// and is counted in bad; err is a failure of in or out. Empty lines are skipped. Memory is bounded by
// three times [MaxLine], besides what the sessions of some lines need.
func Batch(in io.Reader, out io.Writer) (bad int, err error) {
	return BatchOver(in, out, func(n int, work func(i int)) {
		for i := range n {
			work(i)
		}
	})
}

// BatchOver is [Batch] with the work in the caller's hands: each is given n independent pieces of work
// and has done all of them when it returns, in any order and at the same time if it likes. The answers
// do not depend on it.
func BatchOver(in io.Reader, out io.Writer, each func(n int, work func(i int))) (bad int, err error) {
	b := batch{lines: bufio.NewReaderSize(in, 64<<10), out: bufio.NewWriterSize(out, 64<<10)}
	for more := true; more; {
		more, err = b.read()
		b.answers = slices.Grow(b.answers[:0], len(b.held))[:len(b.held)]
		each(len(b.held), func(i int) { b.answers[i] = answerLine(b.held[i].text, b.held[i].long) })
		if failure := b.write(); failure != nil {
			return b.bad, failure
		}
		if err != nil {
			return b.bad, errors.Join(err, b.out.Flush())
		}
	}
	if err := b.out.Flush(); err != nil {
		return b.bad, fmt.Errorf("weigh: write: %w", err)
	}
	return b.bad, nil
}

// batch is one run over many lines.
type batch struct {
	lines   *bufio.Reader
	out     *bufio.Writer
	held    []heldLine
	answers []lineAnswer
	n       int // lines read
	bad     int
}

type heldLine struct {
	text []byte
	long bool // text is the beginning of a longer one
}

// lineAnswer is what is written for a line.
type lineAnswer struct {
	text []byte
	bad  bool
}

// read holds the next lines; more is false at the end of them.
func (b *batch) read() (more bool, err error) {
	b.held = b.held[:0]
	for size := 0; len(b.held) < linesAtOnce && size < bytesAtOnce; {
		line, long, err := readLine(b.lines)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		b.n++
		if err != nil {
			return false, fmt.Errorf("weigh: read line %d: %w", b.n, err)
		}
		size += len(line)
		if len(bytes.TrimSpace(line)) > 0 {
			b.held = append(b.held, heldLine{line, long})
		}
	}
	return true, nil
}

// write writes the answers to what is held, in order.
func (b *batch) write() error {
	for _, a := range b.answers {
		if a.bad {
			b.bad++
		}
		if _, err := b.out.Write(a.text); err != nil {
			return fmt.Errorf("weigh: write before line %d: %w", b.n+1, err)
		}
	}
	return nil
}

// answerLine is what a line is answered with, whatever it is.
func answerLine(line []byte, long bool) lineAnswer {
	answer, failure := batchLine(line, long)
	if failure != nil {
		answer = badLine{ID: idOf(line), Error: failure.Error()}
	}
	text, err := json.Marshal(answer)
	if err != nil { // a name that cannot be echoed
		text = []byte(`{"id":null,"error":"the answer has no JSON"}`)
		failure = err
	}
	return lineAnswer{text: append(text, '\n'), bad: failure != nil}
}

// readLine returns the next line without its end. Of a line longer than MaxLine it returns the
// beginning, with long set, and skips the rest.
func readLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if room := MaxLine - len(line); len(part) > room {
			part, long = part[:room], true
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), long, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, long, nil
		default:
			return nil, false, err
		}
	}
}

func writeLine(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// batchLine answers one line.
func batchLine(line []byte, long bool) (any, error) {
	if long {
		return nil, fmt.Errorf("longer than %d bytes", MaxLine)
	}
	s, err := readSession(line)
	if err != nil {
		return nil, err
	}
	v, err := s.replay()
	if err != nil {
		return nil, err
	}
	return s.answer(v), nil
}

// replay does what the runner of a live session does: it tells the recognizer what arrives when it
// arrives, and asks whenever it was told to.
func (s *session) replay() (Verdict, error) {
	lanes, err := s.lanes()
	if err != nil {
		return Verdict{}, err
	}
	r, err := New(lanes, Balanced())
	if err != nil {
		return Verdict{}, err
	}
	p := player{r: r, doors: s.Door.events(r)}
	for i, in := range s.Readings {
		if err := checkMoments(in.At, in.Arrived); err != nil {
			return Verdict{}, fmt.Errorf("readings[%d]: %w", i, err)
		}
		if v, done := p.until(in.Arrived); done {
			return v, nil
		}
		if err := r.Feed(Reading{Seq: in.Seq, At: in.At, Arrived: in.Arrived, Mass: in.Mass}); err != nil {
			return Verdict{}, fmt.Errorf("readings[%d]: %w", i, err)
		}
	}
	if v, done := p.until(maxMoment); done {
		return v, nil
	}
	return Verdict{}, errors.New("the session does not end") // asksMax is beyond what waiting needs
}

// player is the clock of one replay.
type player struct {
	r       *Recognizer
	doors   []doorEvent // that have not arrived yet, in order of arrival
	now     larder.Millis
	started bool
	next    larder.Millis // when to ask
	asks    int
}

// until lets the clock run up to, but not onto, a moment: what arrives then is told before what is
// asked then. A clock that steps back stands still.
func (p *player) until(moment larder.Millis) (Verdict, bool) {
	if !p.started {
		p.started, p.now, p.next = true, moment, moment
		if len(p.doors) > 0 && (p.doors[0].arrived < moment || moment == maxMoment) {
			p.now, p.next = p.doors[0].arrived, p.doors[0].arrived
		} else if moment == maxMoment {
			p.now, p.next = 0, 0
		}
	}
	for ; p.asks < asksMax; p.asks++ {
		if len(p.doors) > 0 && p.doors[0].arrived <= moment && p.doors[0].arrived <= p.next {
			e := p.doors[0]
			p.doors = p.doors[1:]
			p.now = max(p.now, e.arrived)
			e.tell()
			p.next = min(p.next, p.now)
			continue
		}
		if p.next >= moment {
			break
		}
		p.now = max(p.now, p.next)
		v, next, done := p.r.Decide(p.now)
		if done {
			return v, true
		}
		p.next = max(next, p.now+1)
	}
	p.now = max(p.now, moment)
	return Verdict{}, false
}
