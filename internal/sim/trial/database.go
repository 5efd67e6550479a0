package trial

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/sim/fault"
)

// database is what one incarnation of the platform has of the rows. It rings bells on the caller's
// side, so that they ring in one order, and it is where a platform dies: between two statements,
// before or after a commit (B3, B9, L1).
type database struct {
	world    *world
	platform *platform // nil until the incarnation lives
}

var errDying = errors.New("the platform dies here")

// View implements [larder.Transactor].
func (d *database) View(_ context.Context, fn func(larder.Tx) error) error {
	if d.platform.life.Dead() {
		return errDying
	}
	return d.world.db.View(context.Background(), fn)
}

// Update implements [larder.Transactor].
func (d *database) Update(_ context.Context, fn func(larder.Tx) error) error {
	if d.platform.life.Dead() {
		return errDying
	}
	end := d.drawEnd()
	var bells []func()
	var torn *mortal
	err := d.world.db.Update(context.Background(), func(tx larder.Tx) error {
		torn = &mortal{DBTX: store.From(tx), world: d.world, left: end.statement}
		own := store.NewTx(tx.Now(), torn)
		defer own.End()
		err := fn(own)
		bells = own.Bells()
		if torn.dead || err == nil && end.before {
			return errDying
		}
		return err
	})
	switch {
	case torn != nil && torn.dead:
		d.platform.die("inside a transaction")
	case errors.Is(err, errDying):
		d.platform.die("before a commit")
	case err == nil && end.after:
		d.world.books.settle()
		d.platform.die("after a commit")
	case err == nil:
		for _, ring := range bells {
			ring()
		}
		d.world.books.settle()
	}
	return err
}

// end is how far a dying platform gets in one transaction; the zero value does not die.
type end struct {
	statement     int // dies before this statement, from 1
	before, after bool
}

func (d *database) drawEnd() end {
	if !d.world.faults.Draw(fault.Restart) {
		return end{}
	}
	switch d.world.chance.IntN(3) {
	case 0:
		return end{statement: 1 + d.world.chance.IntN(12), before: true}
	case 1:
		return end{before: true}
	}
	return end{after: true}
}

// mortal runs statements until the platform dies between two of them.
type mortal struct {
	store.DBTX
	world *world
	left  int
	dead  bool
}

// query returns the statement, or one that fails once the platform is dead.
func (m *mortal) query(q string) string {
	if m.left--; m.left == 0 {
		m.dead = true
	}
	if !m.dead && (strings.Contains(q, "INTO posting") || strings.Contains(q, "INTO journal")) && m.world.faults.Draw(fault.TornPosting) {
		m.world.faults.Fired(fault.TornPosting)
		m.dead = true
	}
	if m.dead {
		return "SELECT gone FROM nowhere"
	}
	return q
}

func (m *mortal) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	if q = m.query(q); m.dead {
		return nil, errDying
	}
	return m.DBTX.ExecContext(ctx, q, args...)
}

func (m *mortal) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if q = m.query(q); m.dead {
		return nil, errDying
	}
	return m.DBTX.QueryContext(ctx, q, args...) //nolint:sqlclosecheck // the caller closes
}

func (m *mortal) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	if q = m.query(q); m.dead {
		return m.DBTX.QueryRowContext(ctx, q)
	}
	return m.DBTX.QueryRowContext(ctx, q, args...)
}
