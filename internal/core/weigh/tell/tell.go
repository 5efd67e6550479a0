package tell

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"larder/internal/core/weigh"
	"larder/internal/core/weigh/study"
)

// likely is from how likely on a story is worth telling, besides the first.
const likely = 0.0005

// early is until how many seconds after the close a verdict has not waited for all fast readings.
const early = 8.3

// Text tells a session. It ends with a line end; an unknown language is English.
func Text(s study.Session, in Language) string {
	p, ok := languages[in]
	if !ok {
		p = english
	}
	t := teller{Session: s, phrases: p}
	t.head()
	t.door()
	t.scales()
	t.happened()
	t.waiting()
	t.list(p.why, s.Verdict.Reasons)
	t.list(p.look, s.Verdict.Alerts)
	return t.String()
}

// teller writes one session.
type teller struct {
	study.Session
	phrases
	strings.Builder
}

func (t *teller) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

func (t *teller) heading(text string) { t.line("\n%s", text) }

// head is the verdict.
func (t *teller) head() {
	t.line(t.title, t.ID)
	text := t.verdict[t.Verdict.Kind]
	if t.Charged > 0 {
		text += " " + fmt.Sprintf(t.forSum, t.Charged)
	}
	if t.Verdict.Kind == "" {
		t.line("%s", text)
		return
	}
	if t.Verdict.Kind == weigh.Review {
		text += t.comma + t.suggest
	}
	t.line("%s%s%s", text, t.colon, t.basket(t.Verdict.Lines))
	sentences := []string{fmt.Sprintf(t.certain, percent(t.Verdict.Confidence))}
	if known(t.Decided) && known(t.Closed) {
		sentences = append(sentences, fmt.Sprintf(t.decided, t.Decided-t.Closed))
	}
	if t.Rules != "" && t.Policy != "" {
		sentences = append(sentences, fmt.Sprintf(t.rules, t.Rules, t.Policy))
	}
	t.line("%s", strings.Join(sentences, t.space))
}

// basket is what was taken, lane by lane.
func (t *teller) basket(lines []weigh.Line) string {
	if len(lines) == 0 {
		return t.nothing
	}
	parts := make([]string, len(lines))
	for i, l := range lines {
		parts[i] = fmt.Sprintf(t.ofLane, t.pieces(l.Count), t.name(l.Lane))
	}
	return strings.Join(parts, t.comma)
}

func (t *teller) name(lane int) string {
	if lane < 0 || lane >= len(t.Lanes) {
		return "?"
	}
	return t.Lanes[lane].Name
}

func (t *teller) door() {
	switch {
	case !known(t.Closed):
		t.line("%s", t.noClose)
		return
	case t.Closed >= 0:
		t.line(t.open, t.Closed)
	}
	if !t.Told[weigh.NoteClosed] {
		t.line("%s", t.closeRead)
	}
	if known(t.Bounded) {
		t.line(t.next, t.Bounded-t.Closed)
	}
}

// scales is every lane on which something happened, and a sentence on the others.
func (t *teller) scales() {
	t.heading(t.lanes)
	quiet, blind := 0, 0
	for _, l := range t.Lanes {
		switch {
		case l.Active() || l.Doubted() && l.Evidence.Known:
			t.one(l)
		case l.Evidence.Known:
			quiet++
		default:
			blind++
		}
	}
	if quiet > 0 {
		t.line("  "+t.others, quiet)
	}
	if blind > 0 {
		t.line("  "+t.unsteady, blind)
	}
}

// one is one lane.
func (t *teller) one(l study.Lane) {
	what := t.noUnit
	if l.Unit.Known() {
		what = fmt.Sprintf(t.unit, tenths(float64(l.Unit)))
		if l.Price > 0 {
			what += t.comma + fmt.Sprintf(t.price, l.Price)
		}
	}
	t.line("  "+t.lane, l.Name, l.Shelf, what)
	for _, s := range l.Steps {
		format := t.off
		if s.Grams > 0 {
			format = t.on
		}
		text := fmt.Sprintf(format, (s.From+s.To)/2, grams(math.Abs(s.Grams)))
		if s.Pieces != 0 {
			text += fmt.Sprintf(t.fits, t.pieces(max(s.Pieces, -s.Pieces)))
		}
		t.line("    %s", text)
	}
	t.line("    %s", t.balance(l))
	for _, code := range l.Evidence.Notes {
		t.line("    ! %s", t.words(code))
	}
}

