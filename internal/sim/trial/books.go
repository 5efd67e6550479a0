package trial

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"larder"
	"larder/internal/core/payment"
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

// bought is a visit as the rows have it.
type bought struct {
	id       larder.SessionID
	cabinet  larder.CabinetID
	outcome  session.Outcome
	number   string
	paid     payment.State
	captured larder.Fen
}

// compare holds every visit of the round against the bank's book and against what was really taken.
func (b *books) compare(ctx context.Context) error {
	ids := make([]larder.SessionID, 0, len(b.visits))
	for id := range b.visits {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		v, lines, err := b.read(ctx, id)
		if err != nil {
			return err
		}
		b.compareMoney(v)
		b.compareGoods(v, lines, b.visits[id])
	}
	return nil
}

// compareMoney checks I2 and I26 for one visit.
func (b *books) compareMoney(v bought) {
	truth := b.w.bank.bills[v.number]
	switch {
	case truth == nil:
		if v.paid != payment.Released {
			b.violate(of(v.id, v.cabinet), "I26 the bank knows what is paid", fmt.Sprintf("%s is %s", v.number, v.paid))
		}
	case truth.taken > 1:
		b.violate(of(v.id, v.cabinet), "I2 at most one collection", fmt.Sprintf("%s was collected %d times", v.number, truth.taken))
	case truth.taken == 1 && (v.paid != payment.Captured || v.captured != truth.amount):
		b.violate(of(v.id, v.cabinet), "I26 what was collected is in the rows",
			fmt.Sprintf("%s: the bank took %s, the payment is %s with %s", v.number, truth.amount, v.paid, v.captured))
	case truth.taken == 0 && v.paid == payment.Captured:
		b.violate(of(v.id, v.cabinet), "I26 what is in the rows was collected", v.number)
	case truth.taken == 0 && v.paid == payment.Released && truth.state != payment.ProviderCanceled:
		b.violate(of(v.id, v.cabinet), "I2 what is not collected is given back", fmt.Sprintf("%s is %s at the bank", v.number, truth.state))
	}
}

// compareGoods checks that nobody is charged for what was not taken.
func (b *books) compareGoods(v bought, lines []session.Taken, r *record) {
	for _, l := range lines {
		really := 0
		for _, t := range r.taken {
			if t.Lane == l.Lane {
				really = t.Count
			}
		}
		if l.Count > really {
			b.violate(of(v.id, v.cabinet), "promise 1: nothing is charged that was not taken",
				fmt.Sprintf("session %s: %d charged from lane %s, %d taken", v.id, l.Count, l.Lane, really))
		}
	}
	if free := v.outcome == session.NothingTaken || v.outcome == session.NotOpened || v.outcome == session.Canceled; free && len(r.taken) > 0 {
		b.violate(of(v.id, v.cabinet), "promise 2: what was taken is charged", fmt.Sprintf("session %s: %v taken", v.id, r.taken))
	}
}

// read returns a visit as the rows have it.
func (b *books) read(ctx context.Context, id larder.SessionID) (v bought, lines []session.Taken, err error) {
	v.id = id
	err = b.w.db.View(ctx, func(tx larder.Tx) error {
		db := store.From(tx)
		err := db.QueryRowContext(ctx, `SELECT s.cabinet_id, s.outcome, p.number, p.state, p.captured_fen
			FROM session s JOIN payment p ON p.session_id = s.id WHERE s.id = $1`, int64(id)).
			Scan(&v.cabinet, &v.outcome, &v.number, &v.paid, &v.captured)
		if err != nil {
			return err
		}
		rows, err := db.QueryContext(ctx, `SELECT l.lane_id, l.quantity FROM orders o JOIN order_line l ON l.order_id = o.id
			WHERE o.session_id = $1`, int64(id))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l session.Taken
			if err := rows.Scan(&l.Lane, &l.Count); err != nil {
				return err
			}
			lines = append(lines, l)
		}
		return rows.Err()
	})
	slices.SortFunc(lines, func(x, y session.Taken) int { return cmp.Compare(x.Lane, y.Lane) })
	return v, lines, err
}
