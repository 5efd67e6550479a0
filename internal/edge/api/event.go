package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// followEvents follows a session as server-sent events.
func (a *API) followEvents(ctx context.Context, in *SessionPath) (*huma.StreamResponse, error) {
	id, err := in.session()
	if err != nil {
		return nil, err
	}
	s, err := a.openStream(ctx, id)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := unwrap(hc)
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // proxies hold events back otherwise
		open := a.metrics.streams.WithLabelValues(note(ctx).op)
		open.Inc()
		defer open.Dec()
		events := &eventWriter{w: w, control: http.NewResponseController(w)}
		_ = events.control.SetReadDeadline(time.Time{}) // the server's would end the stream
		a.ended(r.Context(), s.run(r.Context(), events))
	}}, nil
}

// ended notes how a stream ended: a client that left is no trouble.
func (a *API) ended(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		noteError(ctx, err)
	}
}

// eventWriter writes server-sent events, each flushed: what waits in a buffer is not live.
type eventWriter struct {
	w       io.Writer
	control *http.ResponseController
}

// view sends an event named session; its id is the version.
func (e *eventWriter) view(ctx context.Context, version int64, encoded []byte) error {
	return e.write(ctx, "event: session\nid: "+strconv.FormatInt(version, 10)+"\ndata: "+string(encoded)+"\n\n")
}

// beat sends a comment, which clients skip.
func (e *eventWriter) beat(ctx context.Context) error { return e.write(ctx, ": alive\n\n") }

func (e *eventWriter) write(ctx context.Context, text string) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(pushTime)
	}
	if err := e.control.SetWriteDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("api: event: %w", err)
	}
	if _, err := io.WriteString(e.w, text); err != nil {
		return fmt.Errorf("api: event: %w", err)
	}
	if err := e.control.Flush(); err != nil {
		return fmt.Errorf("api: event: %w", err)
	}
	return nil
}
