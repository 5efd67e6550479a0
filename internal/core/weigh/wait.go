package weigh

import (
	"slices"

	"larder"
)

// When a verdict is tried and when waiting ends, in milliseconds of the platform's clock from the
// arrival of the close (docs/weighing.md section 3.7).
const (
	tryEvery    = 300     // while fast frames come
	tryLater    = 4_000   // while an idle reading or a stalled connection is waited for
	enough      = 4_500   // a level of twelve frames is as certain as it gets
	busyChanges = 12      // levels of a session that is explained once, when all is in
	allIn       = 8_400   // all fast frames are in, or late
	giveUp      = 98_000  // the next idle reading has come, or will not
	earliest    = 1_500   // of the cabinet's time after the close: no lane can have settled before
	late        = 2_000   // how late a frame may be that the next shopper's opening has overtaken
	silence     = 12_000  // without fast frames the door is taken for closed: longer than bursts of loss
	proven      = 30_000  // the same when no idle reading has proven it
	unheard     = 360_000 // a session without a sign of an open door ends: four idle readings were lost
	listen      = 30_000  // how often it is looked for such a sign
	idleAfter   = 6_000   // an isolated reading this much after the last fast one is an idle one
)

// Decide returns the verdict if there is one by now, on the platform's clock; otherwise when to ask
// again, at the latest. Ask when the close has been told and whenever next has come; asking more
// often changes nothing, and once done the answer stays. It uses only what has arrived.
//
// A close that never arrives is read from the cadence of the readings: it is taken to be 8 s before
// the last fast frame once they have ceased for 12 s and an idle reading, or 30 s of silence, has
// followed. A caller that knows of an open door (a connection that broke off, say) does not ask.
func (r *Recognizer) Decide(now larder.Millis) (v Verdict, next larder.Millis, done bool) {
	if r.verdict != nil {
		return *r.verdict, 0, true
	}
	r.tracker.follow(&r.timeline)
	closed, ok := r.closing()
	if !ok {
		if next = r.patience(now); next > now {
			return Verdict{}, min(next, now+listen), false
		}
		return r.end(now, r.outcome(now, false, surelyStuck), ReasonNoClose), 0, true
	}
	if r.due == 0 || r.dueFor != closed.arrived {
		r.due, r.dueFor = closed.arrived, closed.arrived
	}
	if now < r.due {
		return Verdict{}, r.due, false
	}
	last := r.last(closed)
	if r.ripe(now, closed) {
		if v, done := r.try(now, closed, now >= last); done {
			return v, 0, true
		}
	}
	r.due = min(attempt(closed.arrived, now), max(last, now+1))
	return Verdict{}, r.due, false
}

// Settled reports whether every lane had come to rest after the close when [Recognizer.Decide] last
// looked: the next shopper may come, whatever else is waited for (EX9).
func (r *Recognizer) Settled() bool { return r.settled }

// closing returns the close, told or read from the cadence.
func (r *Recognizer) closing() (door, bool) {
	if r.closed.known {
		return r.closed, true
	}
	if !r.timeline.fast {
		return door{}, false
	}
	f := r.timeline.frames[r.timeline.lastFast]
	closed := door{at: f.at - fastTail, arrived: f.arrived + silence, known: true}
	if r.opened.known {
		closed.at = max(closed.at, r.opened.at)
	}
	return closed, true
}

// ripe reports whether a close that was read from the cadence may be believed by now.
func (r *Recognizer) ripe(now larder.Millis, closed door) bool {
	if r.closed.known || now >= closed.arrived-silence+proven {
		return true
	}
	newest := r.timeline.frames[len(r.timeline.frames)-1].at
	return newest > closed.at+fastTail+idleAfter
}

// patience returns how long a session without a close and without a fast frame may go on.
func (r *Recognizer) patience(now larder.Millis) larder.Millis {
	if !r.asked.known {
		r.asked = door{arrived: now, known: true}
	}
	since := r.asked.arrived
	if r.opened.known {
		since = max(since, r.opened.arrived)
	}
	if len(r.timeline.frames) > 0 {
		since = max(since, r.timeline.newest)
	}
	return since + unheard
}

// last returns when waiting ends.
func (r *Recognizer) last(closed door) larder.Millis {
	last := closed.arrived + giveUp
	if r.bound.known {
		last = min(last, max(r.bound.arrived, closed.arrived)+late)
	}
	return last
}

// attempt returns the next moment after now at which a verdict is tried.
func attempt(closed, now larder.Millis) larder.Millis {
	since := now - closed
	if since < allIn {
		return closed + (since/tryEvery+1)*tryEvery
	}
	return closed + allIn + ((since-allIn)/tryLater+1)*tryLater
}

