package store_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/sqlite"
)

// scanned are the tables that a query may read from end to end, by the query's name, with the reason.
var scanned = map[string]string{
	"CabinetsOfOrg": "lists what an organization has",
	"ProductsOfOrg": "lists what an organization has",
	"CountEffects":  "an operator's overview, not a purchase's",
	"DueEffects":    "reads from end to end what is overdue alone, which it finds by its index",
}

var (
	queryForm = regexp.MustCompile(`(?s)-- name: (\w+) :\w+\n(.*?);`)
	embedForm = regexp.MustCompile(`sqlc\.embed\((\w+)\)`)
	namedForm = regexp.MustCompile(`sqlc\.n?arg\(\w+\)|@\w+`)
	valueForm = regexp.MustCompile(`\$(\d+)`)
	tableForm = regexp.MustCompile(`^SCAN [^0-9]`) // SCAN 2-ROW VALUES CLAUSE reads no table
)

// TestQueries_scan guards that what a purchase costs does not grow with the purchases before it: every
// query finds its rows by an index.
func TestQueries_scan(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: sqlite.Memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(t.Context(), migrations.SQLite()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("query/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no queries: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range queryForm.FindAllStringSubmatch(string(text), -1) {
			for _, step := range planOf(t, db, q[2]) {
				if tableForm.MatchString(step) && !strings.Contains(step, " USING ") && scanned[q[1]] == "" {
					t.Errorf("%s %s: %s", file, q[1], step)
				}
			}
		}
	}
}

// planOf returns the steps by which the database would run a query.
func planOf(t *testing.T, db *sqlite.DB, query string) (steps []string) {
	t.Helper()
	query = namedForm.ReplaceAllString(embedForm.ReplaceAllString(query, "$1.*"), "NULL")
	values := map[string]bool{}
	for _, v := range valueForm.FindAllStringSubmatch(query, -1) {
		values[v[1]] = true
	}
	err := db.View(t.Context(), func(tx larder.Tx) error {
		rows, err := store.From(tx).QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, make([]any, len(values))...) //nolint:usetesting // a view has a context of its own
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%v:\n%s", err, query)
	}
	return steps
}
