package sqlite

import (
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// checkpointEvery is after how many commits the length of the WAL is looked at.
	checkpointEvery = 16
	// checkpointFrames is how many pages (of 4 KiB) the WAL may hold that the database does not have
	// yet; SQLite's own default.
	checkpointFrames = 1000
	// restartFrames is from where readers are waited for, so that overlapping views do not let the
	// WAL grow for ever; they end within a second.
	restartFrames = 16 * checkpointFrames
)

// checkpoint copies the WAL into the database when it has grown. SQLite would do it by itself inside a
// COMMIT, but hides the errors; the store must see them, and the group is answered before. It is
// called between groups.
func (w *writer) checkpoint(c *conn) {
	if !w.wal || c.c == nil || w.health.err() != nil || w.commits-w.looked < checkpointEvery {
		return
	}
	w.looked = w.commits
	behind, err := walCheckpoint(c, "NOOP")
	if err == nil && behind < checkpointFrames {
		return
	}
	if err == nil {
		mode := "PASSIVE"
		if behind >= restartFrames {
			mode = "RESTART"
		}
		start := time.Now()
		_, err = walCheckpoint(c, mode)
		w.metrics.checkpoint(time.Since(start))
	}
	switch {
	case err == nil:
	case fatal(err) || ioTrouble(err):
		w.health.fail(err)
	default: // no space for the copy, or a reader in the way: the WAL still holds everything
		w.log.Warn("the WAL could not be copied into the database", "error", err, "frames", behind)
	}
}

// walCheckpoint runs a checkpoint and returns how many frames of the WAL the database does not have.
func walCheckpoint(c *conn, mode string) (behind int64, err error) {
	s, err := c.prepared("PRAGMA wal_checkpoint(" + mode + ")")
	if err != nil {
		return 0, err
	}
	var busy, frames, copied int64
	if err := s.QueryRowContext(background).Scan(&busy, &frames, &copied); err != nil {
		return 0, err
	}
	return frames - copied, nil
}

// fatal reports an error after which a later sync may lie: a sync that failed, or a damaged file
// (of which the page cache may keep a wrong page).
func fatal(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() {
	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC:
		return true
	}
	primary := e.Code() & 0xff
	return primary == sqlite3.SQLITE_CORRUPT || primary == sqlite3.SQLITE_NOTADB
}

// ioTrouble reports any error of the disk.
func ioTrouble(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_IOERR
}
