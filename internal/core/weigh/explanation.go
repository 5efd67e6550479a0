package weigh

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"slices"

	"larder"
	"larder/internal/core/weigh/joint"
)

// RuleVersion names the rules that verdicts come from; it changes with their results.
const RuleVersion = "joint-1"

// Bounds of an explanation: what it leaves out are hypotheses of no weight, and the tail of levels of a
// lane that never rested.
const (
	toldStories = 5
	toldLevels  = 64
)

// Explanation is what a verdict follows from, to be stored, drawn and compared. The same inputs give
// the same explanation, byte for byte. Masses are in grams, moments in milliseconds of the cabinet's
// clock unless they say otherwise. Its JSON is stable: fields are added, never renamed.
type Explanation struct {
	Rules      string        `json:"rules"`         // [RuleVersion]
	Inputs     string        `json:"inputs_sha256"` // of all that the recognizer used, in hexadecimal digits
	Opened     larder.Millis `json:"opened_ms"`     // as told, or as read from the cadence of the readings
	Closed     larder.Millis `json:"closed_ms"`
	Noise      float64       `json:"noise_factor"` // how much noisier the session was than its lanes are known to be, 1..2.5
	Lanes      []LaneStory   `json:"lanes"`        // the lanes that changed or gave reason to an alert or a doubt
	Chosen     string        `json:"chosen"`       // which steps were believed: "net" of before and after, or "timeline"
	Steps      []StepTold    `json:"steps"`        // the steps that were believed, in order
	Hypotheses []Hypothesis  `json:"hypotheses"`   // what may have happened, the likeliest first
	Belief     Belief        `json:"belief"`
	Waited     []Wait        `json:"waited"` // what the decision waited for, in order of time
	Verdict    Verdict       `json:"verdict"`
}

// LaneStory is one lane's levels from the opening to the decision.
type LaneStory struct {
	Lane   int         `json:"lane"`
	Levels []LevelTold `json:"levels"` // in order of time; the first is the one of the opening
	Steps  []StepTold  `json:"steps"`
}

// LevelTold is a stable stretch of one lane.
type LevelTold struct {
	From larder.Millis `json:"from_ms"`
	To   larder.Millis `json:"to_ms"`
	Mass larder.Gram   `json:"mass_g"`
	SD   larder.Gram   `json:"sd_g"` // of Mass
	N    int           `json:"n"`    // readings
}

// StepTold is one change of one lane. Mass is what came, negative if it left.
type StepTold struct {
	Lane int           `json:"lane"`
	At   larder.Millis `json:"at_ms"`
	Mass larder.Gram   `json:"mass_g"`
	SD   larder.Gram   `json:"sd_g"`
}

// Hypothesis is one story of all steps.
type Hypothesis struct {
	Weight float64  `json:"weight"` // 0..1
	Lines  []Line   `json:"lines"`  // what is out of the cabinet if it is true
	Says   []string `json:"says"`   // one for each of the explanation's steps: an act, its count, where from
}

// Wait is something that a decision waited for.
type Wait struct {
	For  string        `json:"for"`  // "rest": a lane came to rest; "readings": data came late or never
	Lane int           `json:"lane"` // -1 for the cabinet
	Till larder.Millis `json:"till_ms"`
}

// Explain returns what the verdict follows from, and whether there is one yet.
func (r *Recognizer) Explain() (Explanation, bool) {
	if r.verdict == nil || r.told == nil {
		return Explanation{}, false
	}
	o := r.told
	e := Explanation{
		Rules: RuleVersion, Inputs: r.digest(), Opened: larder.Millis(r.begun), Closed: o.closed, Noise: round(r.tracker.factor),
		Lanes: []LaneStory{}, Chosen: "net", Steps: []StepTold{}, Hypotheses: []Hypothesis{}, Belief: r.tellBelief(o), Waited: r.waits(o),
		Verdict: *r.verdict,
	}
	if o.timed {
		e.Chosen = "timeline"
	}
	for i := range r.lanes {
		if s := r.laneStory(i, o); len(s.Levels) > 1 || len(o.notes[i]) > 0 {
			e.Lanes = append(e.Lanes, s)
		}
	}
	for _, s := range o.chosen.steps {
		told := tell(s)
		if s.Net {
			told.At = o.closed
		}
		e.Steps = append(e.Steps, told)
	}
	for _, s := range o.chosen.stories[:min(len(o.chosen.stories), toldStories)] {
		e.Hypotheses = append(e.Hypotheses, hypothesis(s))
	}
	return e, true
}

// tell puts a step into the explanation's words.
func tell(s joint.Step) StepTold {
	return StepTold{Lane: s.Lane, At: larder.Millis(s.At), Mass: larder.Gram(round(-s.Loss)), SD: larder.Gram(round(math.Sqrt(s.Var)))}
}

