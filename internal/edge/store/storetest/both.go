package storetest

import (
	"flag"
	"fmt"
	"os"
)

// variable names the engines that [Both] runs on, where it is set: sqlite or postgres.
const variable = "LARDER_TEST_DATABASE"

// Runner runs a package's tests once and returns the exit status; [*testing.M] does.
type Runner interface{ Run() int }

// Both runs a package's tests twice, on SQLite and then on PostgreSQL, for TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Both(m).Run()) }
//
// Short tests, benchmarks and fuzzing run on SQLite alone; LARDER_TEST_DATABASE names one engine to run
// on. Without a PostgreSQL to be had the second run fails in one line that says how to get it.
func Both(m Runner) Runner { return both{m} }

type both struct{ m Runner }

// Run implements [Runner]: the first status that is not 0 counts.
func (b both) Run() int {
	flag.Parse() //nolint:revive // TestMain is the main that calls this
	status := 0
	for _, e := range asked() {
		if err := e.prepare(); err != nil {
			fmt.Fprintf(os.Stderr, "storetest: no tests on %s: %v\n", e.name, err)
			return 1
		}
		current = e
		if code := b.m.Run(); code != 0 {
			fmt.Fprintf(os.Stderr, "storetest: these were the tests on %s\n", e.name)
			status = max(status, code)
		}
	}
	return status
}

// asked returns the engines to run on.
func asked() []*engine {
	switch os.Getenv(variable) {
	case onSQLite.name:
		return []*engine{onSQLite}
	case onPostgres.name:
		return []*engine{onPostgres}
	}
	for _, name := range []string{"test.short", "test.bench", "test.fuzz", "test.fuzzworker", "test.list"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != f.DefValue {
			return []*engine{onSQLite}
		}
	}
	return []*engine{onSQLite, onPostgres}
}
