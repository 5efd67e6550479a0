package schedule_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder/internal/edge/schedule"
)

// slack is how late a run may begin: the leader looks every five seconds. Times are cut to whole
// seconds.
const slack = 10 * time.Second

func late(at, due time.Time) bool {
	return at.Before(due.Truncate(time.Second)) || at.After(due.Add(slack))
}

// Issue: schedules run at their times, by the clock of their zone; the bubble begins at midnight UTC.
func TestService_Run_at_its_time(t *testing.T) {
	inBubble(t, func(b bench) {
		midnight := time.Now().UTC()
		sch, ran := counted("backup", "2 8 * * *")
		sch.When.Zone = "Asia/Shanghai"
		p := b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		if at := <-ran; late(at, midnight.Add(2*time.Minute)) {
			b.Errorf("ran at %s", at)
		}
		time.Sleep(2 * time.Second)
		st := b.status(p.Service, "backup")
		if st.Last == nil || !st.Last.OK() || st.Last.Text != "all good" || st.Paused || st.Set || st.Running {
			b.Errorf("%+v, last %+v", st, st.Last)
		}
		if next := st.Next; !next.Equal(midnight.Add(24*time.Hour + 2*time.Minute)) {
			b.Errorf("the next run is due at %s", next)
		}
	})
}

// B8: of two processes one leads, each run is done once, and what one leaves the other takes up.
func TestService_Run_two_processes(t *testing.T) {
	inBubble(t, func(b bench) {
		sch, ran := counted("tick", "@every 1m")
		procs := []process{
			b.start(schedule.Config{Schedules: []schedule.Schedule{sch}}),
			b.start(schedule.Config{Schedules: []schedule.Schedule{sch}}),
		}
		for last := time.Now(); len(ran) < 5 && time.Since(last) < 10*time.Minute; {
			time.Sleep(time.Second)
		}
		first := b.leader(procs)
		previous := <-ran
		for range 4 {
			at := <-ran
			if at.Sub(previous) < 59*time.Second { // times are cut to whole seconds
				b.Errorf("two runs within %s", at.Sub(previous))
			}
			previous = at
		}
		procs[first].stop()
		before := time.Now()
		for at := range ran {
			if at.After(before.Add(2 * time.Minute)) {
				break
			}
		}
		if second := b.leader(procs[1-first : 2-first]); second != 0 {
			b.Error("the one that is left does not lead")
		}
	})
}

// leader returns which of the processes leads.
func (b bench) leader(procs []process) int {
	b.Helper()
	found := -1
	id, err := b.control().Leader(b.Context())
	b.must(err)
	for i, p := range procs {
		if p.ID() == id {
			if found >= 0 {
				b.Fatal("two processes have one name")
			}
			found = i
		}
	}
	if found < 0 {
		b.Fatalf("%q leads, which is none of ours", id)
	}
	return found
}

// A run that was due while nobody was running is made up for, once.
func TestService_Run_makes_up(t *testing.T) {
	inBubble(t, func(b bench) {
		sch, ran := counted("backup", "0 3 * * *")
		first := b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		time.Sleep(time.Second) // it has planned the run
		first.stop()
		time.Sleep(75 * time.Hour)
		began := time.Now()
		b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		if at := <-ran; late(at, began) {
			b.Errorf("made up for at %s, having begun at %s", at, began)
		}
		time.Sleep(time.Minute)
		if len(ran) != 0 {
			b.Error("made up for twice")
		}
	})
}

// B8, D1: a run that its process did not survive is done again: after its time where others may be
// doing it, at once where nobody else can be.
func TestService_Run_rescues(t *testing.T) {
	for name, alone := range map[string]bool{"with others": false, "alone": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b bench) {
				began := make(chan struct{}, 1)
				stuck, release := schedule.Schedule{
					Name: "backup", When: schedule.When{Spec: "@every 1m"}, Timeout: 2 * time.Minute, Tries: 3,
				}, make(chan struct{})
				stuck.Do = func(context.Context) (string, error) {
					began <- struct{}{}
					<-release
					return "", nil
				}
				dead := b.start(schedule.Config{Schedules: []schedule.Schedule{stuck}})
				<-began
				b.must(dead.db.Close()) // from now on it changes nothing any more
				died := time.Now()
				sch, ran := counted("backup", "@every 1m")
				sch.Timeout, sch.Tries = stuck.Timeout, stuck.Tries
				b.start(schedule.Config{Schedules: []schedule.Schedule{sch}, Alone: alone})
				at := <-ran
				if took := at.Sub(died); alone && took > slack || !alone && (took < 2*time.Minute || took > 6*time.Minute) {
					b.Errorf("rescued after %s", took)
				}
				close(release)
			})
		})
	}
}

// watch is an observer that keeps what it is told.
type watch chan string

func (w watch) Ran(name string, _ time.Duration, err error, last bool) {
	word := name + " ok"
	if err != nil {
		word = name + " " + err.Error()
	}
	if last {
		word += " last"
	}
	w <- word
}

// A run that fails is tried again, then told as failed; the schedule goes on. A panic is a failure.
func TestService_Run_fails(t *testing.T) {
	inBubble(t, func(b bench) {
		told := make(watch, 100)
		tries := 0
		p := b.start(schedule.Config{Observer: told, Schedules: []schedule.Schedule{{
			Name: "backup", When: schedule.When{Spec: "@every 1h"}, Tries: 2,
			Do: func(context.Context) (string, error) {
				tries++
				if tries == 2 {
					panic("disk on fire")
				}
				if tries == 1 {
					return "got half way", errors.New("disk is full")
				}
				return "done", nil
			},
		}}})
		for _, want := range []string{"backup disk is full", "backup schedule backup: panic: disk on fire last", "backup ok last"} {
			if got := <-told; got != want {
				b.Errorf("told %q instead of %q", got, want)
			}
		}
		synctest.Wait()
		runs, err := p.History(b.Context(), "backup", 10)
		b.must(err)
		if len(runs) < 2 {
			b.Fatalf("%+v", runs)
		}
		failed := runs[len(runs)-1]
		if failed.OK() || failed.State != "failed" || failed.Attempts != 2 || !strings.Contains(failed.Error, "disk on fire") || failed.Text != "got half way" {
			b.Errorf("%+v", failed)
		}
	})
}

// Stopping waits for the run under way; one that outlasts the grace is cut short and done again.
func TestService_Run_stops(t *testing.T) {
	inBubble(t, func(b bench) {
		began, cut := make(chan struct{}, 1), make(chan error, 1)
		s, db := b.open(schedule.Config{Schedules: []schedule.Schedule{{
			Name: "backup", When: schedule.When{Spec: "@every 1m"}, Timeout: time.Hour, Tries: 3,
			Do: func(ctx context.Context) (string, error) {
				began <- struct{}{}
				<-ctx.Done()
				cut <- ctx.Err()
				return "", ctx.Err()
			},
		}}})
		ctx, stop := context.WithCancel(b.Context())
		grace, ended := context.WithTimeout(context.Background(), time.Hour) //nolint:usetesting // outlives the request to stop
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx, grace) }()
		<-began
		asked := time.Now()
		stop()
		time.Sleep(3 * time.Second)
		if len(cut) != 0 {
			b.Error("cut short within its grace")
		}
		ended()
		b.must(<-done)
		if took := time.Since(asked); took > 5*time.Second || len(cut) != 1 {
			b.Errorf("stopped after %s", took)
		}
		b.must(db.Close())
		sch, ran := counted("backup", "@every 1m")
		sch.Tries = 3
		b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		<-ran
	})
}
