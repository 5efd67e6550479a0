package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Copy writes one committed state of the database at from to the new file to, defragmented, for its
// owner's eyes only, and syncs it. Another process may be writing to from: it is not held up, but its
// WAL is not reused until the copy is there. What a failure has left of to is removed.
func Copy(ctx context.Context, from, to string) (err error) {
	if from, err = resolve(from); err != nil {
		return err
	}
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("sqlite: copy: %w", err)
	}
	target, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the caller's choice
	if err != nil {
		return fmt.Errorf("sqlite: copy %s: %w", from, err)
	}
	defer func() {
		if err = errors.Join(err, target.Close()); err != nil {
			err = fmt.Errorf("sqlite: copy %s to %s: %w", from, to, errors.Join(err, os.Remove(to)))
		}
	}()
	err = readFile(ctx, from, copied, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, "VACUUM INTO $1", to) // an empty file is as good as none
		return err
	})
	if err != nil {
		return err
	}
	if err := target.Sync(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	f, err := os.Open(dir) //nolint:gosec // the folder of a file that the caller has named
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// maxFaults is how many faults of a file are told.
const maxFaults = 20

// CheckFile reads a whole database file and says what is wrong with its pages, indexes and foreign
// keys. It takes as long as reading the file does, in one snapshot.
func CheckFile(ctx context.Context, path string) error {
	path, err := resolve(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("sqlite: check: %w", err)
	}
	err = readFile(ctx, path, foreignRead, func(db *sql.DB) error {
		if err := faults(ctx, db, fmt.Sprintf("PRAGMA integrity_check(%d)", maxFaults)); err != nil {
			return err
		}
		return faults(ctx, db, "SELECT 'foreign key: ' || \"table\" || ' row ' || coalesce(rowid, 0) || ' of ' || parent FROM pragma_foreign_key_check LIMIT 20")
	})
	if unreadable(err) {
		return fmt.Errorf("sqlite: %s cannot be read: %w", path, Unreadable(err))
	}
	if err != nil {
		return fmt.Errorf("sqlite: %s is damaged or no database: %w", path, err)
	}
	return nil
}

// faults runs a check whose rows are faults; a row "ok" is none.
func faults(ctx context.Context, db *sql.DB, text string) (err error) {
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var found []error
	for rows.Next() {
		var fault string
		if err := rows.Scan(&fault); err != nil {
			return err
		}
		if fault != "ok" {
			found = append(found, errors.New(fault))
		}
	}
	return errors.Join(append(found, rows.Err())...)
}

// readFile gives fn a connection of its own that only reads the file.
func readFile(ctx context.Context, path string, a access, fn func(*sql.DB) error) (err error) {
	db, err := openPool(path, a, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	return fn(db)
}
