package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	// migrationKey is the advisory lock that whoever migrates a PostgreSQL database holds: "larder" in
	// ASCII, so that a person who sees it in pg_locks can read it.
	migrationKey = 0x6c6172646572
	// migrationPoll is how often it is asked for. It is not waited for inside the server: a statement that
	// waits has a snapshot, for which CREATE INDEX CONCURRENTLY would wait in turn.
	migrationPoll = 50 * time.Millisecond
)

// sessionLock lets one process at a time migrate. The server gives it up when the session ends,
// however that ends. It implements goose's lock.SessionLocker.
type sessionLock struct{}

// SessionLock waits for the lock until ctx ends.
func (sessionLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	poll := time.NewTicker(migrationPoll)
	defer poll.Stop()
	for {
		var mine bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(migrationKey)).Scan(&mine); err != nil {
			return fmt.Errorf("take the migration lock: %w", err)
		}
		if mine {
			return nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("another process migrates: %w", ctx.Err())
		}
	}
}

// SessionUnlock gives the lock up.
func (sessionLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	var mine bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_advisory_unlock($1)`, int64(migrationKey)).Scan(&mine); err != nil {
		return fmt.Errorf("give up the migration lock: %w", err)
	}
	return nil
}
