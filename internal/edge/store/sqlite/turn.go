package sqlite

import (
	"errors"

	"larder/internal/edge/store"
)

// turn is how one operation's turn in a group ended.
type turn int

const (
	turnApplied turn = iota // done, to be answered by the commit
	turnUndone              // undone and answered, or skipped; the group goes on
	turnLost                // answered; the whole transaction is gone
)

// takeTurn runs one operation inside its own savepoint. Until the caller reports, the connection is
// the caller's.
func (w *writer) takeTurn(c *conn, o *op) turn {
	if !o.offer() {
		w.metrics.operation(outcomeSkipped)
		return turnUndone
	}
	if err := c.control("SAVEPOINT turn"); err != nil {
		return w.refuse(o, err)
	}
	s := &session{conn: c, ctx: background, metrics: w.metrics, side: sideWrite}
	o.tx = store.NewTx(w.clock(), s)
	o.turn <- o.tx
	out := <-o.ran
	s.closeRows()
	switch {
	case c.gone:
		return w.refuse(o, s.reason(out.err))
	case out.unwound:
		return w.undo(c, o, errors.New("store: the closure did not return"))
	case out.err != nil:
		return w.undo(c, o, out.err)
	}
	// The savepoint is found only if the transaction is the one that the turn began in.
	if err := c.control("RELEASE turn"); err != nil {
		return w.refuse(o, err)
	}
	return turnApplied
}

// undo takes back what the operation did, keeps its neighbors' work and answers it with err.
func (w *writer) undo(c *conn, o *op, err error) turn {
	for _, text := range []string{"ROLLBACK TO turn", "RELEASE turn"} {
		if e := c.control(text); e != nil {
			return w.refuse(o, errors.Join(err, e))
		}
	}
	w.answer([]*op{o}, store.Translate(err), outcomeRefused)
	return turnUndone
}

// refuse answers an operation whose transaction is lost. Nothing of it happened.
func (w *writer) refuse(o *op, err error) turn {
	w.answer([]*op{o}, store.Translate(err), outcomeRefused)
	if fatal(err) {
		w.health.fail(err)
	}
	return turnLost
}
