package schedule_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/internal/edge/schedule"
	"larder/internal/edge/store/sqlite"
)

// bench is a file of schedules and the processes that work on it, inside a bubble: its time is fake
// and passes as fast as nothing happens.
type bench struct {
	*testing.T
	path string
}

// inBubble runs a test in a bubble, on a file of its own.
func inBubble(t *testing.T, test func(b bench)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		test(bench{T: t, path: filepath.Join(t.TempDir(), "larder.db.schedule")})
	})
}

// open returns a service on the file and its database.
func (b bench) open(cfg schedule.Config) (*schedule.Service, *sql.DB) {
	b.Helper()
	db, err := sqlite.OpenSide(b.Context(), b.path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	cfg.DB, cfg.Dialect, cfg.Clock = db, schedule.SQLite, time.Now
	s, err := schedule.Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	return s, db
}

// control is what `larder schedule` is: a service that only looks and commands.
func (b bench) control() *schedule.Service {
	b.Helper()
	s, _ := b.open(schedule.Config{})
	return s
}

// process is a platform that does schedules.
type process struct {
	*schedule.Service
	db   *sql.DB
	stop func() // asks it to end and waits
}

// start runs schedules until stop is called or the test ends.
func (b bench) start(cfg schedule.Config) process {
	b.Helper()
	s, db := b.open(cfg)
	ctx, cancel := context.WithCancel(b.Context())
	grace, ended := context.WithTimeout(context.Background(), 24*time.Hour) //nolint:usetesting // outlives the request to stop
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, grace) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			b.Errorf("Run: %v", err)
		}
		ended()
		_ = db.Close()
	})
	b.Cleanup(stop)
	return process{Service: s, db: db, stop: stop}
}

// status returns how a schedule stands.
func (b bench) status(s *schedule.Service, name string) schedule.Status {
	b.Helper()
	list, err := s.List(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, st := range list {
		if st.Name == name {
			return st
		}
	}
	b.Fatalf("no schedule %q in %+v", name, list)
	return schedule.Status{}
}

func (b bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// counted is a schedule that tells when it runs.
func counted(name, spec string) (schedule.Schedule, <-chan time.Time) {
	ran := make(chan time.Time, 1000)
	return schedule.Schedule{
		Name: name, What: "a test's", When: schedule.When{Spec: spec},
		Do: func(context.Context) (string, error) {
			ran <- time.Now()
			return "all good", nil
		},
	}, ran
}
