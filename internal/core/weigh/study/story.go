package study

import (
	"strconv"
	"strings"

	"larder/internal/core/weigh"
)

// Story is one thing that may have happened.
type Story struct {
	Weight float64      // how likely, 0..1
	Taken  []weigh.Line // what is out of the cabinet if it is true
	Acts   []Act        // one after the other
}

// Act is what a story says of one change of one lane.
type Act struct {
	Lane  int     // position
	Grams float64 // what was put on; negative for what was taken off
	Word  string  // take, return, misplace, foreign …: the words of package joint
	N     int     // pieces
	From  int     // whose pieces they are, a position; -1 if nobody's or the lane's own
	Own   int     // own pieces that left in the same change
}

// Wait is what a verdict waited for.
type Wait struct {
	For   string  // rest: a lane came to rest; readings: they came late or never
	Lane  int     // position; -1 for the cabinet
	After float64 // seconds after the close until which it was waited
}

// tell adds what the recognizer says of itself.
func (s *Session) tell(e weigh.Explanation, c clock) {
	s.Rules = e.Rules
	for _, h := range e.Hypotheses {
		story := Story{Weight: h.Weight, Taken: h.Lines}
		for k, says := range h.Says[:min(len(h.Says), len(e.Steps))] {
			act := readAct(says)
			act.Lane, act.Grams = e.Steps[k].Lane, float64(e.Steps[k].Mass)
			story.Acts = append(story.Acts, act)
		}
		s.Stories = append(s.Stories, story)
	}
	for _, w := range e.Waited {
		s.Waited = append(s.Waited, Wait{For: w.For, Lane: w.Lane, After: c.seconds(w.Till) - s.Closed})
	}
	for _, l := range e.Lanes {
		if len(l.Levels) < 2 || l.Lane < 0 || l.Lane >= len(s.Lanes) {
			continue
		}
		into := &s.Lanes[l.Lane]
		into.Levels = into.Levels[:0]
		for _, v := range l.Levels {
			into.Levels = append(into.Levels, Level{From: c.seconds(v.From), To: c.seconds(v.To), Mass: float64(v.Mass)})
		}
		into.findSteps()
	}
}

// readAct reads what an explanation says of a step: "take 2", "misplace 1 of lane 3", "unplace 1 of lane 3
// and take 1". What it does not know stays 0, or -1 for From.
func readAct(says string) Act {
	a := Act{From: -1}
	words := strings.Fields(says)
	if len(words) == 0 {
		return a
	}
	a.Word = words[0]
	for i := 1; i < len(words); i++ {
		n, err := strconv.Atoi(words[i])
		switch {
		case err != nil:
		case words[i-1] == "lane":
			a.From = n
		case words[i-1] == "take" && i > 1:
			a.Own = n
		default:
			a.N = n
		}
	}
	return a
}
