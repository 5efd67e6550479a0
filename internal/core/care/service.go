package care

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// Deps are what a Service is made of. Settler may be set later by [Service.Settle], because visit
// needs the room as its [visit.CaseOpener].
type Deps struct {
	DB       larder.Transactor
	IDs      larder.IDSource
	Store    Store
	Audit    Auditor
	Requests Requests
	Timers   Timers
	Deadline time.Duration // how long a case waits for a person
}

// Service opens and decides cases.
type Service struct {
	Deps
	settler Settler
}

var _ visit.CaseOpener = (*Service)(nil)

// New returns the room.
func New(d Deps) *Service { return &Service{Deps: d} }

// Settle connects the room with what ends sessions; it is called once, before the first decision.
func (s *Service) Settle(with Settler) { s.settler = with }

// OpenTx implements [visit.CaseOpener]. A door that moves again and again while its case is open adds to
// that case, so that a broken lock or sensor asks one person once; the deadline stays that of the
// first event, and after the decision the next event is news.
func (s *Service) OpenTx(ctx context.Context, tx larder.Tx, n visit.NewCase) error {
	now := larder.MillisOf(tx.Now())
	c := Case{
		ID: larder.NewID[larder.CaseID](s.IDs), Org: n.Org, Cause: n.Cause, Subject: n.Subject,
		Session: n.Session, Cabinet: n.Cabinet, Door: n.Door, State: Open, Owner: Support,
		Deadline: now.Add(s.Deadline), Created: now, Events: 1, Evidence: Evidence{Suggestion: n.Lines, Detail: n.Detail},
	}
	if c.Subject == 0 {
		c.Subject = int64(c.ID)
	}
	if c.Door != 0 {
		joined, err := s.Store.JoinCase(ctx, tx, c)
		if err != nil || joined {
			return err
		}
	}
	added, err := s.Store.AddCase(ctx, tx, c)
	if err != nil || !added {
		return err
	}
	return s.Timers.TimerTx(ctx, tx, c.Org, EffectDeadline, int64(c.ID), c.Deadline)
}

// List returns the cases of the actor's organization in a state, the nearest deadline first, at most
// limit (1..200).
func (s *Service) List(ctx context.Context, actor larder.Actor, state State, limit int) ([]Case, error) {
	if !judges(actor) {
		return nil, larder.E(larder.CodeForbidden)
	}
	if state != Open && state != Decided {
		return nil, larder.E(larder.CodeInvalid, "field", "state", "reason", "unknown")
	}
	var cases []Case
	err := s.DB.View(ctx, func(tx larder.Tx) (err error) {
		cases, err = s.Store.Cases(ctx, tx, actor.Org, state, min(max(limit, 1), 200))
		return err
	})
	return cases, err
}

// Get returns one case of the actor's organization; an error of code not_found otherwise.
func (s *Service) Get(ctx context.Context, actor larder.Actor, id larder.CaseID) (Case, error) {
	if !judges(actor) {
		return Case{}, larder.E(larder.CodeForbidden)
	}
	var c Case
	err := s.DB.View(ctx, func(tx larder.Tx) (err error) {
		c, err = s.Store.Case(ctx, tx, actor.Org, id)
		return err
	})
	return c, err
}

// Decide ends a case: the session's money follows and the audit row is written in one transaction.
// The same key with the same decision returns the case as it is. Codes: forbidden, not_found,
// case_decided, key_reused, invalid (lines that do not fit, a note that is too long).
func (s *Service) Decide(ctx context.Context, actor larder.Actor, id larder.CaseID, d Decision) (Case, error) {
	if !judges(actor) {
		return Case{}, larder.E(larder.CodeForbidden)
	}
	if err := d.check(); err != nil {
		return Case{}, err
	}
	hash, err := d.hash(id)
	if err != nil {
		return Case{}, err
	}
	err = s.DB.Update(ctx, func(tx larder.Tx) error {
		earlier, found, err := s.Requests.Request(ctx, tx, actor, d.Key)
		if err != nil {
			return err
		}
		if found {
			if earlier.Hash != hash {
				return larder.E(larder.CodeReused)
			}
			return nil
		}
		if err := s.decideTx(ctx, tx, actor, id, d); err != nil {
			return err
		}
		return s.Requests.AddRequest(ctx, tx, actor, d.Key, visit.Request{Hash: hash, Ref: int64(id)})
	})
	if err != nil {
		return Case{}, err
	}
	return s.Get(ctx, actor, id)
}

