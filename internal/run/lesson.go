package run

import (
	"cmp"
	"slices"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/health"
	"larder/internal/core/weigh/learn"
)

// lanesOf returns a scene's lanes as the recognizer is told of them: what was learned counts where
// something was, in whole milligrams, as traces keep it; and whose scale must not charge is in quarantine.
func lanesOf(scene visit.Scene, known []learn.Learned, scales []health.State) []weigh.Lane {
	lanes := make([]weigh.Lane, 0, len(scene.Slots))
	for i, s := range scene.Slots {
		l := weigh.Lane{
			Shelf: s.Shelf, UnitMass: s.Product.UnitMass, UnitSD: s.Product.UnitSD, Price: s.Price,
			Stock: scene.Stock[s.Lane], Noise: s.Noise,
		}
		if i < len(known) && known[i].Pieces > 0 {
			l.UnitMass, l.UnitSD, l.Noise = whole(known[i].UnitMass), whole(known[i].UnitSD), whole(known[i].Noise)
		}
		l.Quarantined = i < len(scales) && !scales[i].MayCharge()
		lanes = append(lanes, l)
	}
	return lanes
}

func whole(g larder.Gram) larder.Gram { return larder.Milligrams(g.Milligrams()) }

// lessons returns what a verdict teaches, by lane: where one piece left and nothing else did, what it
// weighed, and how noisy the scale was meanwhile. A lane whose scale is in doubt learns nothing.
func (e *eye) lessons(v weigh.Verdict) map[larder.LaneID]learn.Event {
	out := make(map[larder.LaneID]learn.Event)
	var seen []health.Sample
	for i, l := range v.Lanes {
		lesson := learn.Lesson{
			Charged: v.Kind == weigh.Charge, Reviewed: v.Kind == weigh.Review, Alerted: len(v.Alerts) > 0,
			Confidence: v.Confidence, Noise: larder.NoMass,
		}
		if !lesson.Charged || lesson.Refusal() != "" {
			return nil // no lane learns from such a session; an alert on one is a doubt about all
		}
		lesson.Doubted = i < len(e.scales) && !e.scales[i].MayTeach()
		if l.Count != 1 || l.Moved != 0 || !l.Known || lesson.Refusal() != "" {
			continue
		}
		if seen == nil {
			seen = e.samples()
		}
		lesson.Pieces = []learn.Piece{{Loss: l.Before - l.After, SD: learn.LossSD(e.lanes[i].Noise)}}
		if i < len(seen) {
			lesson.Noise, lesson.Frames = seen[i].Noise, seen[i].Frames
		}
		out[e.scene.Slots[i].Lane] = learn.Event{Kind: learn.Taught, At: v.Decided, Session: e.scene.Session.ID, Lesson: &lesson}
	}
	return out
}

// samples looks at the scales by the session's readings, in order of the cabinet's clock.
func (e *eye) samples() []health.Sample {
	readings := slices.SortedStableFunc(slices.Values(e.readings), func(a, b weigh.Reading) int { return cmp.Compare(a.At, b.At) })
	frames, noise := make([][]larder.Gram, len(readings)), make([]larder.Gram, len(e.lanes))
	for i, r := range readings {
		frames[i] = r.Mass
	}
	for i, l := range e.lanes {
		noise[i] = l.Noise
	}
	return health.Scan(frames, noise)
}
