package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Unreadable tells an error that keeps a file from being read at all, which says nothing of what is in
// it, and what to do about it: the engine's own words speak of opening or of writing to somebody who
// only wants to read. Any other error is returned as it is. Readers of a WAL take part in it, by a
// file beside the database (https://www.sqlite.org/wal.html#read_only_databases).
func Unreadable(err error) error {
	if !unreadable(err) {
		return err
	}
	return fmt.Errorf("%w: the file has to be readable, and its folder writable also for who only reads, for the -wal and -shm files beside it; "+
		"copy the file, with its -wal, into a folder of yours", err)
}

// unreadable reports whether an error is of the file's place and not of its contents.
func unreadable(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	code := e.Code() & 0xff // the rest refines it
	return code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_CANTOPEN
}
