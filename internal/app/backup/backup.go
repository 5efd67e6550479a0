package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"larder/internal/edge/store/invariant"
	"larder/internal/edge/store/sqlite"
)

// Folder is where the backups of a database are kept.
type Folder struct {
	DB   string // the database's file
	Dir  string // made if missing
	Keep int    // at least 1: so many of the newest backups stay, and the last one of so many days that have one
	Now  func() time.Time
}

const (
	nameLayout = "larder-20060102T150405Z.db"
	dayEnds    = len("larder-20060102")
	unfinished = ".part"
)

var nameForm = regexp.MustCompile(`^larder-\d{8}T\d{6}Z\.db$`)

// Make makes a backup, checks it and removes those that are too many. It returns the new file's path.
func (f Folder) Make(ctx context.Context) (path string, err error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if err := f.clear(); err != nil {
		return "", err
	}
	path = filepath.Join(f.Dir, f.Now().UTC().Format(nameLayout))
	part := path + unfinished
	if err := sqlite.Copy(ctx, f.DB, part); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if err := Verify(ctx, part); err != nil {
		return "", fmt.Errorf("backup: the copy is not good, and is removed: %w", errors.Join(err, os.Remove(part)))
	}
	if err := os.Rename(part, path); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	return path, f.prune()
}

// Verify opens a copy, checks every page and every invariant, and says what is wrong.
func Verify(ctx context.Context, path string) (err error) {
	if err := sqlite.CheckFile(ctx, path); err != nil {
		return err
	}
	db, err := sqlite.OpenReadOnly(ctx, sqlite.Config{Path: path, View: time.Minute}) // nobody else wants it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = Audit(ctx, db)
	return err
}

// Audit checks every invariant of a database and says how many there are, and which do not hold.
func Audit(ctx context.Context, db invariant.Viewer) (string, error) {
	report, err := invariant.Run(ctx, db)
	if err != nil {
		return "", err
	}
	var wrong []error
	for _, r := range report.Broken() {
		wrong = append(wrong, fmt.Errorf("%s %s: %d findings in %s, the first in %d: %s",
			r.Invariant, r.Check, r.Broken, r.Table, r.Violations[0].ID, r.Violations[0].Detail))
	}
	return fmt.Sprintf("%d invariants, %d broken", len(report.Results), len(wrong)), errors.Join(wrong...)
}

// List returns the backups, the newest first.
func (f Folder) List() ([]string, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	var found []string
	for _, e := range entries {
		if nameForm.MatchString(e.Name()) && e.Type().IsRegular() {
			found = append(found, filepath.Join(f.Dir, e.Name()))
		}
	}
	slices.Sort(found)
	slices.Reverse(found)
	return found, nil
}

// clear removes what a process that died in the middle has left.
func (f Folder) clear() error {
	entries, err := os.ReadDir(f.Dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	for _, e := range entries {
		name, part := strings.CutSuffix(e.Name(), unfinished)
		if part && nameForm.MatchString(name) {
			if err := os.Remove(filepath.Join(f.Dir, e.Name())); err != nil {
				return fmt.Errorf("backup: %w", err)
			}
		}
	}
	return nil
}

// prune removes what is neither one of the newest nor the last of one of the newest days. By number
// alone, backups in quick succession would push out every one from before a mistake was made.
func (f Folder) prune() error {
	all, err := f.List()
	if err != nil {
		return err
	}
	keep := max(f.Keep, 1)
	days := map[string]bool{}
	var errs []error
	for i, path := range all {
		day := filepath.Base(path)[:dayEnds]
		lastOfDay := !days[day] && len(days) < keep
		days[day] = true
		if i >= keep && !lastOfDay {
			errs = append(errs, os.Remove(path))
		}
	}
	return errors.Join(errs...)
}
