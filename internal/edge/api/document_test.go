package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the committed OpenAPI document")

const committed = "openapi.json"

func TestDocument(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	got, err := r.Document()
	must(t, err)

	// The committed document is what clients generate their types from: it changes on purpose only,
	// and with it the frozen shape of every answer (S11).
	t.Run("is_the_committed_one", func(t *testing.T) {
		t.Parallel()
		if *update {
			must(t, os.WriteFile(committed, got, 0o600))
		}
		want, err := os.ReadFile(committed)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Error("openapi.json is not what the code says: run go generate ./internal/edge/api and read the difference")
		}
	})
	t.Run("is_served", func(t *testing.T) {
		t.Parallel()
		answer := r.ask(t, anonymous, "GET", "/openapi.json", "")
		if ct := answer.Header().Get("Content-Type"); answer.Code != 200 || ct != "application/openapi+json" {
			t.Errorf("served as %d %q", answer.Code, ct)
		}
		var doc struct {
			OpenAPI string                               `json:"openapi"`
			Paths   map[string]map[string]map[string]any `json:"paths"`
		}
		must(t, json.Unmarshal(answer.Body.Bytes(), &doc))
		if doc.OpenAPI != "3.1.0" {
			t.Errorf("the document is of version %q", doc.OpenAPI)
		}
		for _, op := range r.Ops() {
			shown, ok := doc.Paths[op.Path][strings.ToLower(op.Method)]
			if op.ID != "get-document" && (!ok || shown["x-policy"] != op.Policy.String()) {
				t.Errorf("%s is shown with policy %v, want %s", op.ID, shown["x-policy"], op.Policy)
			}
		}
	})
	// Two builds of the same operations give the same bytes, or the test above would fail by chance.
	t.Run("is_the_same_every_time", func(t *testing.T) {
		t.Parallel()
		again, err := newRig(t).Document()
		must(t, err)
		if !bytes.Equal(got, again) {
			t.Error("two documents of the same operations differ")
		}
	})
}
