package postgres_test

import (
	"strings"
	"testing"

	"larder/internal/edge/store/postgres"
)

// I27: what people read of a URL holds no password, wherever somebody put it.
func TestRedact(t *testing.T) {
	t.Parallel()
	const canary = "canary-pass-52f1"
	for _, text := range []string{
		"postgres://user:" + canary + "@host/db", "postgres://user:123/" + canary + "@host/db", "postgres://user:#" + canary + "@host/db",
		"postgres://user@host/db?password=" + canary, "postgres://user@host/db?sslpassword=" + canary, "postgres://user:%zz" + canary + "@host/db",
	} {
		if got := postgres.Redact(text); strings.Contains(got, canary) || !strings.HasPrefix(got, "postgres://") {
			t.Errorf("%s shows as %s", text, got)
		}
	}
}