// round keeps six decimals, which are the same on every machine.
func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// hypothesis puts a story into the explanation's words.
func hypothesis(s joint.Story) Hypothesis {
	h := Hypothesis{Weight: round(s.Weight), Lines: lines(s.Out), Says: make([]string, len(s.Moves))}
	for k, m := range s.Moves {
		h.Says[k] = says(m)
	}
	return h
}

// says is one move in words: "take 2", "misplace 1 of lane 3", "unplace 1 of lane 3 and take 1".
func says(m joint.Move) string {
	text := m.Act.String()
	if m.N > 0 {
		text += fmt.Sprintf(" %d", m.N)
	}
	switch m.Act {
	case joint.Misplace, joint.Unplace, joint.Handover:
		text += fmt.Sprintf(" of lane %d", m.From)
	case joint.Seat, joint.Take, joint.Lift, joint.Return, joint.Foreign, joint.Less, joint.Wedge, joint.Odd, joint.Hand, joint.Lean:
	}
	if m.Own > 0 {
		text += fmt.Sprintf(" and take %d", m.Own)
	}
	return text
}

func lines(in []joint.Line) []Line {
	out := make([]Line, len(in))
	for i, l := range in {
		out[i] = Line(l)
	}
	return out
}

// tellBelief keeps of a belief what carries weight.
func (r *Recognizer) tellBelief(o *outcome) Belief {
	b := r.belief(o)
	b.Baskets = b.Baskets[:min(len(b.Baskets), toldStories)]
	for i := range b.Baskets {
		b.Baskets[i].Weight = round(b.Baskets[i].Weight)
	}
	return b
}

// laneStory returns the levels and the steps of one lane.
func (r *Recognizer) laneStory(i int, o *outcome) LaneStory {
	out := LaneStory{Lane: i, Levels: []LevelTold{}, Steps: []StepTold{}}
	c := o.counts[i]
	if c.class == blind {
		return out
	}
	levels := r.rests(i, c)
	for _, l := range levels[:min(len(levels), toldLevels)] {
		sd := r.tracker.tracks[i].sq / math.Sqrt(float64(min(max(l.n, 1), windowMax)))
		out.Levels = append(out.Levels, LevelTold{
			From: larder.Millis(l.from), To: larder.Millis(l.to), Mass: larder.Gram(round(l.mass)), SD: larder.Gram(round(sd)), N: l.n,
		})
	}
	for _, s := range o.time.steps {
		if s.Lane == i {
			out.Steps = append(out.Steps, tell(s))
		}
	}
	return out
}

// waits returns the lanes that came to rest later than a verdict could have been reached.
func (r *Recognizer) waits(o *outcome) []Wait {
	out := []Wait{}
	soonest := o.closed + earliest
	for i, c := range o.counts {
		switch {
		case c.class == blind:
			out = append(out, Wait{For: "rest", Lane: i, Till: r.newestAt()})
		case c.after.num >= 0 && r.tracker.tracks[i].levels[c.after.num].first > soonest:
			out = append(out, Wait{For: "rest", Lane: i, Till: r.tracker.tracks[i].levels[c.after.num].first})
		case c.after.num < 0:
			out = append(out, Wait{For: "readings", Lane: i, Till: r.newestAt()})
		}
	}
	slices.SortStableFunc(out, func(a, b Wait) int { return int(min(max(a.Till-b.Till, -1), 1)) })
	return out
}

func (r *Recognizer) newestAt() larder.Millis {
	if n := len(r.timeline.frames); n > 0 {
		return r.timeline.frames[n-1].at
	}
	return 0
}

// digest is the hash of all that was used: lanes, readings in order of the cabinet's clock, the door.
func (r *Recognizer) digest() string {
	w := inputs{Hash: sha256.New()}
	w.number(int64(len(r.lanes)))
	for _, l := range r.lanes {
		w.number(int64(l.shelf))
		w.mass(l.unit)
		w.mass(l.unitSD)
		w.mass(l.noise)
		w.number(int64(l.stock))
		w.number(int64(l.price))
	}
	for _, f := range r.timeline.frames {
		w.number(int64(f.seq)) //nolint:gosec // bits are bits
		w.number(int64(f.at))
		w.number(int64(f.arrived))
		for _, x := range f.mass {
			w.mass(x)
		}
	}
	for _, d := range []door{r.opened, r.closed, r.bound} {
		w.number(int64(d.at))
		w.number(int64(d.arrived))
	}
	for i, l := range r.lanes {
		if l.barred {
			w.number(int64(i))
		}
	}
	return hex.EncodeToString(w.Sum(nil))
}

// inputs hashes numbers.
type inputs struct {
	hash.Hash
	room [8]byte
}

func (w *inputs) number(n int64) {
	binary.LittleEndian.PutUint64(w.room[:], uint64(n)) //nolint:gosec // bits are bits
	_, _ = w.Write(w.room[:])                           // a hash takes everything
}

func (w *inputs) mass(x float64) {
	if math.IsNaN(x) {
		x = math.NaN() // of many, one
	}
	w.number(int64(math.Float64bits(x))) //nolint:gosec // bits are bits
}
