package demo_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
)

// serve asks the demo's handler as the browser on this machine would.
func serve(t *testing.T, p *fakePlatform, method, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	p.world.Handler().ServeHTTP(w, r)
	return w
}

// BY15: one plain page at "/", which loads nothing from elsewhere and runs nothing that
// stands in its markup.
func TestPage(t *testing.T) {
	t.Parallel()
	p := newFake(t, 1)
	t.Run("is served with headers that forbid everything else", func(t *testing.T) {
		t.Parallel()
		for path, kind := range map[string]string{
			"/": "text/html; charset=utf-8", "/demo/page/style.css": "text/css; charset=utf-8",
			"/demo/page/main.js": "text/javascript; charset=utf-8", "/demo/page/icon.svg": "image/svg+xml",
		} {
			r := serve(t, p, http.MethodGet, path, "", nil)
			h := r.Header()
			if r.Code != http.StatusOK || h.Get("Content-Type") != kind || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d %v", path, r.Code, h)
			}
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
				t.Errorf("%s: policy %q", path, policy)
			}
			again := serve(t, p, http.MethodGet, path, "", func(r *http.Request) { r.Header.Set("If-None-Match", h.Get("ETag")) })
			if again.Code != http.StatusNotModified {
				t.Errorf("%s, known already: %d", path, again.Code)
			}
		}
	})
	t.Run("is all that there is", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/other", "/demo/page/", "/demo/page/none.js", "/demo/page/..%2fpage.go"} {
			if r := serve(t, p, http.MethodGet, path, "", nil); r.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, r.Code)
			}
		}
	})
	t.Run("refers to its own files only", func(t *testing.T) {
		t.Parallel()
		foreign := regexp.MustCompile(`(?i)https?://|//cdn|<style|style="|onclick="|<script>`)
		files, err := filepath.Glob("page/*")
		if err != nil || len(files) < 8 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, f := range files {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			found := foreign.FindString(strings.ReplaceAll(string(body), "http://www.w3.org/2000/svg", ""))
			if found != "" {
				t.Errorf("%s: %s", f, found)
			}
		}
	})
}

// Both languages have every word, and every refusal that a shopper or a hand can meet has a sentence.
func TestPage_texts(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("page/text.js")
	if err != nil {
		t.Fatal(err)
	}
	keys := func(name string) (found []string) {
		_, rest, _ := strings.Cut(string(source), "const "+name+" = {")
		block, _, _ := strings.Cut(rest, "\n};")
		for _, m := range regexp.MustCompile(`(?m)^ {2}(\w+): '`).FindAllStringSubmatch(block, -1) {
			found = append(found, m[1])
		}
		return found
	}
	zh, en := keys("zh"), keys("en")
	if d := cmp.Diff(zh, en); d != "" || len(zh) < 100 {
		t.Errorf("the languages differ (%d keys):\n%s", len(zh), d)
	}
	codes := []larder.Code{
		larder.CodeInvalid, larder.CodeUnauthorized, larder.CodeForbidden, larder.CodeNotFound, larder.CodeConflict, larder.CodeReused,
		larder.CodeLimited, larder.CodeDoorTaken, larder.CodeOffline, larder.CodeNotSellable, larder.CodeDebt, larder.CodeOpenElsewhere,
		larder.CodeProvider, larder.CodeOverload, larder.CodeInternal, larder.CodeNotCancelable, larder.CodeTooLarge, larder.CodeUnsupported,
		"locked", "jammed", "is_open", "is_shut", "not_enough", "not_out",
	}
	for _, code := range codes {
		if !slices.Contains(zh, "problem_"+string(code)) {
			t.Errorf("nothing is said about %s", code)
		}
	}
	scripts, _ := filepath.Glob("page/*.js")
	used := regexp.MustCompile(`\bt\('(\w+)'[,)]`)
	for _, f := range scripts {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(body), -1) {
			if !slices.Contains(zh, m[1]) {
				t.Errorf("%s says %s, which has no text", f, m[1])
			}
		}
	}
}
