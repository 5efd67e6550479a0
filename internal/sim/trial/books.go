package trial

import (
	"context"
	"fmt"
	"slices"

	"larder"
	"larder/internal/core/session"
	"larder/internal/edge/store"
	"larder/internal/edge/store/invariant"
	"larder/internal/sim/history"
)

// books is the truth about visits, and the comparison of the platform's rows with it.
type books struct {
	w          *world
	visits     map[larder.SessionID]*record
	touched    []larder.SessionID // by the commit under way
	violations int
	settled    bool // the round is over
}

// record is what really happened in one visit.
type record struct {
	last  session.Session // as the platform last rang
	taken []session.Taken // what left with the shopper
	left  bool            // the shopper has gone
}

func newBooks(w *world) books { return books{w: w, visits: make(map[larder.SessionID]*record)} }

func (b *books) record(id larder.SessionID) *record {
	r := b.visits[id]
	if r == nil {
		r = &record{}
		b.visits[id] = r
	}
	return r
}

// begun notes a visit that the platform has accepted.
func (b *books) begun(e *errand) {
	b.record(e.id)
	b.w.bank.sessions["L"+e.view.Order.String()] = e.id
	b.w.started++
	if e.m.released != 0 && e.m.released != e.id {
		b.violate(of(e.id, e.m.id), "I7 one shopper at a door", fmt.Sprintf("session %s begins while the lock is released for %s", e.id, e.m.released))
	}
}

// left notes what a shopper has really taken, by lanes' numbers.
func (b *books) left(e *errand, truth map[int]int) {
	r := b.record(e.id)
	r.left = true
	for i, lane := range e.m.lanes {
		if n := truth[i+1]; n > 0 {
			r.taken = append(r.taken, session.Taken{Lane: lane, Count: n})
		}
	}
	b.w.say(of(e.id, e.m.id), "the shopper of session %s leaves with %v", e.id, r.taken)
}

// truth is what left with the shopper of a session; false while that is not known.
func (b *books) truth(id larder.SessionID) ([]session.Taken, bool) {
	r := b.visits[id]
	if r == nil {
		return nil, false
	}
	return slices.Clone(r.taken), r.left
}

// follows says which state may follow which (I9).
var follows = map[session.State][]session.State{
	session.Awaiting: {session.Opening, session.Ended},
	session.Opening:  {session.Open, session.Weighing, session.Review, session.Ended},
	session.Open:     {session.Weighing, session.Review},
	session.Weighing: {session.Review, session.Ended},
	session.Review:   {session.Ended},
}

// rang compares a session with what it was before.
func (b *books) rang(s session.Session) {
	r := b.record(s.ID)
	from, to := r.last.State, s.State
	if s.Version == r.last.Version+1 && from != to && !slices.Contains(follows[from], to) { // a platform that dies after a commit rings no bell
		b.violate(of(s.ID, s.Cabinet), "I9 states are monotone", fmt.Sprintf("%s became %s", from, to))
	}
	if r.last.ID != 0 && s.Version > r.last.Version {
		b.compareRungs(r.last, s)
	}
	if s.Version > r.last.Version {
		r.last = s
	}
	b.touched = append(b.touched, s.ID)
}

// compareRungs checks what a session may not take back, however many changes lie between.
func (b *books) compareRungs(before, after session.Session) {
	at := of(after.ID, after.Cabinet)
	for _, fact := range []struct {
		name        string
		was, is     int64
		fixed, once bool
	}{
		{"closed_at", int64(before.Closed), int64(after.Closed), false, true},
		{"opened_at", int64(before.Opened), int64(after.Opened), false, true},
		{"command", int64(before.Command), int64(after.Command), false, true},
		{"fence", before.Fence, after.Fence, true, false},
		{"planogram", before.Planogram, after.Planogram, true, false},
		{"customer", int64(before.Customer), int64(after.Customer), true, false},
	} {
		if fact.was != fact.is && (fact.fixed || fact.once && fact.was != 0) {
			b.violate(at, "I10 what has happened does not happen again", fmt.Sprintf("%s was %d and is %d", fact.name, fact.was, fact.is))
		}
	}
	if before.State == session.Awaiting && after.State == session.Opening && after.Version == before.Version+1 &&
		larder.MillisOf(b.w.kernel.Now()) > before.Deadline {
		b.violate(at, "P4 no door opens for a consent that comes too late", fmt.Sprintf("its time was over at %d", before.Deadline))
	}
}

