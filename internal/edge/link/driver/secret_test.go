package driver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"larder/internal/edge/link/driver"
)

// TestSecret guards I27: a key does not reach logs or texts, alone or within what carries it.
func TestSecret(t *testing.T) {
	t.Parallel()
	key := driver.Secret("canary-canary-canary-canary-cana")
	cabinet := driver.Cabinet{ID: 1, Serial: "LD-0001", Key: key}
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("logged", "key", key, "cabinet", cabinet)
	}
	fmt.Fprintf(&out, "%v %+v %#v %s %v %+v %#v\n", key, key, key, key, cabinet, cabinet, cabinet)
	if err := json.NewEncoder(&out).Encode(cabinet); err != nil {
		t.Fatal(err)
	}
	shown := out.String()
	for _, trace := range []string{"canary", "Y2FuYXJ5", "99 97 110", "0x63, 0x61"} {
		if strings.Contains(shown, trace) {
			t.Errorf("%q shows in:\n%s", trace, shown)
		}
	}
}
