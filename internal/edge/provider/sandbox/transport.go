package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Transport returns a carrier of requests to this sandbox without a socket, so that it works in a
// testing/synctest bubble, where real connections would stop the clock. What would close the
// connection is io.ErrUnexpectedEOF.
func (s *Server) Transport() http.RoundTripper { return inProcess{s} }

type inProcess struct{ handler http.Handler }

// RoundTrip serves req in a goroutine of its own and waits for the answer or for the end of the
// request's context, whichever is first.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	body := []byte(nil)
	if req.Body != nil {
		read, err := io.ReadAll(req.Body)
		_ = req.Body.Close() // it was read whole
		if err != nil {
			return nil, err
		}
		body = read
	}
	in := req.Clone(req.Context())
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	in.RequestURI, in.RemoteAddr, in.Host = req.URL.RequestURI(), "127.0.0.1:0", "127.0.0.1"

	answered := make(chan *answer, 1)
	go func() {
		a := &answer{header: http.Header{}, status: http.StatusOK}
		defer func() {
			switch broken := recover(); broken {
			case nil:
			case http.ErrAbortHandler:
				a.err = io.ErrUnexpectedEOF
			default:
				a.err = fmt.Errorf("sandbox: the handler panicked: %v", broken)
			}
			answered <- a
		}()
		t.handler.ServeHTTP(a, in)
	}()
	select {
	case a := <-answered:
		return a.response(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// answer collects what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	err    error // instead of an answer
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements [http.ResponseWriter].
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *answer) response(req *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{
		Status:        strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.header,
		Body:          io.NopCloser(&a.body),
		ContentLength: int64(a.body.Len()),
		Request:       req,
	}, nil
}
