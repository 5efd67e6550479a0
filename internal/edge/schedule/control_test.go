package schedule_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"larder/internal/edge/schedule"
)

// A pause outlives restarts; a paused schedule runs only when somebody says so.
func TestService_Pause(t *testing.T) {
	inBubble(t, func(b bench) {
		sch, ran := counted("tick", "@every 1m")
		p := b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		<-ran
		ctl := b.control()
		b.must(ctl.Pause(b.Context(), "tick"))
		time.Sleep(5 * time.Minute)
		p.stop()
		b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		time.Sleep(5 * time.Minute)
		if len(ran) > 0 {
			b.Errorf("ran %d times while paused", len(ran))
		}
		if st := b.status(ctl, "tick"); !st.Paused || !st.Next.IsZero() {
			b.Errorf("%+v", st)
		}
		run, err := ctl.RunNow(b.Context(), "tick")
		b.must(err)
		<-ran
		time.Sleep(5 * time.Minute)
		if res, err := ctl.Result(b.Context(), run); err != nil || !res.OK() || !res.Over() || len(ran) != 0 {
			b.Errorf("%+v, %v, and ran %d times more", res, err, len(ran))
		}
		b.must(ctl.Resume(b.Context(), "tick"))
		resumed := time.Now()
		if at := <-ran; late(at, resumed.Add(time.Minute)) {
			b.Errorf("resumed after %s", at.Sub(resumed))
		}
	})
}

// A time that somebody sets counts at once in the process that is running, and after its restart.
func TestService_Set(t *testing.T) {
	inBubble(t, func(b bench) {
		sch, ran := counted("backup", "0 3 * * *")
		p := b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		time.Sleep(time.Second)
		ctl := b.control()
		b.must(ctl.Set(b.Context(), "backup", schedule.When{Spec: "@every 1m"}))
		for range 2 {
			<-ran
		}
		if at := time.Now(); at.Hour() != 0 {
			b.Errorf("ran at %s", at)
		}
		p.stop()
		b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		<-ran
		time.Sleep(2 * time.Second)
		b.must(ctl.Set(b.Context(), "backup", schedule.When{}))
		if st := b.status(ctl, "backup"); st.Set || st.Spec != "0 3 * * *" || st.Next.Hour() != 3 {
			b.Errorf("%+v", st)
		}
		for _, wrong := range []schedule.When{{Spec: "never"}, {Spec: "0 3 * * *", Zone: "Mars/Base"}, {Spec: "TZ=UTC 0 3 * * *"}, {Spec: "0 0 31 2 *"}, {Spec: "@every 1ms"}, {Spec: "@every -1h"}, {Spec: "@every 90500ms"}, {Spec: "@every 59s"}} {
			if err := ctl.Set(b.Context(), "backup", wrong); err == nil {
				b.Errorf("%v was accepted", wrong)
			}
		}
		if err := ctl.Set(b.Context(), "restore", schedule.When{}); !errors.Is(err, schedule.ErrUnknown) {
			b.Errorf("error %v", err)
		}
	})
}

// A program whose own time for a schedule has changed plans anew; a time that was set stays.
func TestService_Run_another_standard(t *testing.T) {
	inBubble(t, func(b bench) {
		sch, _ := counted("backup", "0 3 * * *")
		first := b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		time.Sleep(time.Second) // it has planned the run
		first.stop()
		sch.When.Spec = "0 5 * * *"
		p := b.start(schedule.Config{Schedules: []schedule.Schedule{sch}})
		time.Sleep(time.Second)
		if st := b.status(p.Service, "backup"); st.Next.Hour() != 5 {
			b.Errorf("%+v", st)
		}
	})
}

// One run at a time: who asks for another while one is under way is told.
func TestService_RunNow_one_at_a_time(t *testing.T) {
	inBubble(t, func(b bench) {
		began, release := make(chan struct{}, 1), make(chan struct{})
		b.start(schedule.Config{Schedules: []schedule.Schedule{{
			Name: "backup", When: schedule.When{Spec: "0 3 * * *"}, Timeout: time.Hour,
			Do: func(context.Context) (string, error) {
				began <- struct{}{}
				<-release
				return "", nil
			},
		}}})
		time.Sleep(time.Second)
		ctl := b.control()
		first, err := ctl.RunNow(b.Context(), "backup")
		b.must(err)
		<-began
		if _, err := ctl.RunNow(b.Context(), "backup"); !errors.Is(err, schedule.ErrRunning) {
			b.Errorf("error %v", err)
		}
		if st := b.status(ctl, "backup"); !st.Running {
			b.Errorf("%+v", st)
		}
		close(release)
		time.Sleep(5 * time.Second)
		if res, err := ctl.Result(b.Context(), first); err != nil || !res.OK() {
			b.Errorf("%+v, %v", res, err)
		}
		if st := b.status(ctl, "backup"); st.Next.Hour() != 3 {
			b.Errorf("the next run is due at %s", st.Next)
		}
	})
}
