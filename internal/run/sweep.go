package run

import (
	"context"
	"time"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// Figures of the sweep. Two looks fit into the 30 s of DV7.
const (
	lookEvery  = 15 * time.Second
	overdueFor = 20 * time.Second // longer than the lease of a try to move a session
	caseSoon   = 5 * time.Minute  // longer than the pauses between tries to end a case
	sweepMost  = 500              // of a kind in one look; the rest is there in the next one
)

// What a sweep finds, for [Observer.Stalled].
const (
	StalledTimer   = "session_without_timer" // it waits for a moment, and nobody would notice it
	StalledOverdue = "session_overdue"       // its moment is long over
	StalledWatch   = "session_without_watch" // its door may be open, and nobody looks at its readings
	StalledPayment = "payment_without_effect"

	StalledDecision = "case_without_timer" // nobody would end it if no person does
)

// Stalls finds, in the rows, what nothing would move any more.
type Stalls interface {
	// StalledSessions returns sessions that wait for a deadline and have no timer, or whose deadline was
	// before late while nobody is trying to move them.
	StalledSessions(ctx context.Context, tx larder.Tx, late larder.Millis, limit int) ([]Stalled, error)
	// StalledPayments returns payments that have not ended, and for which nothing is left to do.
	StalledPayments(ctx context.Context, tx larder.Tx, limit int) ([]larder.PaymentID, error)
	// StalledCases returns open cases that the policy is to end, and which no timer would have ended by
	// their deadline, or by soon where that is later.
	StalledCases(ctx context.Context, tx larder.Tx, soon larder.Millis, limit int) ([]StalledCase, error)
}

// Stalled is a session that nothing moves.
type Stalled struct {
	Session larder.SessionID
	Timed   bool // it has a timer
}

// StalledCase is a case that only a person would end.
type StalledCase struct {
	Org  larder.OrgID
	Case larder.CaseID
}

// Sweeper goes through the rows every 15 s and moves what nothing else would (DV7, O2): whatever was
// lost, a timer's row, an alarm in memory, a bell, a visit has an end, and so has a case. The rows alone decide what is
// to be done; where all is well it finds nothing.
//
// Goroutines: Run is one. A Sweeper is not safe for concurrent use.
type Sweeper struct {
	DB       larder.Transactor
	Stalls   Stalls
	Visits   *visit.Service
	Cases    *care.Service
	Floor    *Floor
	Time     Scheduler
	Observer Observer

	missing map[larder.SessionID]struct{} // sessions without a watch at the last look
}

// Run sweeps until ctx ends.
func (s *Sweeper) Run(ctx, _ context.Context) error {
	tick := s.Time.NewSignal()
	for tick.Wait(ctx, lookEvery); ctx.Err() == nil; tick.Wait(ctx, lookEvery) {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Observer.Trouble(0, "sweep", err)
		}
	}
	return nil
}

// Sweep looks once and sees to what it finds.
func (s *Sweeper) Sweep(ctx context.Context) error {
	if err := s.rows(ctx); err != nil {
		return err
	}
	return s.watches(ctx)
}

// found is one thing that a sweep has seen to.
type found struct {
	what string
	org  larder.OrgID // of a case
	id   int64
}

// rows sees to sessions, payments and cases. It writes only where a look has found something, and then only
// what the writing transaction finds itself.
func (s *Sweeper) rows(ctx context.Context) error {
	var stalled []found
	look := func(tx larder.Tx) (err error) {
		stalled, err = s.findTx(ctx, tx)
		return err
	}
	if err := s.DB.View(ctx, look); err != nil || len(stalled) == 0 {
		return err
	}
	err := s.DB.Update(ctx, func(tx larder.Tx) error {
		if err := look(tx); err != nil {
			return err
		}
		for _, f := range stalled {
			if err := s.resumeTx(ctx, tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range stalled {
		s.Observer.Stalled(f.what, f.id)
	}
	return nil
}

func (s *Sweeper) findTx(ctx context.Context, tx larder.Tx) ([]found, error) {
	var out []found
	sessions, err := s.Stalls.StalledSessions(ctx, tx, larder.MillisOf(tx.Now().Add(-overdueFor)), sweepMost)
	if err != nil {
		return nil, err
	}
	for _, f := range sessions {
		what := StalledTimer
		if f.Timed {
			what = StalledOverdue
		}
		out = append(out, found{what: what, id: int64(f.Session)})
	}
	payments, err := s.Stalls.StalledPayments(ctx, tx, sweepMost)
	if err != nil {
		return nil, err
	}
	for _, id := range payments {
		out = append(out, found{what: StalledPayment, id: int64(id)})
	}
	cases, err := s.Stalls.StalledCases(ctx, tx, larder.MillisOf(tx.Now().Add(caseSoon)), sweepMost)
	for _, f := range cases {
		out = append(out, found{StalledDecision, f.Org, int64(f.Case)})
	}
	return out, err
}

func (s *Sweeper) resumeTx(ctx context.Context, tx larder.Tx, f found) error {
	switch f.what {
	case StalledPayment:
		return s.Visits.ResumePaymentTx(ctx, tx, larder.PaymentID(f.id))
	case StalledDecision:
		return s.Cases.ResumeTx(ctx, tx, f.org, larder.CaseID(f.id))
	}
	return s.Visits.ResumeTx(ctx, tx, larder.SessionID(f.id))
}

// watches begins a watch for each session that has had none in two looks: between a commit and its
// bell there may be none for a moment.
func (s *Sweeper) watches(ctx context.Context) error {
	bare, err := s.Floor.unwatched(ctx)
	if err != nil {
		return err
	}
	before := s.missing
	s.missing = make(map[larder.SessionID]struct{}, len(bare))
	for _, of := range bare {
		if _, again := before[of.ID]; !again {
			s.missing[of.ID] = struct{}{}
			continue
		}
		now, err := s.Visits.Session(ctx, of.ID)
		if err != nil {
			return err
		}
		if needsWatch(now) && !s.Floor.watching(now) {
			s.Floor.concern(now)
			s.Observer.Stalled(StalledWatch, int64(now.ID))
		}
	}
	return nil
}

// needsWatch reports whether a session's readings matter: its door may be open, or its verdict is
// awaited. One that waits for a person gets a watch from its readings.
func needsWatch(s session.Session) bool {
	return s.State == session.Opening || s.State == session.Open || s.State == session.Weighing
}