// ExpireTx ends a case that nobody decided by its deadline: the shopper is charged nothing. A case
// that was decided meanwhile changes nothing, and one that no policy can end stays open, overdue.
func (s *Service) ExpireTx(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CaseID) error {
	c, err := s.Store.Case(ctx, tx, org, id)
	if err != nil || c.State != Open || !policyEnds(c.Cause) {
		return err
	}
	return s.endTx(ctx, tx, larder.System(org), c, ByPolicy, nil, "")
}

// ResumeTx sets the timer of a case's deadline again: for one whose timer was lost. A case that was
// decided, or that no policy ends, changes nothing. An error of code not_found if there is none.
func (s *Service) ResumeTx(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CaseID) error {
	c, err := s.Store.Case(ctx, tx, org, id)
	if err != nil || c.State != Open || !policyEnds(c.Cause) {
		return err
	}
	return s.Timers.TimerTx(ctx, tx, org, EffectDeadline, int64(id), c.Deadline)
}

func (s *Service) decideTx(ctx context.Context, tx larder.Tx, actor larder.Actor, id larder.CaseID, d Decision) error {
	c, err := s.Store.Case(ctx, tx, actor.Org, id)
	if err != nil {
		return err
	}
	if c.State != Open {
		return larder.E(larder.CodeCaseDecided)
	}
	verdict := Released
	switch {
	case !c.Cause.Decides():
		verdict = Noted
		if d.Charge {
			return larder.E(larder.CodeInvalid, "field", "charge", "reason", "nothing_to_charge")
		}
	case d.Charge:
		verdict = Charged
	}
	if err := s.endTx(ctx, tx, actor, c, verdict, d.Lines, d.Note); err != nil {
		return err
	}
	return s.Timers.TimerTx(ctx, tx, c.Org, EffectDeadline, int64(c.ID), 0)
}

// endTx writes the decision, lets the session follow and records who did it.
func (s *Service) endTx(ctx context.Context, tx larder.Tx, actor larder.Actor, c Case, v Verdict, lines []session.Taken, note string) error {
	c.State, c.Decision, c.Note, c.By, c.Decided = Decided, v, note, actor.Staff, larder.MillisOf(tx.Now())
	written, err := s.Store.DecideCase(ctx, tx, c)
	if err != nil {
		return err
	}
	if !written {
		return larder.E(larder.CodeCaseDecided)
	}
	if c.Cause.Decides() {
		err := s.settler.DecideTx(ctx, tx, c.Session, lines)
		if err != nil && (v == Charged || !errors.Is(err, visit.ErrNotWaiting)) {
			return err // where the session has ended by itself meanwhile, noting the case is enough
		}
	}
	return s.Audit.RecordTx(ctx, tx, actor, larder.AuditRecord{
		Action: "case." + string(v), ObjectKind: "case", Object: int64(c.ID), Detail: note,
	})
}

// policyEnds reports whether a case may end without anybody having seen it. Money on which we and the
// provider differ, and what does not get done, does not become right by waiting.
func policyEnds(cause session.CaseCause) bool {
	return cause != visit.CausePaymentSurprise && cause != visit.CauseStuck
}

// judges tells who may see and decide cases.
func judges(a larder.Actor) bool {
	if a.Kind != larder.ActorStaff {
		return false
	}
	return a.Role == larder.RoleAdmin || a.Role == larder.RoleOperator || a.Role == larder.RoleSupport
}

const maxNote = 1000

func (d Decision) check() error {
	if len([]rune(d.Note)) > maxNote {
		return larder.E(larder.CodeTooLarge, "field", "note", "limit", maxNote)
	}
	if d.Charge != (len(d.Lines) > 0) {
		return larder.E(larder.CodeInvalid, "field", "lines", "reason", "charge_needs_lines_and_release_none")
	}
	for _, l := range d.Lines {
		if l.Count < 1 || l.Count > 1000 {
			return larder.E(larder.CodeInvalid, "field", "count", "reason", "out_of_range", "lane_id", l.Lane.String())
		}
	}
	return nil
}

func (d Decision) hash(id larder.CaseID) ([32]byte, error) {
	d.Key = ""
	text, err := json.Marshal(struct {
		Case larder.CaseID
		Decision
	}{id, d})
	if err != nil {
		return [32]byte{}, fmt.Errorf("case %s: %w", id, err)
	}
	return sha256.Sum256(text), nil
}
