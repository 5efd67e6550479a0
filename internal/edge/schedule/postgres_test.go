package schedule_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"larder/internal/edge/schedule"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

// On PostgreSQL the tables are made by whoever comes first of six processes, in a schema of their own,
// and schedules are paused, set and run from beside as on a file. In real time: a server has its own.
func TestService_on_PostgreSQL(t *testing.T) {
	t.Parallel()
	url := postgrestest.Start(t).Create(t)
	sch, ran := counted("backup", "0 3 * * *")
	services := make([]*schedule.Service, 6)
	var opening sync.WaitGroup
	for i := range services {
		opening.Go(func() { services[i] = onServer(t, url, schedule.Config{Schedules: []schedule.Schedule{sch}}) })
	}
	opening.Wait()
	if t.Failed() {
		return
	}
	for _, s := range services[:2] {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx, t.Context()) }()
		defer func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}()
	}
	ctl := services[5]
	b := bench{T: t}
	b.must(ctl.Pause(t.Context(), "backup"))
	if st := b.status(ctl, "backup"); !st.Paused || !st.Next.IsZero() {
		t.Errorf("%+v", st)
	}
	run, err := ctl.RunNow(t.Context(), "backup")
	b.must(err)
	<-ran
	if r, err := ctl.Wait(t.Context(), run); err != nil || !r.OK() || r.Text != "all good" {
		t.Errorf("%+v, %v", r, err)
	}
	b.must(ctl.Resume(t.Context(), "backup"))
	b.must(ctl.Set(t.Context(), "backup", schedule.When{Spec: "@every 1m"}))
	if st := b.status(ctl, "backup"); time.Until(st.Next) > time.Minute {
		t.Errorf("%+v", st)
	}
	makeDue(t, url)
	<-ran
	runs, err := ctl.History(t.Context(), "backup", 100)
	b.must(err)
	if len(runs) < 2 || runs[len(runs)-1].Run != run {
		t.Errorf("%+v", runs)
	}
	if id, err := ctl.Leader(t.Context()); err != nil || id != services[0].ID() && id != services[1].ID() {
		t.Errorf("%q leads, %v", id, err)
	}
}

// makeDue has the runs that wait for their time wait no longer.
func makeDue(t *testing.T, url string) {
	t.Helper()
	db, err := postgres.OpenSide(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), "UPDATE schedule.river_job SET scheduled_at = now() WHERE state = 'scheduled'")
	if err != nil {
		t.Fatal(err)
	}
}

func onServer(t *testing.T, url string, cfg schedule.Config) *schedule.Service {
	t.Helper()
	db, err := postgres.OpenSide(t.Context(), url)
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() { _ = db.Close() })
	cfg.DB, cfg.Dialect = db, schedule.PostgreSQL
	s, err := schedule.Open(t.Context(), cfg)
	if err != nil {
		t.Error(err)
	}
	return s
}

// Times are read by the clock of their zone, on days that lack or repeat an hour, too.
func TestWhen_Next(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		when      schedule.When
		now, want string
	}{
		{schedule.When{Spec: "0 3 * * *"}, "2026-11-23T02:59:59Z", "2026-11-23T03:00:00Z"},
		{schedule.When{Spec: "0 3 * * *"}, "2026-11-23T03:00:00Z", "2026-11-24T03:00:00Z"},
		{schedule.When{Spec: "0 3 * * *", Zone: "Asia/Shanghai"}, "2026-11-23T00:00:00Z", "2026-11-23T19:00:00Z"},
		{schedule.When{Spec: "30 2 * * *", Zone: "Europe/Berlin"}, "2026-03-29T00:00:00Z", "2026-03-30T00:30:00Z"}, // 02:30 does not exist on the 29th
		{schedule.When{Spec: "@every 90s", Zone: "Asia/Shanghai"}, "2026-11-23T00:00:00Z", "2026-11-23T00:01:30Z"},
		{schedule.When{Spec: "@every 1s"}, "2026-11-23T00:00:00Z", "2026-11-23T00:01:00Z"}, // refused now, but it may be kept
		{schedule.When{Spec: "0 9 * * 1", Zone: "Asia/Shanghai"}, "2026-11-23T02:00:00Z", "2026-11-30T01:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.when.Next(now)
		if err != nil || got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s after %s: %s instead of %s, %v", c.when, c.now, got.UTC(), c.want, err)
		}
	}
}

// What is not well-formed is refused before anything runs.
func TestOpen_refuses(t *testing.T) {
	inBubble(t, func(b bench) {
		good, _ := counted("backup", "@daily")
		for name, bad := range map[string][]schedule.Schedule{
			"two of a name": {good, good},
			"no name":       {{Name: "Back Up", When: good.When, Do: good.Do}},
			"nothing to do": {{Name: "backup", When: good.When}},
			"no time":       {{Name: "backup", Do: good.Do}},
			"long":          {{Name: "backup", When: good.When, Do: good.Do, Timeout: 7 * time.Hour}},
		} {
			if _, err := schedule.Open(b.Context(), schedule.Config{Dialect: schedule.SQLite, Schedules: bad}); err == nil {
				b.Errorf("%s: accepted", name)
			}
		}
	})
}
