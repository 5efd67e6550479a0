package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"larder/internal/edge/store"
)

// ErrInUse says that another process has claimed what this one wants to be.
var ErrInUse = errors.New("the database is in use")

// Claim is something that one process at a time may be, on one database. It is the first half of an
// advisory lock; the number claimed is the second.
type Claim int32

// The claims.
const (
	ClaimServe Claim = 0x6c617201 // whoever serves the whole platform; its number is 0
	ClaimNode  Claim = 0x6c617202 // whoever makes ids with this node number
)

// claims is the one connection that holds them all. The server gives them up when it ends. They make
// mistakes loud; what keeps rows right are the conditions of the statements.
type claims struct {
	mu   sync.Mutex // guards conn
	conn *pgx.Conn  // nil until the first claim
}

// Claim claims a number of a kind until [DB.Close], or refuses with [ErrInUse].
func (d *DB) Claim(ctx context.Context, c Claim, number int) error {
	store.MustBeOutside("Claim")
	d.claims.mu.Lock()
	defer d.claims.mu.Unlock()
	if d.claims.conn == nil {
		settings, err := d.cfg.settings(false)
		if err != nil {
			return err
		}
		if d.claims.conn, err = pgx.ConnectConfig(ctx, settings); err != nil {
			return unreachable(fmt.Errorf("postgres: %s: %w", d.name, err))
		}
	}
	var mine bool
	err := d.claims.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1::int4, $2::int4)`, int32(c), int32(number)).Scan(&mine) //nolint:gosec // a small number
	switch {
	case err != nil:
		return fmt.Errorf("postgres: %s: claim: %w", d.name, store.Translate(err))
	case mine:
		return nil
	case c == ClaimServe:
		return fmt.Errorf("postgres: %s: %w: another process serves it", d.name, ErrInUse)
	}
	return fmt.Errorf("postgres: %s: %w: node %d is another process's, which is running: give this one another --node", d.name, ErrInUse, number)
}

// close gives everything up.
func (c *claims) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	return c.conn.Close(ctx)
}
