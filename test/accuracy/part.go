package accuracy

import (
	"slices"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/sim/score"
)

// Parts are the recognizer and what is left of it without one thing it is given, or with another
// policy: the table of ablations. The first row is the whole. Options of the recognizer are added here,
// each as a method that judges with it.
func Parts() []score.Method {
	whole := score.Recognizer(weigh.Balanced())
	without := func(name string, change func(*weigh.Recording)) score.Method {
		return score.Method{Name: name, Judge: func(rec *weigh.Recording) (score.Verdict, error) {
			copied := *rec
			copied.Lanes = slices.Clone(rec.Lanes)
			change(&copied)
			return whole(&copied)
		}}
	}
	policy := func(name string, change func(*weigh.Policy)) score.Method {
		p := weigh.Balanced()
		change(&p)
		return score.Method{Name: name, Judge: score.Recognizer(p)}
	}
	return []score.Method{
		{Name: "everything", Judge: whole},
		without("no idle reading after the close", func(rec *weigh.Recording) { keepUntil(rec, fastTail) }),
		without("nothing later than 3 s after the close", func(rec *weigh.Recording) { keepUntil(rec, 3_000) }),
		without("no idle reading before the opening", keepFromOpening),
		without("no events of the door", func(rec *weigh.Recording) { rec.Doors = nil }),
		without("noise of the lanes unknown", func(rec *weigh.Recording) {
			for i := range rec.Lanes {
				rec.Lanes[i].Noise = larder.NoMass
			}
		}),
		without("spread of the pieces unknown", func(rec *weigh.Recording) {
			for i := range rec.Lanes {
				rec.Lanes[i].UnitSD = larder.NoMass
			}
		}),
		without("stock unknown", func(rec *weigh.Recording) {
			for i := range rec.Lanes {
				rec.Lanes[i].Stock = weigh.StockUnknown
			}
		}),
		policy("each lane by itself: no piece moves", func(p *weigh.Policy) { p.Without.Lanes = true }),
		policy("net changes alone, no timeline", func(p *weigh.Policy) { p.Without.Timeline = true }),
		policy("no hand, leaning or door presses a lane", func(p *weigh.Policy) { p.Without.Hands = true }),
		policy("drift of the session not read off", func(p *weigh.Policy) { p.Without.Drift = true }),
		policy("noise of the session not read off", func(p *weigh.Policy) { p.Without.Noise = true }),
		policy("a person below a confidence of 0.99", func(p *weigh.Policy) { p.Confidence = 0.99 }),
		policy("a person below a confidence of 0.999", func(p *weigh.Policy) { p.Confidence, p.Early = 0.999, 0.9995 }),
		policy("no early verdict below 0.9999", func(p *weigh.Policy) { p.Early = 0.9999 }),
	}
}

// fastTail is how long fast frames go on after the close, in milliseconds (DV3).
const fastTail = 8_000

// keepUntil drops the readings from so many milliseconds after the close on, if its event came.
func keepUntil(rec *weigh.Recording, after larder.Millis) {
	at, ok := moment(rec, weigh.NoteClosed)
	if !ok {
		return
	}
	rec.Readings = slices.DeleteFunc(slices.Clone(rec.Readings), func(r weigh.Reading) bool { return r.At > at+after })
}

// keepFromOpening drops the readings of more than a second before the opening, if its event came.
func keepFromOpening(rec *weigh.Recording) {
	at, ok := moment(rec, weigh.NoteOpened)
	if !ok {
		return
	}
	rec.Readings = slices.DeleteFunc(slices.Clone(rec.Readings), func(r weigh.Reading) bool { return r.At < at-1_000 })
}

func moment(rec *weigh.Recording, kind weigh.DoorKind) (larder.Millis, bool) {
	i := slices.IndexFunc(rec.Doors, func(n weigh.DoorNote) bool { return n.Kind == kind })
	if i < 0 {
		return 0, false
	}
	return rec.Doors[i].At, true
}
