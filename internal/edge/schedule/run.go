package schedule

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// lastCall is how long canceled runs have to return.
const lastCall = 400 * time.Millisecond

// maxResult is how many bytes of a result's text are kept.
const maxResult = 2000

// args is what River keeps of a run. The name is unique among the runs that have not ended.
type args struct {
	Name string `json:"name"`
}

// Kind names the one kind of job that there is.
func (args) Kind() string { return "schedule" }

// unended are the states of a run that waits or is under way.
var unended = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// Run does this process's schedules until ctx ends, and then waits for the runs under way until grace
// ends; those that are cut short are done again by the next process. It runs once.
func (s *Service) Run(ctx, grace context.Context) error {
	if len(s.byName) == 0 {
		return errors.New("schedule: nothing is scheduled")
	}
	ended, unsubscribe := s.client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobCancelled)
	defer unsubscribe()
	if err := s.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	s.follow(ctx, ended)
	if err := s.client.Stop(grace); err == nil {
		return nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastCall)
	defer cancel()
	if err := s.client.StopAndCancel(last); err != nil {
		return fmt.Errorf("schedule: runs do not stop: %w", err)
	}
	return nil
}

// follow plans the next run of a schedule when one has ended.
func (s *Service) follow(ctx context.Context, ended <-chan *river.Event) {
	every := time.NewTicker(ensureEvery)
	defer every.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case ev := <-ended:
			if ev != nil && ev.Job != nil && ev.Job.FinalizedAt != nil {
				err = s.ensure(ctx, ev.Job.Queue)
			}
		case <-every.C:
			for name := range s.byName {
				err = errors.Join(err, s.ensure(ctx, name))
			}
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("the next run is not planned yet", "error", err)
		}
	}
}

// register writes what this program says of its schedules and plans their next runs. Where the time
// has become another one, the waiting run is planned anew.
func (s *Service) register(ctx context.Context) error {
	for _, sch := range s.byName {
		err := s.inTx(ctx, func(tx *sql.Tx) error {
			if s.cfg.Alone {
				if err := s.freeTx(ctx, tx, sch.Name); err != nil {
					return err
				}
			}
			before, known, err := s.plans.get(ctx, tx, sch.Name)
			if err != nil {
				return err
			}
			after := before
			after.name, after.what, after.tries, after.standard = sch.Name, sch.What, sch.Tries, sch.When
			if err := s.plans.put(ctx, tx, after); err != nil {
				return err
			}
			if known && before.when() != after.when() {
				if err := s.dropTx(ctx, tx, sch.Name); err != nil {
					return err
				}
			}
			return s.planTx(ctx, tx, after)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) ensure(ctx context.Context, name string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		p, ok, err := s.plans.get(ctx, tx, name)
		if err != nil || !ok {
			return err
		}
		return s.planTx(ctx, tx, p)
	})
}

// planTx plans the next run, unless the schedule is paused or has a run that has not ended.
func (s *Service) planTx(ctx context.Context, tx *sql.Tx, p plan) error {
	if p.paused {
		return nil
	}
	next, err := p.when().Next(s.now())
	if err != nil {
		return err
	}
	_, err = s.insertTx(ctx, tx, p, next)
	return err
}

// insertTx writes a run, due at the moment at, or at once for the zero time; skipped tells that one
// has not ended yet.
func (s *Service) insertTx(ctx context.Context, tx *sql.Tx, p plan, at time.Time) (*rivertype.JobInsertResult, error) {
	res, err := s.client.InsertTx(ctx, tx, args{Name: p.name}, &river.InsertOpts{
		Queue: p.name, ScheduledAt: at, MaxAttempts: p.tries,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unended},
	})
	if err != nil {
		return nil, fmt.Errorf("schedule %s: plan a run: %w", p.name, err)
	}
	return res, nil
}

// unendedTx returns the runs of a schedule that have not ended.
func (s *Service) unendedTx(ctx context.Context, tx *sql.Tx, name string) ([]*rivertype.JobRow, error) {
	found, err := s.client.JobListTx(ctx, tx, river.NewJobListParams().Queues(name).States(unended...).First(10))
	if err != nil {
		return nil, fmt.Errorf("schedule %s: runs: %w", name, err)
	}
	return found.Jobs, nil
}

// dropTx takes back the run that waits, if one does.
func (s *Service) dropTx(ctx context.Context, tx *sql.Tx, name string) error {
	jobs, err := s.unendedTx(ctx, tx, name)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.State == rivertype.JobStateRunning {
			continue
		}
		if _, err := s.client.JobDeleteTx(ctx, tx, job.ID); err != nil {
			return fmt.Errorf("schedule %s: take run %d back: %w", name, job.ID, err)
		}
	}
	return nil
}

// freeTx has the runs tried again that a dead process has left under way.
func (s *Service) freeTx(ctx context.Context, tx *sql.Tx, name string) error {
	jobs, err := s.unendedTx(ctx, tx, name)
	if err != nil {
		return err
	}
	now := s.now()
	for _, job := range jobs {
		if job.State != rivertype.JobStateRunning {
			continue
		}
		_, err := s.driver.UnwrapExecutor(tx).JobRescueMany(ctx, &riverdriver.JobRescueManyParams{
			ID: []int64{job.ID}, Error: [][]byte{[]byte(`{"at":"` + now.UTC().Format(time.RFC3339Nano) + `","attempt":` +
				fmt.Sprint(job.Attempt) + `,"error":"the process ended during the run","trace":""}`)},
			FinalizedAt: []*time.Time{nil}, ScheduledAt: []time.Time{now}, State: []string{string(rivertype.JobStateAvailable)},
			Schema: s.schema(), StuckHorizon: now.Add(time.Hour),
		})
		if err != nil {
			return fmt.Errorf("schedule %s: free run %d: %w", name, job.ID, err)
		}
	}
	return nil
}

// inTx runs fn in a transaction. On SQLite the one connection is inside of it: what fn calls takes
// the transaction.
func (s *Service) inTx(ctx context.Context, fn func(*sql.Tx) error) (err error) {
	tx, err := s.cfg.DB.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}

// worker does runs.
type worker struct {
	river.WorkerDefaults[args]
	s *Service
}

// Timeout is the schedule's.
func (w *worker) Timeout(job *river.Job[args]) time.Duration {
	return w.s.byName[job.Args.Name].Timeout
}

// Work is one try of a run.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) (err error) {
	sch, ok := w.s.byName[job.Args.Name]
	if !ok {
		return fmt.Errorf("schedule: nobody does %q here", job.Args.Name)
	}
	began := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("schedule %s: panic: %v", sch.Name, p)
		}
		last := err == nil || job.Attempt >= job.MaxAttempts
		if err != nil {
			w.s.log.Error("a scheduled run has failed", "schedule", sch.Name, "attempt", job.Attempt, "last", last, "error", err)
		}
		if w.s.cfg.Observer != nil {
			w.s.cfg.Observer.Ran(sch.Name, time.Since(began), err, last)
		}
	}()
	text, err := sch.Do(ctx)
	if text == "" {
		return err
	}
	if len(text) > maxResult {
		text = strings.ToValidUTF8(text[:maxResult], "")
	}
	return errors.Join(err, river.RecordOutput(ctx, text))
}