// settle checks the rows that the last commit has touched.
func (b *books) settle() {
	if len(b.touched) == 0 {
		return
	}
	slices.Sort(b.touched)
	var found []invariant.Finding
	err := b.w.db.View(context.Background(), func(tx larder.Tx) (err error) {
		found, err = invariant.Touched(context.Background(), tx, invariant.Keys{Sessions: slices.Compact(b.touched)})
		return err
	})
	if err != nil {
		b.w.fail(err)
	}
	for _, f := range found {
		b.violate(of(b.touched[0], b.record(b.touched[0]).last.Cabinet), f.Invariant+" "+f.Says, f.String())
	}
	b.touched = b.touched[:0]
}

// audit looks at every row.
func (b *books) audit(ctx context.Context) error {
	report, err := invariant.Run(ctx, b.w.db)
	for _, r := range report.Broken() {
		for _, v := range r.Violations {
			b.violate(everybody, r.Invariant+" "+r.Says, fmt.Sprintf("%s: %s %d: %s", r.Check, r.Table, v.ID, v.Detail))
		}
	}
	return err
}

// windows is how many violations are explained.
const windows = 3

// violate notes that an invariant does not hold.
func (b *books) violate(about history.About, invariant, detail string) {
	b.violations++
	b.w.say(about, "VIOLATION %s: %s", invariant, detail)
	if b.violations > windows {
		return
	}
	fmt.Fprintf(b.w.cfg.Out, "violation of %s: %s\n", invariant, detail)
	b.w.window(b.w.cfg.Out, about)
}

// quiet reports whether nothing is left to do.
func (b *books) quiet() bool {
	if b.w.platform == nil {
		return false
	}
	var left int64
	for _, query := range unfinished {
		if left == 0 {
			left = b.number(query.sql)
		}
	}
	b.settled = left == 0 && !slices.ContainsFunc(b.w.machines, (*machine).keeps)
	return b.settled
}

// leftover counts what must not be left once everything has healed.
type leftover struct{ invariant, sql string }

// given is what was given up, which no time heals.
var given = leftover{"I15 no effect is given up", `SELECT count(*) FROM effect WHERE state = 'dead'`}

// unfinished are those that time heals.
var unfinished = []leftover{
	{"I8 a session ends", `SELECT count(*) FROM session WHERE state <> 'ended'`},
	{"I8 a case is decided", `SELECT count(*) FROM care_case WHERE state = 'open'`},
	{"I15 an effect is done", `SELECT count(*) FROM effect WHERE state = 'pending'`},
	{"I7 a lease ends", `SELECT count(*) FROM lease WHERE session_id <> 0`},
}

func (b *books) number(query string) (n int64) {
	err := b.w.db.View(context.Background(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(context.Background(), query).Scan(&n)
	})
	if err != nil {
		b.w.fail(fmt.Errorf("%s: %w", query, err))
	}
	return n
}

// close audits a round: everything has ended, and as it should.
func (b *books) close(ctx context.Context) error {
	b.settled = true
	for _, query := range append(slices.Clone(unfinished), given) {
		if n := b.number(query.sql); n != 0 {
			b.violate(history.About{}, query.invariant, fmt.Sprintf("%d are left %s after the last fault", n, healTime))
		}
	}
	for _, m := range b.w.machines {
		s := m.State()
		if s.Tally.Violations > 0 {
			b.violate(about(m), "I6 a lock moves under a live authorization", fmt.Sprintf("%s: %d times not", m.serial, s.Tally.Violations))
		}
		if m.keeps() {
			b.violate(about(m), "I17 what is durable is said to be", fmt.Sprintf("%s keeps %d events and %d sessions", m.serial, s.Events, s.Kept))
		}
	}
	if err := b.compare(ctx); err != nil {
		return err
	}
	if err := b.audit(ctx); err != nil {
		return err
	}
	clear(b.visits)
	b.settled = false
	return b.w.failed
}
