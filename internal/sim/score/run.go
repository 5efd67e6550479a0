package score

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"larder/internal/core/weigh"
)

// Config says how to score.
type Config struct {
	Methods []Method  // compared in this order; the first one's failures are written
	Workers int       // at least 1
	Fail    io.Writer // one JSON object a line for each session that the first method got wrong or gave to a person; or nil
	Tell    io.Writer // complaints about lines
	// Verdicts are somebody else's, in the order of the sessions and the form of `larder weigh`: they
	// take the place of the first method's. Or nil.
	Verdicts io.Reader
}

// lineMax bounds a line of sessions or verdicts.
const lineMax = weigh.MaxLine

// work is one line on its way.
type work struct {
	number  int
	text    []byte
	foreign []byte // the verdict, if it is given
	done    chan judged
}

// judged is what came of a line.
type judged struct {
	subject  *subject
	outcomes []outcome
	first    Verdict
	err      error
}

// Run scores sessions with truth from in, one JSON object a line. The error is a failure of a reader or
// a writer; lines that cannot be read are counted and told.
func Run(ctx context.Context, in io.Reader, cfg Config) (Report, error) {
	todo, order := make(chan *work, 4*cfg.Workers), make(chan *work, 64*cfg.Workers)
	var pool sync.WaitGroup
	for range cfg.Workers {
		pool.Go(func() {
			for w := range todo {
				w.done <- cfg.judge(w)
			}
		})
	}
	var failed error
	pool.Go(func() {
		defer close(order)
		defer close(todo)
		failed = cfg.feed(ctx, in, func(w *work) {
			todo <- w
			order <- w
		})
	})
	b := newBook(cfg)
	var wrote error
	for w := range order { // to the end even if writing fails: nobody may be left waiting
		wrote = errors.Join(wrote, b.add(w, <-w.done, wrote != nil))
	}
	pool.Wait()
	return b.report(), errors.Join(failed, wrote)
}

// feed reads the lines.
func (cfg Config) feed(ctx context.Context, in io.Reader, give func(*work)) error {
	lines := scanner(in)
	var verdicts *bufio.Scanner
	if cfg.Verdicts != nil {
		verdicts = scanner(cfg.Verdicts)
	}
	for n := 1; next(lines); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		w := &work{number: n, text: bytes.Clone(lines.Bytes()), done: make(chan judged, 1)}
		if verdicts != nil {
			if !next(verdicts) {
				return errors.Join(fmt.Errorf("session %d has no verdict", n), verdicts.Err())
			}
			w.foreign = bytes.Clone(verdicts.Bytes())
		}
		give(w)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read sessions: %w", err)
	}
	return nil
}

func scanner(in io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 0, 64<<10), lineMax)
	return s
}

// next goes to the next line that is not empty.
func next(s *bufio.Scanner) bool {
	for s.Scan() {
		if len(bytes.TrimSpace(s.Bytes())) > 0 {
			return true
		}
	}
	return false
}

func (cfg Config) judge(w *work) judged {
	s, err := readSubject(w.text)
	if err != nil {
		return judged{err: err}
	}
	out := judged{subject: s, outcomes: make([]outcome, len(cfg.Methods))}
	for i, m := range cfg.Methods {
		var v Verdict
		if i == 0 && w.foreign != nil {
			v, err = s.foreign(w.foreign)
		} else {
			v, err = m.Judge(s.rec)
		}
		if err != nil {
			return judged{err: fmt.Errorf("session %s, %s: %w", s.id, m.Name, err)}
		}
		out.outcomes[i] = s.judge(v)
		if i == 0 {
			out.first = v
		}
	}
	return out
}

// book is all sheets.
type book struct {
	cfg    Config
	sheets map[string][]*sheet // by model, then as the methods
	bad    int
	sample []*weigh.Recording
}

func newBook(cfg Config) *book { return &book{cfg: cfg, sheets: map[string][]*sheet{}} }

// add enters one line; mute keeps it from being written.
func (b *book) add(w *work, j judged, mute bool) error {
	if j.err != nil {
		b.bad++
		if b.cfg.Tell != nil {
			fmt.Fprintf(b.cfg.Tell, "larder: line %d: %v\n", w.number, j.err)
		}
		return nil
	}
	sheets, ok := b.sheets[j.subject.truth.Model]
	if !ok {
		for range b.cfg.Methods {
			sheets = append(sheets, newSheet())
		}
		b.sheets[j.subject.truth.Model] = sheets
	}
	for i, o := range j.outcomes {
		sheets[i].add(o, j.subject.truth)
	}
	if len(b.sample) < sampleMax {
		b.sample = append(b.sample, j.subject.rec)
	}
	if b.cfg.Fail == nil || mute || len(j.outcomes) == 0 || !j.outcomes[0].failed() {
		return nil
	}
	text, err := json.Marshal(j.failure(w.number))
	if err == nil {
		_, err = b.cfg.Fail.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write failures: %w", err)
	}
	return nil
}

func (b *book) report() Report {
	r := Report{Models: []Model{}, Bad: b.bad}
	for _, name := range slices.Sorted(maps.Keys(b.sheets)) {
		m := Model{Name: name}
		for i, s := range b.sheets[name] {
			m.Methods = append(m.Methods, s.report(b.cfg.Methods[i].Name))
		}
		r.Models = append(r.Models, m)
	}
	if len(b.sample) > 0 && b.cfg.Verdicts == nil && len(b.cfg.Methods) > 0 {
		r.Cost = measure(b.cfg.Methods[0], b.sample)
	}
	return r
}
