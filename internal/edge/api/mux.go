package api

import (
	"fmt"
	"net/http"
)

// guardedMux is a mux that takes only the pattern it was told to expect. [Register] tells it; a
// route that is added past Register (by huma's own functions, for instance) panics at start.
type guardedMux struct {
	mux      *http.ServeMux
	expected string // the one pattern that HandleFunc takes next; "" for none
	patterns []string
}

func newGuardedMux() *guardedMux { return &guardedMux{mux: http.NewServeMux()} }

// HandleFunc adds the expected pattern.
func (m *guardedMux) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	if pattern == "" || pattern != m.expected {
		panic(fmt.Sprintf("api: route %q did not come through Register, so it has no policy", pattern))
	}
	m.expected = ""
	m.patterns = append(m.patterns, pattern)
	m.mux.HandleFunc(pattern, handler)
}

// ServeHTTP serves the route, or a problem where net/http would answer 404 or 405 in plain text.
func (m *guardedMux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	plain, pattern := m.mux.Handler(r)
	if pattern != "" {
		m.mux.ServeHTTP(w, r)
		return
	}
	answer := &unwritten{header: http.Header{}}
	plain.ServeHTTP(answer, r)
	code := codeNoRoute
	if answer.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", answer.header.Get("Allow"))
		code = codeMethod
	}
	writeProblem(w, r, errorOf(code))
}

// unwritten takes an answer's status and header and drops its text.
type unwritten struct {
	header http.Header
	status int
}

func (u *unwritten) Header() http.Header         { return u.header }
func (u *unwritten) Write(b []byte) (int, error) { return len(b), nil }
func (u *unwritten) WriteHeader(status int)      { u.status = status }
