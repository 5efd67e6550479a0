package stand

import (
	"testing"

	"larder/internal/edge/store/postgrestest"
)

// EachDatabase runs a test on a file and on a server of its own, at the same time. What it is given are
// the settings to use the database by, for [Options]: none for a file, whose place the test chooses, else
// "db" is the URL of one that is empty.
func EachDatabase(t *testing.T, test func(t *testing.T, settings map[string]string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, nil)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, map[string]string{"db": postgrestest.Start(t).Create(t)})
	})
}
