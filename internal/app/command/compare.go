package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"larder"
	"larder/internal/app/config"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/compare"
	"larder/internal/core/weigh/trace"
)

// compares is `larder weigh compare`.
type compares struct {
	File     string `arg:"" optional:"" default:"-" help:"Sessions, one JSON object a line; - is standard input. With --verdicts they give the prices, and may be left out."`
	Policy   string `name:"policy" default:"balanced" placeholder:"POLICY" help:"The first judge."`
	With     string `name:"with" required:"" placeholder:"POLICY|FILE" help:"The second judge: a policy, or with --verdicts a file."`
	Verdicts string `name:"verdicts" placeholder:"FILE" help:"What the first judge said, as larder weigh writes it, in place of a policy."`
	DB       string `name:"db" placeholder:"FILE|URL" help:"Sessions of a database in place of FILE."`
	Days     int    `name:"days" help:"With --db: only those judged within so many days."`
	JSON     bool   `name:"json" help:"One JSON object: the counts, the money and every session that is billed differently."`
}

// Help has the examples and says what the exit status means.
func (*compares) Help() string {
	return `It says which sessions two policies, or two versions of the rules, bill differently, and how much money that is.

  larder weigh compare --policy balanced --with never_guess sessions.jsonl
  larder weigh compare --policy balanced --with charge_first --db larder.db --days 30
  larder weigh compare --verdicts before.jsonl --with after.jsonl sessions.jsonl

Verdicts are those of the same sessions in the same order, as ` + "`larder weigh`" + ` writes them. Two verdicts differ if one charges, does not charge or asks a person and the other does not, or if they charge for something else; what a review suggests is no bill. A session of a database ends when its verdict was reached: a policy that would have waited longer sees no more. The exit status is 0 if every session is billed the same, 1 if one is not, or if a file cannot be read.`
}

// pair is what two judges say of a session.
type pair struct {
	first, second compare.Verdict
	prices        compare.Prices
	err           error
	empty         bool // an empty line, which is passed over
}

// check judges the flags.
func (c *compares) check(World) error {
	var problems []config.Problem
	wrong := func(key, reason string) { problems = append(problems, config.Problem{Key: key, Reason: reason}) }
	if c.Verdicts == "" {
		for key, name := range map[string]string{"policy": c.Policy, "with": c.With} {
			if _, err := policyOf(name); err != nil {
				wrong(key, err.Error())
			}
		}
	}
	if c.Verdicts != "" && c.DB != "" {
		wrong("db", "is a source of sessions to judge: --verdicts have been judged")
	}
	if c.DB == "" && c.Days != 0 {
		wrong("days", "needs --db")
	}
	return problemsOf(problems)
}

// policyOf returns what an operator chooses by name.
func policyOf(name string) (weigh.Policy, error) {
	preset, ok := weigh.PolicyNamed(name)
	if !ok {
		return weigh.Policy{}, fmt.Errorf("%q is no policy", name)
	}
	return preset, nil
}

// Run compares.
func (c *compares) Run(ctx context.Context, w World) error {
	t := telling{World: w, json: c.JSON, sessions: []compare.Session{}}
	source := c.policies
	switch {
	case c.Verdicts != "":
		source = c.verdicts
	case c.DB != "":
		source = c.stored
	}
	if err := source(ctx, w, t.add); err != nil {
		return err
	}
	if err := t.end(); err != nil {
		return err
	}
	if t.report.Different > 0 {
		return errFound
	}
	return nil
}

// policies has the sessions of a file judged by two policies.
func (c *compares) policies(_ context.Context, w World, add func(int, pair) error) error {
	first, second := c.judges()
	in, err := c.open(w)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	return eachLine(in, func(line []byte) pair {
		r, err := weigh.ReadRecording(line)
		switch {
		case len(bytes.TrimSpace(line)) == 0:
			return pair{empty: true}
		case err != nil:
			return pair{err: err}
		}
		return judgeTwice(r, first, second)
	}, add)
}

// stored has the sessions of a database judged by two policies.
func (c *compares) stored(ctx context.Context, _ World, add func(int, pair) error) error {
	first, second := c.judges()
	number := 0
	return storedTraces(ctx, c.DB, func(read traces) error {
		return read.since(ctx, c.Days, func(page []visit.Trace) error {
			page = slices.DeleteFunc(page, func(t visit.Trace) bool { return t.Verdict == "" }) // they went another way: nobody judged them
			return inOrder(page, func(t visit.Trace) pair {
				r, err := trace.Decode(t.Readings)
				if err != nil {
					return pair{err: fmt.Errorf("session %s: %w", t.Session, err)}
				}
				return judgeTwice(r, first, second)
			}, func(_ int, p pair) error { number++; return add(number, p) })
		})
	})
}

// judges are the two policies, which check has found good.
func (c *compares) judges() (first, second weigh.Policy) {
	first, _ = policyOf(c.Policy)
	second, _ = policyOf(c.With)
	return first, second
}