// balance is what a lane lost or gained, and what that means.
func (t *teller) balance(l study.Lane) string {
	e := l.Evidence
	before, after := float64(e.Before), float64(e.After)
	if !known(before) || !known(after) {
		return fmt.Sprintf(t.unknown, grams(before), grams(after))
	}
	text := []string{fmt.Sprintf(t.weighed, grams(before), grams(after))}
	n := e.Count + e.Moved
	unit := float64(e.UnitMass)
	switch lost := before - after; {
	case n > 0 && known(unit):
		rest := tenths(math.Abs(lost - float64(n)*unit))
		sum := fmt.Sprintf(t.sumOne, tenths(unit), rest)
		if n > 1 {
			sum = fmt.Sprintf(t.sum, t.pieces(n), tenths(unit), tenths(float64(n)*unit), rest)
		}
		text = append(text, fmt.Sprintf(t.missing, tenths(lost)), sum)
	case lost < -4:
		text = append(text, fmt.Sprintf(t.heavier, grams(-lost)))
	case math.Abs(lost) <= 4:
		text = append(text, t.same)
	}
	if e.Moved > 0 {
		text = append(text, fmt.Sprintf(t.moved, t.pieces(e.Moved)))
	}
	if e.Count > 0 {
		text = append(text, fmt.Sprintf(t.taken, t.pieces(e.Count)))
	} else if e.Moved == 0 {
		text = append(text, t.nobody)
	}
	return strings.Join(text, t.space)
}

// happened is the stories.
func (t *teller) happened() {
	if len(t.Stories) == 0 || len(t.Stories[0].Acts) == 0 {
		return
	}
	t.heading(t.stories)
	for i, s := range t.Stories {
		if i > 0 && s.Weight < likely {
			break
		}
		t.line("  "+t.chance, percent(s.Weight), t.story(s))
	}
}

// Story tells one story of a session, in a line; an unknown language is English.
func Story(s study.Session, story study.Story, in Language) string {
	p, ok := languages[in]
	if !ok {
		p = english
	}
	t := teller{Session: s, phrases: p}
	return t.story(story)
}

func (t *teller) story(s study.Story) string {
	acts := make([]string, 0, len(s.Acts))
	for _, a := range s.Acts {
		acts = append(acts, t.act(a))
	}
	return strings.Join(acts, t.comma)
}

func (t *teller) act(a study.Act) string {
	format, ok := t.acts[a.Word]
	if !ok {
		return a.Word + " " + t.name(a.Lane)
	}
	text := fill(format, t.pieces(max(a.N, 1)), t.name(a.Lane), t.name(a.From))
	if a.Own > 0 {
		text += fmt.Sprintf(t.also, t.pieces(a.Own))
	}
	return text
}

// fill puts arguments into a format that may leave some out.
func fill(format string, args ...string) string {
	for i, a := range args {
		format = strings.ReplaceAll(format, "%["+strconv.Itoa(i+1)+"]s", a)
	}
	return format
}

// waiting is what the verdict waited for.
func (t *teller) waiting() {
	if t.Verdict.Kind == "" || !known(t.Closed) {
		return
	}
	t.heading(t.waits)
	told := 0
	for _, w := range t.Waited {
		format := t.rested
		if w.For != "rest" {
			format = t.late
		}
		if told++; told <= 8 && known(w.After) {
			t.line("  "+format, t.name(w.Lane), max(w.After, 0))
		}
	}
	switch {
	case told > 0:
	case t.Decided-t.Closed > early:
		t.line("  %s", t.all)
	default:
		t.line("  %s", t.atOnce)
	}
}

// list is a heading with a sentence for each code.
func (t *teller) list(heading string, codes []string) {
	if len(codes) == 0 {
		return
	}
	t.heading(heading)
	said := []string{}
	for _, code := range codes {
		if text := t.words(code); !slices.Contains(said, text) {
			said = append(said, text)
			t.line("  %s", text)
		}
	}
}

// grams are without decimals from 100 g on; what is no number is a question mark.
func grams(x float64) string {
	if math.Abs(x) >= 100 {
		x = math.Round(x)
	}
	return tenths(x)
}

// tenths are grams with a decimal where there is one.
func tenths(x float64) string {
	if !known(x) {
		return "?"
	}
	text := strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	if text == "-0" {
		return "0"
	}
	return text
}

// percent never rounds up to certainty.
func percent(p float64) string {
	if !known(p) {
		return "?"
	}
	return strconv.FormatFloat(min(math.Floor(10_000*p)/100, 99.99), 'f', 2, 64) + " %"
}

// known reports whether x is a number that anything weighs or lasts.
func known(x float64) bool { return math.Abs(x) < 1e12 }
