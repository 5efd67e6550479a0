package schedule

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Dialect is the database that the runs are kept in.
type Dialect string

// The dialects. On PostgreSQL the tables are in a schema of their own, see [Schema].
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Schema is where the tables are on PostgreSQL.
const Schema = "schedule"

// Figures of the runs. Nothing here is urgent, so that polling is enough and costs little.
const (
	pollEvery     = time.Second
	cooldown      = 100 * time.Millisecond // between fetches; bounds how many runs begin in a second
	ensureEvery   = time.Minute            // in case that the end of a run was not noticed
	keepCompleted = 30 * 24 * time.Hour
	keepFailed    = 180 * 24 * time.Hour
	rescueMargin  = time.Minute // beyond the longest timeout, a run that is under way has lost its process
	migrateTries  = 10          // several processes may start at once
	migratePause  = 200 * time.Millisecond
)

// Config says where the runs are kept and what there is to do.
type Config struct {
	DB      *sql.DB // its own; on SQLite with one connection and _txlock=immediate; the caller closes it
	Dialect Dialect
	Logger  *slog.Logger // nil: nothing is logged
	// Schedules is what this process does; none for who only looks and commands.
	Schedules []Schedule
	Observer  Observer // nil: nobody is told
	// Alone says that no other process does schedules in this database: what is found under way at the
	// start was left by a dead one, and is done again at once.
	Alone bool
	// Clock is the time of tests; nil is the time of process and database.
	Clock func() time.Time
}

// Observer is told what schedules do. It must not block.
type Observer interface {
	// Ran reports one try of a run. Last is false if a failed one is tried again.
	Ran(name string, took time.Duration, err error, last bool)
}

// Service is a database of schedules.
type Service struct {
	cfg    Config
	log    *slog.Logger
	driver riverdriver.Driver[*sql.Tx]
	client *river.Client[*sql.Tx]
	plans  plans
	byName map[string]Schedule
	rescue time.Duration
}

// Open prepares the database, making its tables if they are missing, and plans the next runs of its
// schedules; nothing runs before [Service.Run]. The errors of schedules that are
// not well-formed name them.
func Open(ctx context.Context, cfg Config) (*Service, error) {
	s := &Service{cfg: cfg, log: cfg.Logger, byName: make(map[string]Schedule)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, given := range cfg.Schedules {
		sch, err := given.check()
		if err != nil {
			return nil, err
		}
		if _, twice := s.byName[sch.Name]; twice {
			return nil, fmt.Errorf("schedule %s: there are two of this name", sch.Name)
		}
		s.byName[sch.Name] = sch
		s.rescue = max(s.rescue, sch.Timeout+rescueMargin)
	}
	switch cfg.Dialect {
	case SQLite:
		s.driver = riversqlite.New(cfg.DB)
	case PostgreSQL:
		s.driver, s.plans.prefix = riverdatabasesql.New(cfg.DB), Schema+"."
	default:
		return nil, fmt.Errorf("schedule: no such dialect: %q", cfg.Dialect)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	var err error
	s.client, err = river.NewClient(s.driver, s.config())
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	if err := s.register(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// config turns ours into River's. Polling alone: a listener on SQLite is a table that is read twenty
// times a second.
func (s *Service) config() *river.Config {
	c := &river.Config{
		ID: processName(), Schema: s.schema(), Logger: slog.New(quiet{s.log.Handler()}), PollOnly: true,
		FetchCooldown: cooldown, FetchPollInterval: pollEvery, RescueStuckJobsAfter: s.rescue,
		CompletedJobRetentionPeriod: keepCompleted, DiscardedJobRetentionPeriod: keepFailed, CancelledJobRetentionPeriod: keepCompleted,
	}
	if s.cfg.Clock != nil {
		c.Test.Time = clock(s.cfg.Clock)
	}
	if len(s.byName) == 0 {
		return c
	}
	c.Queues, c.Workers = make(map[string]river.QueueConfig, len(s.byName)), river.NewWorkers()
	for name := range s.byName { // a queue each, so that a long run holds up no other schedule
		c.Queues[name] = river.QueueConfig{MaxWorkers: 1}
	}
	river.AddWorker(c.Workers, &worker{s: s})
	return c
}

// processName tells processes apart, those of one machine too, and says to people where they are.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%.60s_%d_%.8s", host, os.Getpid(), rand.Text())
}

func (s *Service) schema() string {
	if s.cfg.Dialect == PostgreSQL {
		return Schema
	}
	return ""
}

// migrate brings the tables up to date. Others may be doing the same: who comes second fails, and
// finds everything done the next time.
func (s *Service) migrate(ctx context.Context) error {
	for try := 1; ; try++ {
		err := s.migrateOnce(ctx)
		if err == nil || ctx.Err() != nil || try == migrateTries {
			return err
		}
		pause := time.NewTimer(migratePause)
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-pause.C:
		}
	}
}

func (s *Service) migrateOnce(ctx context.Context) error {
	if s.cfg.Dialect == PostgreSQL {
		if _, err := s.cfg.DB.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS `+Schema); err != nil {
			return fmt.Errorf("schedule: %w", err)
		}
	}
	m, err := rivermigrate.New(s.driver, &rivermigrate.Config{Schema: s.schema(), Logger: slog.New(quiet{s.log.Handler()})})
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("schedule: tables of runs: %w", err)
	}
	return s.plans.create(ctx, s.cfg.DB)
}

// now is the moment that times are counted from.
func (s *Service) now() time.Time {
	if s.cfg.Clock != nil {
		return s.cfg.Clock()
	}
	return time.Now()
}

// clock is the time of tests, for River's clock and for its statements.
type clock func() time.Time

// Now returns the time.
func (c clock) Now() time.Time { return c() }

// NowOrNil returns the time, so that the database's own is never asked for.
func (c clock) NowOrNil() *time.Time {
	now := c()
	return &now
}

// quiet passes River's warnings on and keeps its news to itself.
type quiet struct{ slog.Handler }

// Enabled is true from warnings on.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// WithAttrs keeps quiet.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup keeps quiet.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
