package visit_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/edge/store"
)

// breaking is a real database whose transactions fail at their n-th statement; 0 for never.
type breaking struct {
	larder.Transactor
	at int
}

func (b *breaking) Update(ctx context.Context, fn func(larder.Tx) error) error {
	return b.Transactor.Update(ctx, func(tx larder.Tx) error {
		broken := store.NewTx(tx.Now(), &breakingTx{DBTX: store.From(tx), left: b.at})
		if err := fn(broken); err != nil {
			return err
		}
		for _, bell := range broken.Bells() {
			tx.AfterCommit(bell)
		}
		return nil
	})
}

// breakingTx runs statements until none are left; the next one is no SQL.
type breakingTx struct {
	store.DBTX
	left int
}

func (b *breakingTx) query(q string) string {
	if b.left--; b.left == 0 {
		return "SELECT broken FROM nowhere"
	}
	return q
}

func (b *breakingTx) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	return b.DBTX.ExecContext(ctx, b.query(q), args...)
}

func (b *breakingTx) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return b.DBTX.QueryContext(ctx, b.query(q), args...) //nolint:sqlclosecheck // the caller closes
}

func (b *breakingTx) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	return b.DBTX.QueryRowContext(ctx, b.query(q), args...)
}

// dump is every row of every table that a purchase writes.
func (r *rig) dump(t *testing.T) []string {
	t.Helper()
	var out []string
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		for _, table := range []string{
			"session", "lease", "command", "trace", "orders", "order_line", "lane_stock", "lane_entry", "payment", "notice",
			"account", "journal", "posting", "care_case", "audit", "request", "door_event",
		} {
			rows, err := rowsOf(t.Context(), tx, table)
			if err != nil {
				return err
			}
			out = append(out, rows...)
		}
		return nil
	}))
	slices.Sort(out)
	return out
}

func rowsOf(ctx context.Context, tx larder.Tx, table string) (out []string, err error) {
	rows, err := store.From(tx).QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSpace(fmt.Sprintln(append([]any{table}, values...)...)))
	}
	return out, rows.Err()
}

// TestService_Atomic guards L1 and architecture's "each of these happens wholly or not at all": every
// transaction of a purchase is broken at every one of its statements in turn; each time not a row and
// not an effect is different from before, and the unbroken try then succeeds.
func TestService_Atomic(t *testing.T) {
	t.Parallel()
	db := &breaking{}
	r := newRig(t, func(d *visit.Deps) { db.Transactor, d.DB = d.DB, db })
	var id larder.SessionID
	steps := []struct {
		name string
		do   func() error
	}{
		{"start", func() error {
			v, err := r.Start(t.Context(), r.alice, visit.StartRequest{DoorToken: r.doors[0].Token, Provider: wechat, Key: "k1"})
			id = v.ID
			return err
		}},
		{"authorized", func() error {
			st := payment.Status{Number: r.payment(t, id).Number, State: payment.ProviderAuthorized, Ref: "R"}
			return r.Notice(t.Context(), wechat, r.callback(t, "n1", st))
		}},
		{"opened", func() error { ev := r.event(larder.DoorOpened, id); ev.Seq = 1; return r.Door(t.Context(), r.org, ev) }},
		{"closed", func() error { ev := r.event(larder.DoorShut, id); ev.Seq = 2; return r.Door(t.Context(), r.org, ev) }},
		{"judged", func() error {
			return r.Judged(t.Context(), id, weigh.Charge, []session.Taken{r.taken(0, 2), r.taken(2, 4)}, trace(id))
		}},
		{"captured", func() error {
			st := payment.Status{Number: r.payment(t, id).Number, State: payment.ProviderCaptured, Amount: ceiling, Trade: "T"}
			return r.Notice(t.Context(), wechat, r.callback(t, "n2", st))
		}},
	}
	for _, s := range steps {
		before, jobs := r.dump(t), fmt.Sprint(r.todo.jobs, r.todo.timers, len(r.todo.rings))
		broken := 0
		for db.at = 1; ; db.at++ {
			if err := s.do(); err == nil {
				break
			}
			broken++
			if diff := cmp.Diff(before, r.dump(t)); diff != "" {
				t.Fatalf("%s, broken at statement %d, left behind:\n%s", s.name, db.at, diff)
			}
			if now := fmt.Sprint(r.todo.jobs, r.todo.timers, len(r.todo.rings)); now != jobs {
				t.Fatalf("%s, broken at statement %d, asked for %s", s.name, db.at, now)
			}
			if broken > 200 {
				t.Fatalf("%s never succeeds", s.name)
			}
		}
		db.at = 0
		t.Logf("%s: %d statements", s.name, broken)
		if broken < 3 {
			t.Errorf("%s was broken %d times only", s.name, broken)
		}
	}
	r.want(t, id, session.Ended, session.Charged, payment.Captured)
	r.theCase(t, visit.CauseOverCeiling)
	r.sound(t)
}
