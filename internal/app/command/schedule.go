package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"larder/internal/app"
	"larder/internal/edge/schedule"
)

// timetable is `larder schedule`.
type timetable struct {
	List    timetableList    `cmd:"" help:"Show the schedules: when they run, and what came of it."`
	History timetableHistory `cmd:"" help:"Show the latest runs of one."`
	Pause   timetablePause   `cmd:"" help:"Keep one from running until it is resumed."`
	Resume  timetableResume  `cmd:"" help:"End a pause."`
	Run     timetableRun     `cmd:"" help:"Have one run now, by the platform that is running."`
	Set     timetableSet     `cmd:"" help:"Give one other times."`
}

// Help says where the commands work.
func (*timetable) Help() string {
	return `The commands work beside a platform that is running, which notices by itself.

  larder schedule list
  larder schedule set backup --at "30 4 * * *" --zone Asia/Shanghai
  larder schedule run backup --wait`
}

// on opens the schedules of a database for do.
func (d database) on(ctx context.Context, do func(*app.Scheduler) error) (err error) {
	s, err := app.OpenScheduler(ctx, d.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// timetableList is `larder schedule list`.
type timetableList struct {
	Database database `embed:""`
	JSON     bool     `name:"json" help:"One JSON object."`
}

// Run prints the schedules.
func (c *timetableList) Run(ctx context.Context, w World) error {
	return c.Database.on(ctx, func(s *app.Scheduler) error {
		list, err := s.List(ctx)
		if err != nil {
			return err
		}
		leader, err := s.Leader(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(w.Out).Encode(map[string]any{"leader": leader, "schedules": list})
		}
		columns := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "NAME\tWHEN\tNEXT\tLAST\tRESULT\tWHAT")
		for _, st := range list {
			last, result := "-", "-"
			if st.Last != nil {
				last, result = moment(st.Last.Ended), outcome(*st.Last)
			}
			fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\n", st.Name, schedule.When{Spec: st.Spec, Zone: st.Zone}, next(st), last, result, st.What)
		}
		return columns.Flush()
	})
}

func next(st schedule.Status) string {
	switch {
	case st.Running:
		return "running"
	case st.Next.IsZero() && st.Paused:
		return "paused"
	}
	return moment(st.Next)
}

func moment(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

func outcome(r schedule.Result) string {
	if r.Over() && !r.OK() {
		return r.State + ": " + r.Error
	}
	if r.Text == "" {
		return r.State
	}
	return r.State + ": " + r.Text
}

// timetableHistory is `larder schedule history`.
type timetableHistory struct {
	Database database `embed:""`
	Name     string   `arg:"" help:"Which schedule."`
	Limit    int      `name:"limit" default:"20" help:"At most so many runs."`
	JSON     bool     `name:"json" help:"One JSON object."`
}

// Run prints the runs, the youngest first.
func (c *timetableHistory) Run(ctx context.Context, w World) error {
	return c.Database.on(ctx, func(s *app.Scheduler) error {
		runs, err := s.History(ctx, c.Name, c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(w.Out).Encode(map[string]any{"runs": runs})
		}
		columns := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "RUN\tDUE\tENDED\tATTEMPTS\tRESULT")
		for _, r := range runs {
			fmt.Fprintf(columns, "%d\t%s\t%s\t%d\t%s\n", r.Run, moment(r.Due), moment(r.Ended), r.Attempts, outcome(r))
		}
		return columns.Flush()
	})
}

// timetablePause is `larder schedule pause`.
type timetablePause struct {
	Database database `embed:""`
	Name     string   `arg:"" help:"Which schedule."`
}

// Run pauses; a run under way is not disturbed.
func (c *timetablePause) Run(ctx context.Context) error {
	return c.Database.on(ctx, func(s *app.Scheduler) error { return s.Pause(ctx, c.Name) })
}

// timetableResume is `larder schedule resume`.
type timetableResume struct {
	Database database `embed:""`
	Name     string   `arg:"" help:"Which schedule."`
}

// Run resumes.
func (c *timetableResume) Run(ctx context.Context) error {
	return c.Database.on(ctx, func(s *app.Scheduler) error { return s.Resume(ctx, c.Name) })
}

// timetableSet is `larder schedule set`.
type timetableSet struct {
	Database database `embed:""`
	Name     string   `arg:"" help:"Which schedule."`
	At       string   `name:"at" required:"" xor:"times" placeholder:"CRON" help:"Five fields as in cron, or @every and a duration of at least a minute."`
	Zone     string   `name:"zone" default:"Asia/Shanghai" help:"Time zone that the fields are read by."`
	Standard bool     `name:"standard" required:"" xor:"times" help:"The times of the settings again."`
}

// Run sets the times, and plans the next run by them.
func (c *timetableSet) Run(ctx context.Context) error {
	var when schedule.When
	if !c.Standard {
		when = schedule.When{Spec: c.At, Zone: c.Zone}
	}
	return c.Database.on(ctx, func(s *app.Scheduler) error { return s.Set(ctx, c.Name, when) })
}

// timetableRun is `larder schedule run`.
type timetableRun struct {
	Database database `embed:""`
	Name     string   `arg:"" help:"Which schedule."`
	Wait     bool     `name:"wait" help:"Wait for its end; the exit status is 1 if it fails."`
}

// Run asks for a run and prints its number, or waits for it and prints what came of it.
func (c *timetableRun) Run(ctx context.Context, w World) error {
	return c.Database.on(ctx, func(s *app.Scheduler) error {
		run, err := s.RunNow(ctx, c.Name)
		if err != nil {
			return err
		}
		if !c.Wait {
			_, err = fmt.Fprintln(w.Out, run)
			return err
		}
		r, err := s.Wait(ctx, run)
		if err != nil {
			return err
		}
		fmt.Fprintln(w.Out, outcome(r))
		if !r.OK() {
			return errFound
		}
		return nil
	})
}
