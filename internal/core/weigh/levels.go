package weigh

import "larder"

// Level is a stretch of a session in which a lane was at rest.
type Level struct {
	From, To larder.Millis // the cabinet's clock, of the first and the last reading of it
	Mass     larder.Gram   // mean
	Readings int
}

// Levels returns the levels of a lane from the one that it was on when the door opened, in order of
// time; nil for no lane. Short rests of a hand between two levels are left out, neighbors that differ by
// no more than noise are one.
func (r *Recognizer) Levels(lane int) []Level {
	if lane < 0 || lane >= len(r.lanes) {
		return nil
	}
	r.tracker.follow(&r.timeline)
	opened, _ := r.opening()
	t := &r.tracker.tracks[lane]
	var out []Level
	for _, l := range t.steady(t.since(opened)) {
		out = append(out, Level{From: l.first, To: l.last, Mass: larder.Gram(l.mass()), Readings: l.n})
	}
	return out
}

// Opening returns when the door opened on the cabinet's clock, as far as the recognizer knows: told, or
// read from the cadence of the readings.
func (r *Recognizer) Opening() (larder.Millis, bool) { return r.opening() }

// Closing returns when the door closed on the cabinet's clock, as far as the recognizer knows.
func (r *Recognizer) Closing() (larder.Millis, bool) {
	closed, ok := r.closing()
	return closed.at, ok
}
