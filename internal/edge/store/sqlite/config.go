package sqlite

import (
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Memory is the path of a database that lives in memory and ends with its [DB]. Its readers share
// the writer's connection, so a view waits for the group under way.
const Memory = ":memory:"

const (
	defaultReadConns = 4
	defaultQueue     = 1024
	defaultGroup     = 128
	// busyTimeout bounds the wait for a lock that another process holds for a moment: an audit that
	// recovers the WAL, a backup tool. Inside this process nobody waits for SQLite's locks.
	busyTimeout = 5 * time.Second
	// viewLimit is how long a view may last: an older snapshot keeps the WAL from being reused.
	viewLimit = time.Second
	// cacheKiB is the page cache of one connection.
	cacheKiB = 16 << 10
	// walLimit is the size in bytes that a WAL file is cut back to once its content is checkpointed.
	walLimit = 64 << 20
)

// Config says how to open a database. Only Path is needed.
type Config struct {
	Path      string                // a file, made if missing, or [Memory]
	Clock     func() time.Time      // the moment of each transaction; default time.Now
	Logger    *slog.Logger          // default: nothing is logged
	Metrics   prometheus.Registerer // default: metrics are counted and not exposed
	ReadConns int                   // views at a time; default 4
	Queue     int                   // operations that may wait to write; default 1,024
	Group     int                   // operations in one commit at most; default 128
	OneThread bool                  // the writer keeps to one thread, so that a tracer can count its syncs; halves its rate
	View      time.Duration         // how long a view may last; default a second
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.ReadConns <= 0 {
		c.ReadConns = defaultReadConns
	}
	if c.Queue <= 0 {
		c.Queue = defaultQueue
	}
	if c.View <= 0 {
		c.View = viewLimit
	}
	if c.Group <= 0 {
		c.Group = defaultGroup
	}
	return c
}

// access is what a connection may do.
type access int

const (
	readWrite   access = iota
	queryOnly          // reads beside the writer of this process
	foreignRead        // reads a file that another process may be writing
	copied             // is read into another file, which query_only would not allow
	sideFile           // writes a file of a library's own, see OpenSide
)

// dsn returns the driver's name for a database. The order of its pragmas does not matter: the driver
// runs busy_timeout first.
func dsn(path string, a access) string {
	q := url.Values{}
	pragma := func(name, value string) { q.Add("_pragma", name+"("+value+")") }
	pragma("busy_timeout", strconv.FormatInt(busyTimeout.Milliseconds(), 10))
	pragma("cache_size", strconv.Itoa(-cacheKiB))
	pragma("foreign_keys", "1")
	pragma("synchronous", "FULL")
	pragma("temp_store", "MEMORY")
	pragma("trusted_schema", "0")
	switch a {
	case readWrite:
		q.Set("_txlock", "immediate") // for migrations, which open their own transactions
		pragma("wal_autocheckpoint", "0")
		pragma("journal_size_limit", strconv.Itoa(walLimit))
	case sideFile:
		q.Set("_txlock", "immediate")
		pragma("journal_size_limit", strconv.Itoa(walLimit))
	case queryOnly:
		pragma("query_only", "1")
	case copied:
		q.Set("mode", "ro")
	case foreignRead:
		pragma("query_only", "1")
		q.Set("mode", "ro")
	}
	if path == Memory {
		return Memory + "?" + q.Encode()
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// resolve returns the one absolute name of a file, whichever link it was reached by, so that two
// names of a file are not two locks. The file itself need not exist; its folder must.
func resolve(path string) (string, error) {
	if path == "" {
		return "", fmt.Errorf("sqlite: no path for the database file")
	}
	if path == Memory {
		return path, nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %s: %w", path, err)
	}
	if target, err := filepath.EvalSymlinks(abs); err == nil {
		return target, nil
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", fmt.Errorf("sqlite: %s: its folder cannot be used: %w", path, err)
	}
	return filepath.Join(dir, filepath.Base(abs)), nil
}
