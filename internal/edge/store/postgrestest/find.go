package postgrestest

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldest is the oldest major version that the store supports.
const oldest = 15

// errMissing is the one line for a person without PostgreSQL.
var errMissing = errors.New("PostgreSQL 15 or newer is needed and not found: run scripts/need postgres " +
	"(on Debian and Ubuntu: sudo apt-get install postgresql), or put its bin folder into PATH")

// usual is where packages put what is not in PATH; * is the major version.
var usual = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
}

// findBinaries returns the folder with initdb, pg_ctl and postgres: PATH's, else the newest of the
// usual ones.
func findBinaries() (string, error) {
	var folders []string
	if found, err := exec.LookPath("initdb"); err == nil {
		if target, err := filepath.EvalSymlinks(found); err == nil {
			folders = append(folders, filepath.Dir(target))
		}
	}
	for _, pattern := range usual {
		more, _ := filepath.Glob(pattern) // the patterns are well-formed
		slices.SortFunc(more, func(a, b string) int { return major(b) - major(a) })
		folders = append(folders, more...)
	}
	for _, folder := range folders {
		if complete(folder) {
			return folder, nil
		}
	}
	return "", errMissing
}

// complete reports whether the folder has the programs, and not of a version that is too old.
func complete(folder string) bool {
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	v := major(folder)
	return v == 0 || v >= oldest
}

// major reads the version from a folder's name; 0 if there is none in it.
func major(folder string) int {
	digits := strings.FieldsFunc(folder, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(digits[0]) // digits alone
	return n
}
