package phone

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"larder"
)

// ErrWaited says that what was waited for did not come in its time.
var ErrWaited = errors.New("waited in vain")

// Follower is the app's view of one visit, live. It keeps the newest view only, as the platform does.
type Follower struct {
	app *App
	id  larder.SessionID

	mu     sync.Mutex // guards newest
	newest Visit
	signal chan struct{} // holds one; rouses Until
}

// Follow reads the live stream of a visit until ctx ends or the function returned is called, which
// waits for the reader.
func (a *App) Follow(ctx context.Context, first Visit) (*Follower, func()) {
	ctx, cancel := context.WithCancel(ctx)
	f := &Follower{app: a, id: first.ID, newest: first, signal: make(chan struct{}, 1)}
	f.signal <- struct{}{}
	var reader sync.WaitGroup
	reader.Go(func() { f.run(ctx) })
	return f, func() { cancel(); reader.Wait() }
}

// run reads one stream after the other. The stream ends with the visit; what becomes of the payment
// afterwards is asked for, until that has ended, too.
func (f *Follower) run(ctx context.Context) {
	again := time.NewTicker(retryEvery)
	defer again.Stop()
	for ctx.Err() == nil && !f.Latest().Settled() {
		if f.Latest().State != StateEnded {
			_ = f.stream(ctx) // whatever ended it, the next one begins with the newest view
			if f.Latest().State == StateEnded {
				again.Reset(retryEvery) // the provider has hardly been asked yet
			}
		}
		select {
		case <-ctx.Done():
		case <-again.C:
			f.ask(ctx)
		}
	}
}

// ask reads the visit once, between two streams.
func (f *Follower) ask(ctx context.Context) {
	if v, err := f.app.Visit(ctx, f.id); err == nil {
		f.show(v)
	}
}

// stream reads server-sent events until the connection ends.
func (f *Follower) stream(ctx context.Context) error {
	req, err := f.app.request(ctx, http.MethodGet, "/v1/sessions/"+f.id.String()+"/live", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	answer, err := f.app.Client.Do(req)
	if err != nil {
		return fmt.Errorf("follow the visit: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return &RefusedError{Request: "GET " + req.URL.Path, Status: answer.StatusCode}
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, maxAnswer)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue // the event's name, its id, a heartbeat
		}
		var v Visit
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			return fmt.Errorf("follow the visit: %w", err)
		}
		f.show(v)
	}
	return lines.Err()
}

func (f *Follower) show(v Visit) {
	f.mu.Lock()
	if v.Version >= f.newest.Version {
		f.newest = v
	}
	f.mu.Unlock()
	select {
	case f.signal <- struct{}{}:
	default:
	}
}

// Latest is the newest view that has come.
func (f *Follower) Latest() Visit {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.newest
}

// Until returns the first view for which test holds; the error is [ErrWaited], with the newest view,
// when ctx has ended.
func (f *Follower) Until(ctx context.Context, test func(Visit) bool) (Visit, error) {
	for {
		select {
		case <-ctx.Done():
			v := f.Latest()
			return v, fmt.Errorf("%w: visit %s is %q %q, its payment %q: %w",
				ErrWaited, v.ID, v.State, v.Outcome, v.Payment.State, context.Cause(ctx))
		case <-f.signal:
		}
		if v := f.Latest(); test(v) {
			f.poke()
			return v, nil
		}
	}
}

// poke keeps the signal for the next Until: what it waits for may have come already.
func (f *Follower) poke() {
	select {
	case f.signal <- struct{}{}:
	default:
	}
}

// final reports whether asking again would change nothing.
func final(err error) bool {
	refusal, ok := errors.AsType[*RefusedError](err)
	return ok && !refusal.temporary()
}
