package api_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/api"
)

// Every code of the dictionary has a status and a sentence in both languages: a new code without
// them would come out as a mistake of ours.
func TestProblem_knows_every_code(t *testing.T) {
	t.Parallel()
	codes := dictionaryCodes(t)
	if len(codes) < 20 {
		t.Fatalf("found %d codes in the dictionary", len(codes))
	}
	for _, code := range codes {
		if status, ok := api.StatusOf(code); !ok || status < 400 {
			t.Errorf("%s has status %d", code, status)
		}
		if zh, en := api.TitleOf(code); zh == "" || en == "" {
			t.Errorf("%s has the titles %q and %q", code, zh, en)
		}
	}
}

// dictionaryCodes reads the constants of type Code out of error.go.
func dictionaryCodes(t *testing.T) (codes []larder.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../../error.go", nil, 0)
	must(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			must(t, err)
			codes = append(codes, larder.Code(text))
		}
		return true
	})
	return codes
}

func TestProblem_language(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for accept, want := range map[string]string{
		"":                         "请先登录",
		"en":                       "Please sign in",
		"en-GB,en;q=0.9,zh;q=0.8":  "Please sign in",
		"zh-CN,zh;q=0.9,en;q=0.8":  "请先登录",
		"en;q=0.2, zh-Hant;q=0.7":  "请先登录",
		"fr, de;q=0.9, en;q=0.1":   "Please sign in",
		"en;q=0":                   "请先登录",
		"en;q=nonsense, zh;q=0.01": "请先登录",
	} {
		p := refused(t, r.ask(t, anonymous, "GET", "/v1/sessions", "", "Accept-Language", accept), 401, larder.CodeUnauthorized)
		if p.Title != want {
			t.Errorf("Accept-Language %q: %q, want %q", accept, p.Title, want)
		}
	}
}

// What net/http would answer in plain text is a problem like any other.
func TestProblem_of_the_mux(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	refused(t, r.ask(t, ownCustomer, "GET", "/v1/nothing", ""), 404, "no_such_route")
	refused(t, r.ask(t, ownCustomer, "GET", "/v1/sessions/1/2/3", ""), 404, "no_such_route")
	answer := r.ask(t, ownCustomer, "DELETE", "/v1/sessions", "")
	refused(t, answer, 405, "method_not_allowed")
	if allow := answer.Header().Get("Allow"); !strings.Contains(allow, "POST") || !strings.Contains(allow, "GET") {
		t.Errorf("Allow is %q", allow)
	}
}

// A panic is ours: it is logged and counted, the client learns nothing of it, and the next request
// is served.
func TestProblem_of_a_panic(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	api.Register(r.API, api.Anonymous(), api.Op{ID: "fall", Method: "GET", Path: "/fall", Tag: "t", Summary: "Fall"},
		func(context.Context, *struct{}) (*nothing, error) { panic("canary-in-a-panic") })
	answer := r.ask(t, anonymous, "GET", "/fall", "")
	refused(t, answer, 500, larder.CodeInternal)
	if strings.Contains(answer.Body.String(), "canary") {
		t.Errorf("the client was told %s", answer.Body)
	}
	if log := r.log.String(); !strings.Contains(log, "canary-in-a-panic") || !strings.Contains(log, "fall") {
		t.Errorf("the log says %s", log)
	}
	if n := r.count(t, "larder_api_panics_total"); n != 1 {
		t.Errorf("counted %v panics", n)
	}
	if again := r.ask(t, anonymous, "GET", "/openapi.json", ""); again.Code != 200 {
		t.Errorf("afterwards: %d", again.Code)
	}
}

// Whatever goes wrong inside stays inside: the log has it, the client has a code.
func TestProblem_of_a_mistake_of_ours(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	api.Register(r.API, api.Anonymous(), api.Op{ID: "err", Method: "GET", Path: "/err", Tag: "t", Summary: "Err"},
		func(context.Context, *struct{}) (*nothing, error) {
			return nil, &larder.Error{Code: larder.CodeInternal, Params: map[string]any{"table": "canary-table"}, Err: errors.New("canary-cause")}
		})
	answer := r.ask(t, anonymous, "GET", "/err", "")
	if p := refused(t, answer, 500, larder.CodeInternal); len(p.Params) != 0 || strings.Contains(answer.Body.String(), "canary") {
		t.Errorf("the client was told %s", answer.Body)
	}
	if !strings.Contains(r.log.String(), "canary-cause") {
		t.Errorf("the log says %s", r.log)
	}
}

// A client that went away is neither our mistake nor anybody's.
func TestProblem_of_a_client_that_left(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	api.Register(r.API, api.Anonymous(), api.Op{ID: "wait", Method: "GET", Path: "/wait", Tag: "t", Summary: "Wait"},
		func(ctx context.Context, _ *struct{}) (*nothing, error) { <-ctx.Done(); return nil, ctx.Err() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := r.request(t, anonymous, "GET", "/wait", "").WithContext(ctx)
	answer := newRecorder()
	r.ServeHTTP(answer, req)
	if answer.Code != 499 {
		t.Errorf("noted as %d", answer.Code)
	}
	if strings.Contains(r.log.String(), `"level":"ERROR"`) {
		t.Errorf("logged as an error: %s", r.log)
	}
}

// Every answer says that it is nobody's to keep, to frame or to guess about.
func TestAnswer_headers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	answer := r.ask(t, anonymous, "GET", "/openapi.json", "")
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	refusal := r.ask(t, anonymous, "GET", "/v1/sessions", "")
	if got := refusal.Header().Get("WWW-Authenticate"); refusal.Code != http.StatusUnauthorized || got != "Bearer" {
		t.Errorf("WWW-Authenticate is %q", got)
	}
}

// failing takes the status and then breaks, as a connection does.
type failing struct{ *httptest.ResponseRecorder }

func (failing) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// An answer that could not be written to its end is cut off, and no mistake of ours.
func TestAnswer_that_is_cut_off(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // the very value that net/http looks for
			t.Errorf("ended with %v", p)
		}
		if n := r.count(t, "larder_api_panics_total"); n != 0 || strings.Contains(r.log.String(), "ERROR") {
			t.Errorf("counted %v panics; the log: %s", n, r.log)
		}
	}()
	r.ServeHTTP(failing{newRecorder()}, r.request(t, ownCustomer, "GET", "/v1/sessions", ""))
}

// A handler that takes too long ends as load that we shed, and says so.
func TestProblem_of_a_slow_handler(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		api.Register(r.API, api.Anonymous(), api.Op{ID: "wait", Method: "GET", Path: "/wait", Tag: "t", Summary: "Wait"},
			func(ctx context.Context, _ *struct{}) (*nothing, error) { <-ctx.Done(); return nil, ctx.Err() })
		refused(t, r.ask(t, anonymous, "GET", "/wait", ""), 503, larder.CodeOverload)
	})
}