// try weighs, and decides if waiting would not help: early only on what is beyond doubt; when all
// fast frames are in on everything that has settled; at the end anyhow.
func (r *Recognizer) try(now larder.Millis, closed door, end bool) (Verdict, bool) {
	frames := r.timeline.frames
	latest := look{len(frames), r.timeline.newest, closed.at, now-closed.arrived >= enough}
	if !end && now-closed.arrived < allIn && r.looked == latest {
		return Verdict{}, false // it would be the same answer
	}
	r.looked = latest
	early := !end && r.closed.known && now-closed.arrived < allIn
	if early && len(r.lanes) > 0 && (len(frames) == 0 || frames[len(frames)-1].at < closed.at+earliest) {
		return Verdict{}, false
	}
	chance := surelyStuck
	if early {
		chance = maybeStuck
	}
	if r.settled = r.atRest(closed.at); !end && !r.settled {
		return Verdict{}, false
	}
	if early && r.busy() {
		return Verdict{}, false
	}
	o := r.outcome(closed.at, true, chance)
	sure := r.policy.Early
	if now-closed.arrived >= enough {
		sure = r.policy.Confidence
	}
	if early {
		if ruling := r.policy.Rule(r.belief(o), r.price); ruling.Kind == Review || ruling.Confidence < sure {
			return Verdict{}, false
		}
	}
	return r.end(now, o), true
}

// look is what a verdict was tried on.
type look struct {
	frames int
	newest larder.Millis
	closed larder.Millis
	enough bool
}

// busy reports whether so much happened that explaining it again and again takes longer than waiting.
func (r *Recognizer) busy() bool {
	opened, _ := r.opening()
	changes := 0
	for i := range r.tracker.tracks {
		for _, l := range r.tracker.tracks[i].levels {
			if l.first > opened && l.n >= innerMin {
				changes++
			}
		}
	}
	return changes > busyChanges
}

// atRest reports whether every lane whose weight before the opening is known has come to rest.
func (r *Recognizer) atRest(closed larder.Millis) bool {
	opened, ok := r.opening()
	if !ok {
		opened = closed
	}
	for i := range r.tracker.tracks {
		t := &r.tracker.tracks[i]
		if _, settled := t.after(r.timeline.frames, i, closed); !settled && t.before(r.timeline.frames, i, opened).known() {
			return false
		}
	}
	return true
}

// outcome weighs the levels of before the opening against those of after the close, or against the
// newest ones if there was no close. chance says when a lane counts as stuck.
func (r *Recognizer) outcome(closed larder.Millis, shut bool, chance float64) *outcome {
	opened, ok := r.opening()
	if !ok {
		opened = closed
	}
	frames := r.timeline.frames
	o := r.explain(r.weigh(opened, func(i int) (estimate, bool) {
		t := &r.tracker.tracks[i]
		if !shut {
			return t.live(frames, i), true
		}
		return t.after(frames, i, closed)
	}), shut, closed)
	r.frozen(o, opened, closed, chance)
	if shut {
		r.emptied(o, opened, closed)
	}
	if shut && ok && opened > closed {
		o.reasons.add(ReasonClock)
	}
	if r.full {
		o.reasons.add(ReasonTooMany)
	}
	return o
}

// frozen doubts what a stuck lane does not show. One lane that cannot be seen, where all that was taken
// came from one other lane, seldom hides a second one: its goods are not charged, and somebody is told.
func (r *Recognizer) frozen(o *outcome, opened, closed larder.Millis, chance float64) {
	stuck, taken := []int{}, 0
	for i, yes := range r.tracker.stuck(opened, chance) {
		if _, since := r.tracker.tracks[i].repeated(); yes && r.lanes[i].stock > 0 && since < closed+restAfter {
			stuck = append(stuck, i)
		}
	}
	for i, n := range o.out {
		if n > 0 {
			taken++
		}
		if (n > 0 || o.moved[i] > 0) && slices.Contains(stuck, i) {
			taken = len(o.out) // from the lane itself
		}
	}
	for _, i := range stuck {
		o.alert(i, AlertLaneFrozen)
		if len(stuck) > 1 || taken != 1 {
			o.doubt(i, ReasonLaneFrozen)
			continue
		}
		o.hidden *= 1 - hiddenTake
	}
}

// end makes the outcome the verdict.
func (r *Recognizer) end(now larder.Millis, o *outcome, reasons ...string) Verdict {
	for _, reason := range reasons {
		o.reasons.add(reason)
	}
	ruling := r.policy.Rule(r.belief(o), r.price)
	if r.policy.First {
		o.out, o.moved = make([]int, len(r.lanes)), make([]int, len(r.lanes))
		for _, l := range ruling.Lines {
			o.out[l.Lane] = l.Count
		}
	}
	v := Verdict{
		Kind:       ruling.Kind,
		Lines:      ruling.Lines,
		Confidence: ruling.Confidence,
		Alerts:     append([]string{}, o.alerts...),
		Reasons:    ruling.Reasons,
		Decided:    now,
		Lanes:      r.evidence(o),
	}
	r.verdict, r.told = &v, o
	return v
}

// evidence returns why each lane was counted as it was.
func (r *Recognizer) evidence(o *outcome) []LaneEvidence {
	out := make([]LaneEvidence, len(r.lanes))
	for i, c := range o.counts {
		n := o.out[i] + o.moved[i]
		out[i] = LaneEvidence{
			Lane:     i,
			Before:   larder.Gram(c.before.mass),
			After:    larder.Gram(c.after.mass),
			UnitMass: larder.Gram(r.lanes[i].unit),
			Count:    o.out[i],
			Moved:    o.moved[i],
			Rest:     larder.Gram(c.loss - float64(n)*r.lanes[i].unit),
			Known:    c.before.known() && c.after.known(),
			Notes:    o.notes[i],
		}
		if !r.lanes[i].sells() {
			out[i].UnitMass = larder.NoMass
		}
	}
	return out
}
