package postgres

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	defaultConns     = 8
	defaultReadConns = 4
	defaultQueue     = 1024

	// writeLimit bounds an operation's transaction as seen from here: a server that has gone silent.
	writeLimit = 30 * time.Second
	// viewLimit is how long a view may last: an older snapshot keeps dead rows from being removed.
	viewLimit = time.Second
	// The server's bounds of one statement, of a wait for a lock, and of a transaction whose process
	// does nothing. Shorter than writeLimit, so that the server's answer comes first.
	statementTimeout = 10 * time.Second
	lockTimeout      = 5 * time.Second
	idleTimeout      = 20 * time.Second
	// connectTimeout bounds one dial and its greeting.
	connectTimeout = 5 * time.Second
	// statements is how many prepared texts a connection keeps; the rooms' are constants, a few hundred.
	statements = 1024
)

// Config says how to reach a database. Only URL is needed.
type Config struct {
	// URL is postgres://user:password@host:port/database?sslmode=verify-full, or with a folder as
	// host=… for a Unix socket. libpq's variables and its password file count for what it leaves out.
	URL       string
	Clock     func() time.Time      // the moment of each transaction; default time.Now
	Logger    *slog.Logger          // default: nothing is logged
	Metrics   prometheus.Registerer // default: metrics are counted and not exposed
	Conns     int                   // operations at a time; default 8
	ReadConns int                   // views at a time; default 4
	Queue     int                   // operations that may wait for a connection; default 1,024
	View      time.Duration         // how long a view may last, less than 10 s; default a second
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Conns <= 0 {
		c.Conns = defaultConns
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
	return c
}

// IsURL reports whether a setting names a database of this engine rather than a file.
func IsURL(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// Redact returns the URL for people: without its passwords. Of one whose password holds a slash, so
// that what is behind it seems to be the path, nothing is left.
func Redact(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil && strings.Contains(text, "@") {
		return "postgres://…"
	}
	for _, key := range []string{"password", "sslpassword"} {
		if q := u.Query(); q.Has(key) {
			q.Set(key, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}

// CheckURL says what is wrong with a URL, without telling its password.
func CheckURL(text string) error {
	_, err := parse(text)
	return err
}

// parse reads the URL. The error of net/url quotes it with the password, so it is not passed on.
func parse(text string) (*pgx.ConnConfig, error) {
	if !IsURL(text) {
		return nil, errors.New("is not postgres://USER@HOST/DATABASE")
	}
	if _, err := url.Parse(text); err != nil {
		return nil, errors.New("cannot be read as a URL: a password with special characters is percent-encoded")
	}
	c, err := pgx.ParseConfig(text)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err) // it hides the password by itself
	}
	if c.Database == "" {
		return nil, errors.New("names no database: postgres://USER@HOST/DATABASE")
	}
	return c, nil
}

// settings are the driver's for one connection. Bounded is for operations and views; migrations take
// as long as they take.
func (c Config) settings(bounded bool) (*pgx.ConnConfig, error) {
	s, err := parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("postgres: the URL %w", err)
	}
	s.StatementCacheCapacity = statements
	s.ConnectTimeout = connectTimeout
	s.DialFunc = dialer().DialContext
	params := s.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "larder"
	}
	params["timezone"] = "UTC"
	// The server notices within some 20 s that we are gone, and gives up our locks.
	params["tcp_keepalives_idle"], params["tcp_keepalives_interval"], params["tcp_keepalives_count"] = "10", "3", "3"
	if bounded {
		params["statement_timeout"] = milliseconds(statementTimeout)
		params["lock_timeout"] = milliseconds(lockTimeout)
		params["idle_in_transaction_session_timeout"] = milliseconds(idleTimeout)
	}
	return s, nil
}

// dialer notices within some 20 s that the other machine is gone while nothing is being sent.
func dialer() *net.Dialer {
	return &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 3 * time.Second, Count: 3}}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
