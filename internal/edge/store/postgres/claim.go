package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

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

const (
	// claimGrace is how long somebody else's claim is waited for: a session ends some milliseconds after
	// the process that had it, and whoever restarts a platform starts the next at once.
	claimGrace = 2 * time.Second
	claimSoon  = 50 * time.Millisecond // between two looks
	// claimPause is between tries to claim again what a broken connection lost.
	claimPause = 500 * time.Millisecond
	// claimPatience is how long such a claim may be refused: the server needs some 20 s to notice that
	// the session which still holds it, our own, is dead.
	claimPatience = time.Minute
)

// claims are what this process holds, each on a connection of its own. The server gives a claim up when
// its session ends. Claims make mistakes loud; what keeps rows right are the conditions of the statements.
type claims struct {
	patience time.Duration
	failed   chan struct{} // closed when a claim went to somebody else
	once     sync.Once     // guards closing it

	mu      sync.Mutex // guards stop
	stop    []context.CancelFunc
	keepers sync.WaitGroup
}

// Claim claims a number of a kind until [DB.Close], or refuses with [ErrInUse] when somebody else has kept it
// for two seconds. If the session breaks, it is claimed again; if somebody else was faster, [DB.Failed] is closed.
func (d *DB) Claim(ctx context.Context, c Claim, number int) error {
	store.MustBeOutside("Claim")
	conn, err := d.claim(ctx, c, number)
	for since := time.Now(); errors.Is(err, ErrInUse) && time.Since(since) < claimGrace && wait(ctx, claimSoon); {
		conn, err = d.claim(ctx, c, number)
	}
	if err != nil {
		return err
	}
	kept, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.claims.mu.Lock()
	d.claims.stop = append(d.claims.stop, stop)
	d.claims.mu.Unlock()
	d.claims.keepers.Go(func() { d.keep(kept, conn, c, number) })
	return nil
}

// claim opens a session that holds the claim.
func (d *DB) claim(ctx context.Context, c Claim, number int) (*pgx.Conn, error) {
	settings, err := d.cfg.settings(false)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return nil, unreachable(fmt.Errorf("postgres: %s: %w", d.name, err))
	}
	var mine bool
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1::int4, $2::int4)`, int32(c), int32(number)).Scan(&mine) //nolint:gosec // a small number
	switch {
	case err != nil:
		err = fmt.Errorf("postgres: %s: claim: %w", d.name, store.Translate(err))
	case mine:
		return conn, nil
	case c == ClaimServe:
		err = fmt.Errorf("postgres: %s: %w: another process serves it", d.name, ErrInUse)
	default:
		err = fmt.Errorf("postgres: %s: %w: node %d is another process's, which is running: give this one another --node", d.name, ErrInUse, number)
	}
	closeConn(ctx, conn)
	return nil, err
}

// keep waits for the end of the session, which tells of itself, and claims again.
func (d *DB) keep(ctx context.Context, conn *pgx.Conn, c Claim, number int) {
	for conn != nil {
		var err error
		for err == nil { // nobody notifies us
			_, err = conn.WaitForNotification(ctx)
		}
		closeConn(ctx, conn)
		if ctx.Err() != nil {
			return
		}
		d.log.WarnContext(ctx, "the session of a claim has ended; it is claimed again", "database", d.name, "error", err)
		conn = d.reclaim(ctx, c, number)
	}
}

// reclaim tries until the claim is held again, ctx ends, or it is certainly somebody else's.
func (d *DB) reclaim(ctx context.Context, c Claim, number int) *pgx.Conn {
	var refused time.Time // since when
	for wait(ctx, claimPause) {
		conn, err := d.claim(ctx, c, number)
		switch {
		case err == nil:
			return conn
		case !errors.Is(err, ErrInUse):
			refused = time.Time{}
		case refused.IsZero():
			refused = time.Now()
		case time.Since(refused) >= d.claims.patience:
			d.log.ErrorContext(ctx, "a claim was lost to another process: this one has to stop", "database", d.name, "error", err)
			d.claims.once.Do(func() { close(d.claims.failed) })
			return nil
		}
	}
	return nil
}

// close gives everything up.
func (c *claims) close() {
	c.mu.Lock()
	for _, stop := range c.stop {
		stop()
	}
	c.mu.Unlock()
	c.keepers.Wait()
}

func closeConn(ctx context.Context, conn *pgx.Conn) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	_ = conn.Close(within) // its end gives the claim up, however it ends
	<-conn.PgConn().CleanupDone()
}
