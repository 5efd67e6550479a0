package postgrestest

import (
	"strings"
	"testing"
)

// The newest version counts, and one that is too old is none.
func TestMajor(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]int{
		"/usr/lib/postgresql/15/bin": 15, "/usr/pgsql-17/bin": 17, "/usr/local/bin": 0,
	} {
		if got := major(folder); got != want {
			t.Errorf("%s is version %d, want %d", folder, got, want)
		}
	}
}

// Who has no PostgreSQL reads in one line how to get it.
func TestErrMissing(t *testing.T) {
	t.Parallel()
	if text := errMissing.Error(); strings.Contains(text, "\n") || !strings.Contains(text, "apt-get install postgresql") {
		t.Errorf("%q", text)
	}
}
