package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"larder"
	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/core/care"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgrestest"
)

// On an embedded file, which only one process can have, what a former process was trying is due again
// at the start (B3). On a server that process may be alive and in the middle of it, whatever it is:
// its lease is respected (B4, I15).
func TestOpen_former_process(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		db    func(t *testing.T) string
		alone bool
	}{
		"a file":   {func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "larder.db") }, true},
		"a server": {func(t *testing.T) string { t.Helper(); return postgrestest.Start(t).Create(t) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf, _ := settings(t)
			conf.DB = c.db(t)
			far := larder.MillisOf(time.Now().Add(time.Hour))
			leave(t, conf, far)
			failed := make(failures, 1)
			start(t, conf, app.Options{Log: slog.New(slog.NewTextHandler(failed, nil))})
			select {
			case <-failed: // what was due has been tried, and what is freed is freed before
			case <-time.After(time.Minute):
				t.Fatal("nothing was tried")
			}
			rows, err := app.OpenViews(t.Context(), conf.DB)
			if err != nil {
				t.Fatal(err)
			}
			var due larder.Millis
			err = rows.View(t.Context(), func(tx larder.Tx) error {
				return store.From(tx).QueryRowContext(t.Context(), "SELECT due_at FROM effect WHERE id = 2").Scan(&due)
			})
			if err := errors.Join(err, rows.Close()); err != nil {
				t.Fatal(err)
			}
			if c.alone != (due < far) {
				t.Errorf("what process 7 was trying is due in %s", time.Until(due.Time()))
			}
		})
	}
}

// leave writes what a former process, 7, has left: an effect that is due and can only fail (its case
// does not exist), and one that it is trying until far, of a kind that this program does not do.
func leave(t *testing.T, c config.Config, far larder.Millis) {
	t.Helper()
	setup, err := app.OpenSetup(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	org, err := setup.AddOrg(t.Context(), "acme", "Acme")
	if err != nil {
		t.Fatal(err)
	}
	err = setup.Update(t.Context(), func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(t.Context(), `INSERT INTO effect
			(id, org_id, kind, key, state, attempt, due_at, fence, payload, last_error, created_at, ended_at)
			VALUES (1, $1, $2, 1, 'pending', 1, 1, 0, '', '', 1, 0), (2, $1, 'newer', 2, 'pending', 1, $3, 7, '', '', 1, 0)`,
			int64(org), care.EffectDeadline, int64(far))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := setup.Close(); err != nil {
		t.Fatal(err)
	}
}

// failures is a log that tells when an effect has failed.
type failures chan struct{}

// Write implements io.Writer.
func (f failures) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("effect_id=1 ")) {
		select {
		case f <- struct{}{}:
		default: // somebody knows already
		}
	}
	return len(line), nil
}
