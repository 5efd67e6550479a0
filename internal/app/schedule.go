package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/app/backup"
	"larder/internal/app/config"
	"larder/internal/edge/obs"
	"larder/internal/edge/schedule"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/sqlite"
)

// Names of the schedules.
const (
	ScheduleAudit  = "audit"
	ScheduleBackup = "backup"
	ScheduleWAL    = "wal-size"
)

const (
	auditTimeout  = time.Hour
	auditAt       = "30 4 * * *" // after the backup, whose copy was audited: this one looks at the original
	backupTimeout = 2 * time.Hour
	backupTries   = 3
	walEvery      = "@every 5m"
)

// SchedulePath is the file, beside a database's, in which its schedules are kept; a server's database
// has them in a schema. Without the file they begin anew with the times of the settings.
func SchedulePath(db string) string { return db + ".schedule" }

// schedules are what is done at its times, and where that is kept.
type schedules struct {
	*schedule.Service
	close func() error
}

// openSchedules opens the schedules of a platform.
func openSchedules(ctx context.Context, c config.Config, log *slog.Logger, r prometheus.Registerer) (schedules, error) {
	observer, err := obs.NewSchedules(r)
	if err != nil {
		return schedules{}, err
	}
	return connectSchedules(ctx, c.DB, schedule.Config{
		Logger: log, Observer: observer, Schedules: atTheirTimes(c),
		Alone: true, // the database's lock or claim lets one process at a time come this far
	})
}

// connectSchedules opens where the schedules of a database are kept.
func connectSchedules(ctx context.Context, db string, c schedule.Config) (_ schedules, err error) {
	name := SchedulePath(db)
	if postgres.IsURL(db) {
		name, c.Dialect = DatabaseName(db), schedule.PostgreSQL
		c.DB, err = postgres.OpenSide(ctx, db)
	} else {
		c.Dialect = schedule.SQLite
		c.DB, err = sqlite.OpenSide(ctx, name)
	}
	if err != nil {
		return schedules{}, err
	}
	s, err := schedule.Open(ctx, c)
	if err != nil {
		return schedules{}, errors.Join(fmt.Errorf("%s: %w", name, err), c.DB.Close())
	}
	return schedules{Service: s, close: c.DB.Close}, nil
}

// atTheirTimes is what this program does at its times. A server's backups and its log are its operator's.
func atTheirTimes(c config.Config) []schedule.Schedule {
	plan := []schedule.Schedule{{
		Name: ScheduleAudit, What: "check the invariants of the whole database", Timeout: auditTimeout,
		When: schedule.When{Spec: auditAt, Zone: c.Schedules.Zone},
		Do:   func(ctx context.Context) (string, error) { return auditAll(ctx, c.DB) },
	}}
	if postgres.IsURL(c.DB) {
		return plan
	}
	folder := backup.Folder{DB: c.DB, Dir: c.BackupFolder(), Keep: c.Schedules.BackupKeep, Now: time.Now}
	return append(plan,
		schedule.Schedule{
			Name: ScheduleBackup, What: "copy the database and check the copy", Timeout: backupTimeout, Tries: backupTries,
			When: schedule.When{Spec: c.Schedules.BackupAt, Zone: c.Schedules.Zone}, Do: folder.Make,
		},
		schedule.Schedule{
			Name: ScheduleWAL, What: "look whether the write-ahead log grows", When: schedule.When{Spec: walEvery},
			Do: func(context.Context) (string, error) { return walSize(c.DB, int64(c.Schedules.WALLimit)<<20) },
		})
}

// auditAll checks a database beside the platform's own readers, which it would hold up.
func auditAll(ctx context.Context, db string) (text string, err error) {
	views, err := OpenViews(ctx, db)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, views.Close()) }()
	return backup.Audit(ctx, views)
}

// walSize fails if the database's WAL has more than limit bytes: something keeps it from being
// checkpointed, and the disk fills.
func walSize(db string, limit int64) (string, error) {
	info, err := os.Stat(db + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return "no WAL", nil
	}
	if err != nil {
		return "", fmt.Errorf("size of the WAL: %w", err)
	}
	text := fmt.Sprintf("%d bytes", info.Size())
	if info.Size() > limit {
		return text, fmt.Errorf("the WAL has %s, more than %d: a reader or a full disk keeps it from being written back", text, limit)
	}
	return text, nil
}

// runSchedules does the schedules of the platform. A trouble of theirs is told and stops no purchase.
func (a *App) runSchedules(ctx, grace context.Context) error {
	if err := a.schedules.Run(ctx, grace); err != nil && ctx.Err() == nil {
		a.log.Error("schedules have stopped: no backups are made until the next start", "error", err)
		<-ctx.Done()
	}
	return nil
}

// Scheduler looks at the schedules of an installation and commands them while it runs.
type Scheduler struct {
	*schedule.Service
	close func() error
}

// OpenScheduler opens the schedules of a database that was served before.
func OpenScheduler(ctx context.Context, db string) (*Scheduler, error) {
	if !postgres.IsURL(db) {
		if _, err := os.Stat(SchedulePath(db)); err != nil {
			return nil, fmt.Errorf("schedules: %w (larder serve makes them)", err)
		}
	}
	s, err := connectSchedules(ctx, db, schedule.Config{})
	if err != nil {
		return nil, err
	}
	return &Scheduler{Service: s.Service, close: s.close}, nil
}

// Close closes the schedules.
func (s *Scheduler) Close() error { return s.close() }
