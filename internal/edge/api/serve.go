package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"larder"
)

const (
	headerTime = 5 * time.Second  // to read a request's header
	bodyTime   = 5 * time.Second  // to read a request's body
	readTime   = 15 * time.Second // to read all of a request; streams lift it
	writeTime  = 30 * time.Second // from a request's header to its answer's end; streams lift it
	idleTime   = 2 * time.Minute  // between requests of a connection
	maxHeader  = 16 << 10         // bytes
	maxAnyBody = maxCallback + 1  // bytes, for operations that read no body and for all others as a last bound
)

// NewServer returns a server for the API and what is mounted beside it, with the time-outs that the
// API counts on (S16): streams lift the ones that would cut them, and end when the server shuts down.
func (a *API) NewServer(handler http.Handler) *http.Server {
	s := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	s.RegisterOnShutdown(a.EndStreams)
	return s
}

// ServeHTTP serves one request and writes it down: a line in the log, a place in the histogram.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	n := &requestNote{
		actor: larder.Actor{Kind: larder.ActorAnonymous},
		asker: askerOf(r, a.deps.Proxies), lang: languageOf(r.Header),
	}
	r = r.WithContext(withNote(r.Context(), n))
	r.Body = http.MaxBytesReader(w, r.Body, maxAnyBody)
	answer := &answerWriter{ResponseWriter: w}
	defer func() {
		took := time.Since(start)
		a.metrics.served(n, answer.code(), took)
		a.logRequest(r, n, answer.code(), took)
	}()
	defer a.recoverPanic(answer, r)
	setCommonHeaders(w.Header())
	if err := a.origins.Check(r); err != nil {
		writeProblem(answer, r, larder.Wrap(codeOrigin, err))
		return
	}
	a.mux.ServeHTTP(answer, r)
}

// setCommonHeaders says what holds for every answer: it is what its type says, is kept by nobody,
// and belongs into no frame.
func setCommonHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
}

// recoverPanic turns a panic into a 500, if there is still time to say so. Where the answer is half
// out the connection is cut, so that the client does not take it for whole.
func (a *API) recoverPanic(w *answerWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	n := note(r.Context())
	if err := cutOff(p, w.status); err != nil {
		noteError(r.Context(), larder.Wrap(codeGone, err))
		panic(http.ErrAbortHandler)
	}
	a.metrics.panics.Inc()
	a.log.LogAttrs(r.Context(), slog.LevelError, "handler panicked",
		slog.String(keyOp, n.op), slog.Any(keyPanic, p), slog.String(keyStack, string(debug.Stack())))
	err := fmt.Errorf("panic: %v", p)
	if w.status == 0 {
		writeProblem(w, r, err)
		return
	}
	noteError(r.Context(), err)
	panic(http.ErrAbortHandler)
}

// cutOff returns the error of a panic by which huma says that an answer could not be written to its
// end: the client is gone, and nobody made a mistake. It is nil for any other panic.
func cutOff(p any, status int) error {
	err, isError := p.(error)
	if !isError || status == 0 {
		return nil
	}
	if _, mistake := errors.AsType[runtime.Error](err); mistake {
		return nil
	}
	return err
}

// logRequest writes the request's line. The path is left out: a door's token is a secret.
func (a *API) logRequest(r *http.Request, n *requestNote, status int, took time.Duration) {
	attrs := []slog.Attr{
		slog.String(keyOp, n.op), slog.Int(keyStatus, status),
		slog.Int64(keyMillis, took.Milliseconds()), slog.String(keyActor, string(n.actor.Kind)),
	}
	level := slog.LevelInfo
	if n.code != "" {
		attrs = append(attrs, slog.String(keyCode, string(n.code)))
	}
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if n.err != nil {
		attrs = append(attrs, slog.Any(keyError, n.err))
	}
	a.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// answerWriter remembers the status. http.ResponseController reaches the writer below by Unwrap.
type answerWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the first final status.
func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the answer, with 200 if nothing was said before.
func (w *answerWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap returns the writer below.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// code is the status that went out; 200 where the handler said nothing.
func (w *answerWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