func judgeTwice(r *weigh.Recording, first, second weigh.Policy) pair {
	p := pair{prices: compare.PricesOf(r)}
	for policy, v := range map[*weigh.Policy]*compare.Verdict{&first: &p.first, &second: &p.second} {
		*v = compare.Verdict{ID: compare.Name(r.ID)}
		judged, _, err := r.Judge(*policy)
		if err != nil {
			v.Error = err.Error()
			continue
		}
		*v = compare.Of(r, judged)
	}
	return p
}

// verdicts pairs two files of verdicts, with the prices of a third if there is one.
func (c *compares) verdicts(_ context.Context, _ World, add func(int, pair) error) error {
	names := []string{c.Verdicts, c.With}
	if c.File != "-" {
		names = append(names, c.File)
	}
	var files []*bufio.Scanner
	var opened closers
	defer func() { opened.close() }()
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		opened, files = append(opened, f), append(files, scanner(f))
	}
	for number := 1; ; number++ {
		lines, err := together(files)
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if lines == nil {
			return nil
		}
		if err := add(number, pairOf(lines)); err != nil {
			return err
		}
	}
}

// closers are files that were only read.
type closers []io.Closer

func (c closers) close() {
	for _, f := range c {
		_ = f.Close()
	}
}

// pairOf reads two verdicts, and the prices if there is a third line.
func pairOf(lines [][]byte) (p pair) {
	var errs [3]error
	p.first, errs[0] = compare.ReadVerdict(lines[0])
	p.second, errs[1] = compare.ReadVerdict(lines[1])
	if len(lines) > 2 {
		r, err := weigh.ReadRecording(lines[2])
		switch {
		case err != nil:
			errs[2] = err
		case compare.Name(r.ID) != p.first.ID:
			errs[2] = fmt.Errorf("the session is %s, the verdict on it %s", r.ID, p.first.ID)
		default:
			p.prices = compare.PricesOf(r)
		}
	}
	p.err = errors.Join(errs[:]...)
	return p
}

// together returns the next line of each file, nil at their common end.
func together(files []*bufio.Scanner) ([][]byte, error) {
	var lines [][]byte
	for _, f := range files {
		for f.Scan() {
			if len(strings.TrimSpace(f.Text())) > 0 {
				lines = append(lines, f.Bytes())
				break
			}
		}
		if err := f.Err(); err != nil {
			return nil, err
		}
	}
	if len(lines) > 0 && len(lines) < len(files) {
		return nil, errors.New("one file ends before the other")
	}
	return lines, nil
}

func scanner(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), weigh.MaxLine)
	return s
}

// open opens the sessions.
func (c *compares) open(w World) (io.ReadCloser, error) {
	if c.File == "-" {
		return io.NopCloser(w.In), nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return f, nil
}

// telling adds up and tells.
type telling struct {
	World
	json     bool
	report   compare.Report
	sessions []compare.Session // that differ, for JSON
}

func (t *telling) add(number int, p pair) error {
	if p.empty {
		return nil
	}
	if p.err != nil {
		return fmt.Errorf("line %d: %w", number, p.err)
	}
	s, different, err := t.report.Add(p.first, p.second, p.prices)
	switch {
	case err != nil:
		return fmt.Errorf("line %d: %w", number, err)
	case !different:
	case t.json:
		t.sessions = append(t.sessions, s)
	default:
		fmt.Fprintf(t.Out, "%-24s %-34s  %s\n", s.ID, billed(s.First), billed(s.Second))
	}
	return nil
}

// billed is a bill in a few words: charge 1×2 3×1 for 9.00.
func billed(b compare.Bill) string {
	words := []string{string(b.Verdict)}
	for _, l := range b.Lines {
		words = append(words, fmt.Sprintf("%s×%d", l.Lane, l.Count))
	}
	if b.Charged != nil && *b.Charged != 0 {
		words = append(words, "for "+b.Charged.String())
	}
	return strings.Join(append(words, b.Error), " ")
}

func (t *telling) end() error {
	t.report.Close()
	r := t.report
	if t.json {
		return json.NewEncoder(t.Out).Encode(struct {
			compare.Report
			List []compare.Session `json:"list"`
		}{r, t.sessions})
	}
	fmt.Fprintf(t.Out, "%d sessions, %d billed differently, %d with another suggestion\n", r.Sessions, r.Different, r.Suggestions)
	for _, m := range r.Moves {
		fmt.Fprintf(t.Out, "  %-10s → %-10s %6d", m.First, m.Second, m.Sessions)
		if r.Priced {
			fmt.Fprintf(t.Out, "   %s more, %s less", m.More, m.Less)
		}
		fmt.Fprintln(t.Out)
	}
	if r.Priced {
		fmt.Fprintf(t.Out, "charged in all: %s and %s, a difference of %s\n", r.First, r.Second, difference(r.First, r.Second))
	}
	return nil
}

// difference is signed, so that nobody has to compare.
func difference(first, second larder.Fen) string {
	if second > first {
		return "+" + (second - first).String()
	}
	return (second - first).String()
}
