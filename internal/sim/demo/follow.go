package demo

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

const (
	askEvery  = 200 * time.Millisecond // between two streams, and for the payment of a visit that has ended
	pollEvery = 2 * time.Second        // what the app does beside the stream, in case that is stuck
)

// follower is the app's view of one visit, live. It keeps the newest view only, as the platform does.
type follower struct {
	app *shopper
	id  larder.SessionID

	mu     sync.Mutex // guards newest
	newest visit
	signal chan struct{} // holds one; rouses until
}

// follow reads the live stream until ctx ends; stop it and wait with the function returned.
func follow(ctx context.Context, app *shopper, first visit) (*follower, func()) {
	ctx, cancel := context.WithCancel(ctx)
	f := &follower{app: app, id: first.ID, newest: first, signal: make(chan struct{}, 1)}
	f.signal <- struct{}{}
	var reader sync.WaitGroup
	reader.Go(func() { f.run(ctx) })
	return f, func() { cancel(); reader.Wait() }
}

// run reads one stream after the other. The stream ends with the visit; what becomes of the payment
// afterwards is asked for.
func (f *follower) run(ctx context.Context) {
	again := time.NewTicker(askEvery)
	defer again.Stop()
	for ctx.Err() == nil {
		if f.latest().State != stateEnded {
			_ = f.stream(ctx) // whatever ended it, the next one begins with the newest view
		}
		select {
		case <-ctx.Done():
		case <-again.C:
			f.ask(ctx)
		}
	}
}

// ask reads the visit once. Such a view knows no basket of an open door, so it counts only if it has
// moved on.
func (f *follower) ask(ctx context.Context) {
	if v, err := f.app.visit(ctx, f.id); err == nil && v.Version > f.latest().Version {
		f.show(v)
	}
}

// stream reads server-sent events until the connection ends.
func (f *follower) stream(ctx context.Context) error {
	req, err := f.app.request(ctx, http.MethodGet, "/v1/sessions/"+f.id.String()+"/live", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	answer, err := f.app.client.Do(req)
	if err != nil {
		return fmt.Errorf("follow the visit: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
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
		var v visit
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			return fmt.Errorf("follow the visit: %w", err)
		}
		f.show(v)
	}
	return lines.Err()
}

func (f *follower) show(v visit) {
	f.mu.Lock()
	f.newest = v
	f.mu.Unlock()
	select {
	case f.signal <- struct{}{}:
	default:
	}
}

func (f *follower) latest() visit {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.newest
}

// until returns the first view for which test holds, or [errWaited] with the newest view when the
// time is over.
func (f *follower) until(ctx context.Context, within time.Duration, test func(visit) bool) (visit, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			v := f.latest()
			return v, fmt.Errorf("%w: after %v the visit is %q %q, its payment %q",
				errWaited, within, v.State, v.Outcome, v.Payment.State)
		case <-f.signal:
		case <-poll.C:
			f.ask(ctx)
		}
		if v := f.latest(); test(v) {
			return v, nil
		}
	}
}

var errWaited = errors.New("waited in vain")
