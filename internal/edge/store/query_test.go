package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlc"
	"larder/internal/edge/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Both(m).Run()) }

var errUndo = errors.New("undo")

// TestQueries_run guards ADR 0006: whatever is written once runs on both databases. Every generated query
// is run with values of nothing, which shows that the text is understood and every value has a type; what
// the queries mean is the rooms' tests, which run on both as well.
func TestQueries_run(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, nil)
	written := writtenQueries(t)
	queries := reflect.TypeFor[*sqlc.Queries]()
	for i := range queries.NumMethod() {
		m := queries.Method(i)
		if m.Name == "WithTx" {
			continue
		}
		if !written[m.Name] {
			t.Errorf("%s is generated and not written: generate again", m.Name)
		}
		delete(written, m.Name)
		err := db.Update(t.Context(), func(tx larder.Tx) error {
			if err := call(m, sqlc.New(store.From(tx))); err != nil {
				return err
			}
			return errUndo
		})
		// No row, and a row that the schema refuses, are answers.
		if !errors.Is(err, errUndo) && !errors.Is(err, sql.ErrNoRows) && store.ConstraintOf(err) == "" {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
	for name := range written {
		t.Errorf("%s is written and not generated: generate again", name)
	}
}

// call runs one query with zero values for all that it asks for.
func call(m reflect.Method, q *sqlc.Queries) error {
	args := []reflect.Value{reflect.ValueOf(q), reflect.ValueOf(context.Background())}
	for i := len(args); i < m.Type.NumIn(); i++ {
		args = append(args, reflect.Zero(m.Type.In(i)))
	}
	out := m.Func.Call(args)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// writtenQueries returns the names in the files that are generated from.
func writtenQueries(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("query/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no queries: %v", err)
	}
	names := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range queryForm.FindAllStringSubmatch(string(text), -1) {
			names[q[1]] = true
		}
	}
	return names
}
