package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// lastCall is how long the parts of a stage have once their grace has ended.
const lastCall = 500 * time.Millisecond

// part is something that moves while the platform runs. It stops when ctx ends; what it has under way
// then may go on until grace ends. An end that nobody asked for ends the platform.
type part struct {
	name string
	run  func(ctx, grace context.Context) error
}

// stage is what starts and stops together.
type stage struct {
	parts    []part
	patience time.Duration // from the request to stop to the end of grace
}

// running is a stage that was started.
type running struct {
	stage
	log   *slog.Logger
	stop  context.CancelFunc
	ended context.CancelFunc // of grace
	done  chan struct{}      // closed when every part has returned
	mu    sync.Mutex         // guards errs
	errs  []error
}

// start runs the stage's parts; alarm is called for each that ends before it was asked to.
func (s stage) start(log *slog.Logger, alarm func(error)) *running {
	ctx, stop := context.WithCancel(context.Background())
	grace, ended := context.WithCancel(context.Background())
	r := &running{stage: s, log: log, stop: stop, ended: ended, done: make(chan struct{})}
	var parts sync.WaitGroup
	for _, p := range s.parts {
		parts.Go(func() {
			err := p.run(ctx, grace)
			switch {
			case ctx.Err() != nil && errors.Is(err, context.Canceled): // asked to stop while it was starting
			case err != nil:
				err = fmt.Errorf("%s: %w", p.name, err)
				r.mu.Lock()
				r.errs = append(r.errs, err)
				r.mu.Unlock()
				alarm(err)
			case ctx.Err() == nil:
				alarm(fmt.Errorf("%s ended by itself", p.name))
			}
		})
	}
	go func() {
		parts.Wait()
		close(r.done)
	}()
	return r
}

// finish asks the stage to stop and waits, but not for ever: a part that does not obey is left behind,
// and the error says so.
func (r *running) finish() error {
	defer r.ended()
	r.stop()
	if !wait(r.done, r.patience) {
		r.log.Warn("what is under way is cut short", "parts", r.names())
		r.ended()
		if !wait(r.done, lastCall) {
			return fmt.Errorf("did not stop within %s: %v", r.patience+lastCall, r.names())
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.errs...)
}

func (r *running) names() []string {
	names := make([]string, len(r.parts))
	for i, p := range r.parts {
		names[i] = p.name
	}
	return names
}

// wait reports whether done is closed within d.
func wait(done <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// runStages starts the stages from the last to the first, waits until ctx ends, failed is closed or a
// part ends by itself, and stops them from the first to the last. The error joins what went wrong.
func runStages(ctx context.Context, log *slog.Logger, stages []stage, failed <-chan struct{}, why error) error {
	early := make(chan error, 1)
	alarm := func(err error) {
		select {
		case early <- err:
		default: // the first one stops everything
		}
	}
	started := make([]*running, len(stages))
	for i := len(stages) - 1; i >= 0; i-- {
		started[i] = stages[i].start(log, alarm)
	}
	var errs []error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case <-failed:
		errs = append(errs, why)
		log.Error("stopping", "error", why)
	case err := <-early:
		log.Error("stopping", "error", err)
		errs = append(errs, err)
	}
	for _, r := range started {
		errs = append(errs, r.finish())
	}
	return distinct(errs)
}

// distinct joins errors, each once: a part's failure is told by the alarm and by its stage.
func distinct(errs []error) error {
	seen := map[string]bool{}
	var once []error
	for _, err := range errs {
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			once = append(once, err)
		}
	}
	return errors.Join(once...)
}
