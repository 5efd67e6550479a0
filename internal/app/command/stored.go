package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"larder"
	"larder/internal/app"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
)

// tracePage is how many traces are read in one view of the database.
const tracePage = 500

// storedTraces reads the traces of sessions that a database holds, beside the platform that uses it.
func storedTraces(ctx context.Context, db string, do func(read traces) error) (err error) {
	views, err := app.OpenViews(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, views.Close()) }()
	return do(traces{views})
}

// traces is a database's evidence.
type traces struct{ views app.Views }

// one reads the trace of a session.
func (r traces) one(ctx context.Context, session string) (t visit.Trace, err error) {
	var id larder.SessionID
	if err := id.UnmarshalText([]byte(session)); err != nil {
		return t, fmt.Errorf("%q is no session: %w", session, err)
	}
	err = r.views.View(ctx, func(tx larder.Tx) error {
		t, err = store.Visits{}.Trace(ctx, tx, id)
		return err
	})
	if larder.CodeOf(err) == larder.CodeNotFound {
		return t, fmt.Errorf("there is no trace of session %s: it is not known, or not judged yet", session)
	}
	return t, err
}

// chosen reads the traces of the sessions that are named, or of all of the last days if none is.
func (r traces) chosen(ctx context.Context, sessions []string, days int, do func(visit.Trace) error) error {
	for _, id := range sessions {
		t, err := r.one(ctx, id)
		if err == nil {
			err = do(t)
		}
		if err != nil {
			return err
		}
	}
	if len(sessions) > 0 {
		return nil
	}
	return r.since(ctx, days, func(page []visit.Trace) error {
		for _, t := range page {
			if err := do(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// since reads the traces of all sessions that were judged within the last days, all if 0, in the order
// of their ids, page by page.
func (r traces) since(ctx context.Context, days int, do func(page []visit.Trace) error) error {
	var from larder.Millis
	if days > 0 {
		from = larder.MillisOf(time.Now().AddDate(0, 0, -days))
	}
	for last := larder.SessionID(0); ; {
		var page []visit.Trace
		if err := r.views.View(ctx, func(tx larder.Tx) (err error) {
			page, err = store.Visits{}.TracesAfter(ctx, tx, last, from, tracePage)
			return err
		}); err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].Session
		if err := do(page); err != nil {
			return err
		}
	}
}
