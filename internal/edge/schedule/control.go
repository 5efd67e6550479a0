package schedule

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// Errors that callers may test for.
var (
	ErrUnknown = errors.New("no such schedule")
	ErrRunning = errors.New("a run is under way")
)

// Status is a schedule as it stands.
type Status struct {
	Name   string `json:"name"`
	What   string `json:"what"`
	Spec   string `json:"spec"`
	Zone   string `json:"zone"`
	Set    bool   `json:"set"` // Spec was set by somebody; otherwise it is the program's
	Paused bool   `json:"paused"`

	Running bool      `json:"running"`
	Next    time.Time `json:"next,omitzero"` // when the waiting run is due
	Last    *Result   `json:"last"`          // of the run that ended last; null if none has
}

// Result is what one run brought.
type Result struct {
	Run      int64     `json:"run,string"`
	State    string    `json:"state"` // "completed", "failed", "canceled"; "waiting" and "running" if it has not ended
	Due      time.Time `json:"due"`
	Began    time.Time `json:"began,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Attempts int       `json:"attempts"`
	Text     string    `json:"text"`  // what the run said
	Error    string    `json:"error"` // of the last try that failed
}

// Over reports whether nothing more comes of the run.
func (r Result) Over() bool { return !r.Ended.IsZero() }

// OK reports whether the run did what it is there for.
func (r Result) OK() bool { return r.State == "completed" }

// List returns all schedules by name.
func (s *Service) List(ctx context.Context) (list []Status, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		all, err := s.plans.all(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			st, err := s.statusTx(ctx, tx, p)
			if err != nil {
				return err
			}
			list = append(list, st)
		}
		return nil
	})
	return list, err
}

func (s *Service) statusTx(ctx context.Context, tx *sql.Tx, p plan) (Status, error) {
	when := p.when()
	st := Status{Name: p.name, What: p.what, Spec: when.Spec, Zone: when.Zone, Set: p.set.Spec != "", Paused: p.paused}
	jobs, err := s.unendedTx(ctx, tx, p.name)
	if err != nil {
		return st, err
	}
	for _, job := range jobs {
		if job.State == rivertype.JobStateRunning {
			st.Running = true
		} else {
			st.Next = job.ScheduledAt.UTC()
		}
	}
	last, err := s.historyTx(ctx, tx, p.name, 1, rivertype.JobStateCompleted, rivertype.JobStateDiscarded, rivertype.JobStateCancelled)
	if err == nil && len(last) > 0 {
		st.Last = &last[0]
	}
	return st, err
}

// History returns the latest runs of a schedule, the youngest first, those that have not ended
// included; at most limit, 1..1000.
func (s *Service) History(ctx context.Context, name string, limit int) (runs []Result, err error) {
	err = s.on(ctx, name, func(tx *sql.Tx, p plan) error {
		runs, err = s.historyTx(ctx, tx, p.name, limit)
		return err
	})
	return runs, err
}

func (s *Service) historyTx(ctx context.Context, tx *sql.Tx, name string, limit int, states ...rivertype.JobState) ([]Result, error) {
	params := river.NewJobListParams().Queues(name).OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(min(max(limit, 1), 1000))
	if len(states) == 0 {
		states = rivertype.JobStates()
	}
	found, err := s.client.JobListTx(ctx, tx, params.States(states...))
	if err != nil {
		return nil, fmt.Errorf("schedule %s: history: %w", name, err)
	}
	runs := make([]Result, 0, len(found.Jobs))
	for _, job := range found.Jobs {
		runs = append(runs, resultOf(job))
	}
	return runs, nil
}

// Result returns what a run brought so far.
func (s *Service) Result(ctx context.Context, run int64) (Result, error) {
	job, err := s.client.JobGet(ctx, run)
	if err != nil {
		return Result{}, fmt.Errorf("schedule: run %d: %w", run, err)
	}
	return resultOf(job), nil
}

// look is how often a run that is waited for is looked at: other processes do not tell of its end.
const look = 200 * time.Millisecond

// Wait returns what a run brought once it is over.
func (s *Service) Wait(ctx context.Context, run int64) (Result, error) {
	every := time.NewTicker(look)
	defer every.Stop()
	for {
		r, err := s.Result(ctx, run)
		if err != nil || r.Over() {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-every.C:
		}
	}
}

func resultOf(job *rivertype.JobRow) Result {
	r := Result{Run: job.ID, Due: job.ScheduledAt.UTC(), Attempts: job.Attempt, State: "waiting"}
	switch job.State {
	case rivertype.JobStateCompleted:
		r.State = "completed"
	case rivertype.JobStateDiscarded:
		r.State = "failed"
	case rivertype.JobStateCancelled:
		r.State = "canceled"
	case rivertype.JobStateRunning:
		r.State = "running"
	case rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled:
	}
	if job.AttemptedAt != nil {
		r.Began = job.AttemptedAt.UTC()
	}
	if job.FinalizedAt != nil {
		r.Ended = job.FinalizedAt.UTC()
	}
	if len(job.Errors) > 0 {
		r.Error = job.Errors[len(job.Errors)-1].Error
	}
	_ = json.Unmarshal(job.Output(), &r.Text) // no output leaves no text
	return r
}

// Pause keeps a schedule from running until [Service.Resume]; a run under way is not disturbed.
func (s *Service) Pause(ctx context.Context, name string) error {
	return s.on(ctx, name, func(tx *sql.Tx, p plan) error {
		p.paused = true
		if err := s.plans.put(ctx, tx, p); err != nil {
			return err
		}
		return s.dropTx(ctx, tx, name)
	})
}

// Resume ends a pause; what was due during it is not made up for.
func (s *Service) Resume(ctx context.Context, name string) error {
	return s.on(ctx, name, func(tx *sql.Tx, p plan) error {
		p.paused = false
		if err := s.plans.put(ctx, tx, p); err != nil {
			return err
		}
		return s.planTx(ctx, tx, p)
	})
}

// Set gives a schedule other times; the zero When gives it the program's back.
func (s *Service) Set(ctx context.Context, name string, when When) error {
	if when != (When{}) {
		if err := when.Check(); err != nil {
			return err
		}
	}
	return s.on(ctx, name, func(tx *sql.Tx, p plan) error {
		p.set = when
		if err := s.plans.put(ctx, tx, p); err != nil {
			return err
		}
		if err := s.dropTx(ctx, tx, name); err != nil {
			return err
		}
		return s.planTx(ctx, tx, p)
	})
}

// RunNow has a schedule run as soon as a process that does schedules looks, a paused one, too, and
// returns the run's number. The next run is planned when it has ended. The error is [ErrRunning] if
// one is under way.
func (s *Service) RunNow(ctx context.Context, name string) (run int64, err error) {
	err = s.on(ctx, name, func(tx *sql.Tx, p plan) error {
		if err := s.dropTx(ctx, tx, name); err != nil {
			return err
		}
		res, err := s.insertTx(ctx, tx, p, time.Time{})
		if err != nil {
			return err
		}
		if res.UniqueSkippedAsDuplicate {
			return fmt.Errorf("schedule %s: %w", name, ErrRunning)
		}
		run = res.Job.ID
		return nil
	})
	return run, err
}

// ID is the name of this process among those of [Service.Leader].
func (s *Service) ID() string { return s.client.ID() }

// Leader returns the name of the process that looks after planned, stuck and old runs for all of
// them; "" if there is none at the moment.
func (s *Service) Leader(ctx context.Context) (string, error) {
	l, err := s.driver.GetExecutor().LeaderGetElectedLeader(ctx, &riverdriver.LeaderGetElectedLeaderParams{Schema: s.schema()})
	if errors.Is(err, rivertype.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("schedule: leader: %w", err)
	}
	if l.ExpiresAt.Before(s.now()) {
		return "", nil
	}
	return l.LeaderID, nil
}

// on changes one schedule; the error is [ErrUnknown] if there is none of that name.
func (s *Service) on(ctx context.Context, name string, fn func(*sql.Tx, plan) error) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		p, ok, err := s.plans.get(ctx, tx, name)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: %q", ErrUnknown, name)
		}
		return fn(tx, p)
	})
}
