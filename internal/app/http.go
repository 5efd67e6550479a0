package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"larder/internal/edge/api"
	"larder/internal/edge/obs"
)

// front is the HTTP listener with everything that it serves.
type front struct {
	listener net.Listener
	server   *http.Server
}

// pages puts the pages together: the API, health and metrics, and root for every other path; a nil
// root leaves those to the API, which has none of them.
func pages(a *api.API, health *obs.Health, metrics, root http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", health.Live)
	mux.HandleFunc("GET /readyz", health.Ready)
	mux.Handle("GET /metrics", metrics)
	mux.Handle("/v1/", a)
	mux.Handle("/openapi.json", a)
	if root == nil {
		root = a
	}
	mux.Handle("/", root)
	return mux
}

// listen opens the address for at most so many connections at a time.
func listen(ctx context.Context, address string, most int) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP on %s: %w", address, err)
	}
	return newBounded(l, most), nil
}

// run serves until ctx ends. Streams end at once then; other requests may finish until grace ends.
func (f *front) run(ctx, grace context.Context) error {
	f.server.BaseContext = func(net.Listener) context.Context { return grace }
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		err := f.server.Shutdown(grace)
		if err != nil {
			err = f.server.Close()
		}
		stopped <- err
	}()
	if err := f.server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return <-stopped
}
