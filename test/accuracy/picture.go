package accuracy

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"larder/internal/core/weigh"
	"larder/internal/core/weigh/plot"
	"larder/internal/core/weigh/study"
	"larder/internal/core/weigh/tell"
	"larder/internal/sim/scenario"
)

// Picture draws a failure: its session, made up again by its id, with the truth and why it failed below the
// title.
func Picture(f Failure) ([]byte, error) {
	s, err := again(f.ID)
	if err != nil {
		return nil, err
	}
	r, err := weigh.ReadRecording(s.AppendJSON(nil))
	if err != nil {
		return nil, err
	}
	v, rec, err := r.Judge(weigh.Balanced())
	if err != nil {
		return nil, err
	}
	of := study.Of(r, v, rec)
	return plot.SVG(of, plot.Options{Notes: append([]string{
		fmt.Sprintf("truth 真值: %s · %s %s · faults 故障 %s", basket(f.Truth), strings.ReplaceAll(f.What, "_", ", "), f.Scenario, list(f.Faults)),
	}, reasons(f, of)...)}), nil
}

// again makes up the session of an id: model-seed-number.
func again(id json.RawMessage) (scenario.Session, error) {
	parts := strings.Split(text(id), "-")
	if len(parts) != 3 {
		return scenario.Session{}, fmt.Errorf("%s is no model-seed-number", id)
	}
	var numbers [2]uint64
	for i, part := range parts[1:] {
		n, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			return scenario.Session{}, fmt.Errorf("%s is no model-seed-number: %w", id, err)
		}
		numbers[i] = n
	}
	return scenario.Generate(scenario.Model(parts[0]), numbers[0], numbers[1])
}

// reasons says why a session failed: a review by its reasons; a wrong charge by the story that was
// believed, and by how likely the truth was held to be.
func reasons(f Failure, s study.Session) []string {
	if f.What != "wrong" {
		var out []string
		for _, code := range f.Verdict.Reasons {
			w, ok := study.Codes[code]
			if !ok {
				w = study.Words{Sentence: code}
			}
			out = append(out, strings.TrimSpace("why 原因: "+w.Sentence+" "+w.Juzi))
		}
		return out
	}
	truth, held := wanted(f), 0.0
	for _, story := range s.Stories {
		if basketOf(s, story.Taken) == truth {
			held += story.Weight
		}
	}
	out := []string{fmt.Sprintf("why 原因: the truth was held to be %.2g %% likely 真值被认为只有 %.2g %% 的可能", 100*held, 100*held)}
	if len(s.Stories) > 0 && len(s.Stories[0].Acts) > 0 {
		out = append(out, "believed 相信的是: "+tell.Story(s, s.Stories[0], tell.English))
	} else {
		out = append(out, "believed 相信的是: no lane changed 没有货道变化")
	}
	return out
}

// wanted is the truth as basketOf writes it.
func wanted(f Failure) string {
	out := make([]string, len(f.Truth))
	for i, l := range f.Truth {
		out[i] = fmt.Sprintf("%s×%d", text(l.Lane), l.Count)
	}
	return strings.Join(out, " ")
}

func basketOf(s study.Session, lines []weigh.Line) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = fmt.Sprintf("%s×%d", s.Lanes[l.Lane].Name, l.Count)
	}
	return strings.Join(out, " ")
}
