package floorplan

import (
	"path"
	"strings"
)

// Library is somebody else's module and where it may be used. A dependency that has no row here
// needs one, and an ADR (docs/decisions) that says what it does, who keeps it and what it weighs.
type Library struct {
	Path  string   // import path of the module; covers the packages below it
	Rooms []string // rooms whose production code may import it
	Why   string
}

// Libraries is the table of other people's code. None of it is for the dictionary or the rules.
var Libraries = []Library{
	{"github.com/danielgtaylor/huma/v2", []string{"internal/edge/api"}, "routes exist only behind api.Register, which asks for a policy"},
	{"github.com/coder/websocket", []string{"internal/edge/api", "internal/sim"}, "the live basket, and the simulated phone that follows it"},
	{"modernc.org/sqlite", []string{"internal/edge/store"}, "one writer, one place that knows the driver and its error codes"},
	{"github.com/jackc/pgx/v5", []string{"internal/edge/store"}, "the server's driver and its error codes are known where SQLite's are"},
	{"github.com/pressly/goose/v3", []string{"internal/edge/store"}, "migrations are the store's"},
	{"github.com/riverqueue/river", []string{"internal/edge/schedule"}, "nobody else sees River (docs/decisions/0015): it is experimental on SQLite"},
	{"github.com/robfig/cron/v3", []string{"internal/edge/schedule"}, "times of day are the schedules' business"},
	{"github.com/wechatpay-apiv3/wechatpay-go", []string{"internal/edge/provider"}, "a provider's SDK stays inside its adapter"},
	{"google.golang.org/protobuf", []string{"internal/edge/link", "internal/sim"}, "bodies of the native protocol, for gateways and for the cabinets that are not real; nobody else knows a wire"},
	{"github.com/prometheus/client_golang", []string{"internal/edge", "internal/run", "internal/app", "internal/sim"}, "metrics are built by constructors of what moves; rules have observer ports"},
	{"github.com/alecthomas/kong", []string{"internal/app"}, "command line and settings are read once, where everything is wired"},
	{"github.com/alexedwards/argon2id", []string{"internal/edge", "internal/app"}, "hashing a password is slow on purpose: not inside a rule or a transaction"},
	{"golang.org/x/crypto", []string{"internal/edge", "internal/app"}, "secrets are handled at the edge"},
	{"golang.org/x/sync", []string{"internal/edge", "internal/run", "internal/app", "internal/sim"}, "groups of goroutines belong to what moves"},
	{"golang.org/x/sys", []string{"internal/edge/obs", "internal/app"}, "what the machine says about the process"},
}

// testLibraries are for tests and for conformance kits (packages under internal/edge named …test).
var testLibraries = []string{"github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak"}

// libraryOf returns the row of the import path.
func libraryOf(importPath string) (Library, bool) {
	for _, lib := range Libraries {
		if under(importPath, lib.Path) {
			return lib, true
		}
	}
	return Library{}, false
}

// isTestLibrary reports whether the import path is for tests only.
func isTestLibrary(importPath string) bool { return reaches(testLibraries, importPath) }

// isKit reports whether the folder holds code that only tests import.
func isKit(dir string) bool {
	return under(dir, "test") || under(dir, "internal/edge") && strings.HasSuffix(path.Base(dir), "test")
}

// isStandard reports whether the import path is of the standard library: its first element has no dot.
func isStandard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".") && first != Module
}
