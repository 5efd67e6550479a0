package plot

import (
	"fmt"
	"math"
	"strings"

	"larder/internal/core/weigh"
	"larder/internal/core/weigh/study"
)

// The words of a picture are in both languages and few.

// caption is what is known of a lane's goods.
func caption(l study.Lane) string {
	words := fmt.Sprintf("shelf 层 %d", l.Shelf)
	if l.Unit.Known() {
		words += fmt.Sprintf(" · %g g/piece 件", math.Round(float64(l.Unit)*10)/10)
	}
	if l.Price > 0 {
		words += " · ¥" + l.Price.String()
	}
	return words
}

// became is what became of a lane, and its class.
func became(l study.Lane) (words, class string) {
	e := l.Evidence
	switch {
	case e.Count > 0 && e.Moved > 0:
		return fmt.Sprintf("taken 拿走 %d · moved 挪走 %d", e.Count, e.Moved), "took"
	case e.Count > 0:
		return fmt.Sprintf("taken 拿走 %d", e.Count), "took"
	case e.Moved > 0:
		return fmt.Sprintf("moved 挪走 %d", e.Moved), "note"
	case !e.Known:
		return "not known 未知", "note"
	case float64(e.After-e.Before) > leastGain:
		return "heavier 变重", "note"
	}
	return "nothing taken 未取", "back"
}

// leastGain is from how many grams on a lane is said to be heavier than before.
const leastGain = 9

// minus writes negative numbers as they are printed.
func minus(number string) string {
	if strings.HasPrefix(number, "-0 ") || number == "-0" {
		return number[1:]
	}
	return strings.ReplaceAll(number, "-", "−")
}

// weighed is a lane's sum.
func weighed(l study.Lane) string {
	e := l.Evidence
	if !e.Before.Known() || !e.After.Known() {
		return "before 开门前 " + mass(float64(e.Before)) + " → after 关门后 " + mass(float64(e.After))
	}
	words := fmt.Sprintf("before 开门前 %s → after 关门后 %s · %+.0f g", mass(float64(e.Before)), mass(float64(e.After)), float64(e.After-e.Before))
	if e.UnitMass.Known() && e.Count+e.Moved > 0 && e.Rest.Known() {
		words += fmt.Sprintf(" = −%d × %g g, rest 余 %+.0f g", e.Count+e.Moved, math.Round(float64(e.UnitMass)*10)/10, -float64(e.Rest)+0)
	}
	return minus(words)
}

func mass(x float64) string {
	if !known(x) {
		return "?"
	}
	return grams(x)
}

// step is a step's size in grams, and in pieces where it is a number of them.
func step(s study.Step) string {
	words := fmt.Sprintf("%+.0f g", s.Grams)
	switch n := s.Pieces; {
	case n == -1 || n == 1:
		words += fmt.Sprintf(" · %d pc 件", abs(n))
	case n != 0:
		words += fmt.Sprintf(" · %d pcs 件", abs(n))
	}
	return minus(words)
}

func abs(n int) int { return max(n, -n) }

func notes(codes []string) string {
	labels := make([]string, len(codes))
	for i, code := range codes {
		labels[i] = study.Label(code)
	}
	return strings.Join(labels, ", ")
}

// kinds are the verdicts in both languages.
var kinds = map[weigh.VerdictKind]string{
	weigh.Charge: "charge 收费", weigh.NoCharge: "no charge 不收费", weigh.Review: "review 人工复核", "": "not judged 未判",
}

// basket is what a verdict says was taken.
func basket(s study.Session) string {
	var lines []string
	for _, l := range s.Verdict.Lines {
		lines = append(lines, fmt.Sprintf("%s × %d", cut(s.Lanes[l.Lane].Name, 16), l.Count))
	}
	switch {
	case len(lines) == 0 && s.Verdict.Kind == weigh.Review:
		return "suggested 建议: nothing taken 什么也没拿"
	case len(lines) == 0:
		return "nothing taken 什么也没拿"
	case s.Verdict.Kind == weigh.Review:
		return "suggested, from lanes 建议（货道）: " + strings.Join(lines, ", ")
	}
	return "taken from lanes 从货道拿走: " + strings.Join(lines, ", ")
}

// certainty is how sure the verdict is, and when it was reached.
func certainty(s study.Session) string {
	if s.Verdict.Kind == "" {
		return ""
	}
	words := fmt.Sprintf("confidence 把握 %.2f %%", min(math.Floor(10_000*s.Verdict.Confidence)/100, 99.99)) // never rounded up to certainty
	if known(s.Decided) && known(s.Closed) {
		words += fmt.Sprintf(" · decided %.1f s after the close 关门后 %.1f 秒判定", s.Decided-s.Closed, s.Decided-s.Closed)
	}
	if s.Rules != "" {
		words += " · rules 规则 " + cut(s.Rules, 24)
	}
	if s.Policy != "" {
		words += " · policy 策略 " + cut(s.Policy, 24)
	}
	return words
}
