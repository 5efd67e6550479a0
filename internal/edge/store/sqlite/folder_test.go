package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/sqlite"
)

// D6: a file that cannot be read where it lies, on a read-only file system for instance, is not told to be
// damaged, and its reader learns what is missing. A link into nowhere in the place of
// the -shm file keeps every user from making it, the superuser too.
func TestReader_in_a_folder_that_is_not_writable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "larder.db")
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	must(t, err)
	_, err = db.Migrate(t.Context(), migrations.SQLite())
	must(t, err)
	must(t, db.Close())
	must(t, os.Symlink(filepath.Join(t.TempDir(), "none", "at", "all"), path+"-shm"))
	_, view := sqlite.OpenReadOnly(t.Context(), sqlite.Config{Path: path})
	for name, err := range map[string]error{"view": view, "pages": sqlite.CheckFile(t.Context(), path)} {
		if err == nil || !strings.Contains(err.Error(), "folder writable also for who only reads") || strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
