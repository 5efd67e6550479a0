package postgres_test

import (
	"bytes"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

// wire stands between the store and its server, and cuts a connection at a COMMIT when it is told to.
type wire struct {
	server string      // its socket
	away   atomic.Bool // nobody answers new connections
	before atomic.Bool
	after  atomic.Bool // the server has the COMMIT, and its answer does not arrive
}

// listen returns the URL of the database behind the wire.
func (w *wire) listen(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	must(t, err)
	w.server = filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
	folder := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(folder, ".s.PGSQL.5432")) //nolint:noctx // a socket of the test's own
	must(t, err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { w.carry(client) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); all.Wait() })
	return strings.Replace(database, url.QueryEscape(filepath.Dir(w.server)), url.QueryEscape(folder), 1)
}

// carry is one connection.
func (w *wire) carry(client net.Conn) {
	defer client.Close()
	if w.away.Load() {
		return
	}
	server, err := net.Dial("unix", w.server) //nolint:noctx // a socket of the test's own
	if err != nil {
		return
	}
	defer server.Close()
	var mute atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		answers(client, server, &mute)
		_ = client.Close()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		commit := bytes.Contains(buffer[:n], []byte("COMMIT"))
		if commit && w.before.Swap(false) {
			return
		}
		last := commit && w.after.Swap(false)
		mute.Store(last)
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if half, ok := server.(*net.UnixConn); ok && last {
			_ = half.CloseWrite() // the server commits, answers, and ends the session
			<-ended
			return
		}
	}
}

// answers carries what the server says, unless it is muted.
func answers(client, server net.Conn, mute *atomic.Bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if !mute.Load() {
			_, _ = client.Write(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

// D5: a commit whose answer is lost may have happened: its caller is told so, and it is not done again.
func TestDB_Update_lost_answer_of_a_commit(t *testing.T) {
	t.Parallel()
	direct := postgrestest.Start(t).Create(t)
	w := &wire{}
	db := open(t, postgres.Config{URL: w.listen(t, direct), Conns: 1})
	must(t, db.Update(t.Context(), run(`CREATE TABLE n (v BIGINT NOT NULL)`)))
	for happened, cut := range map[bool]*atomic.Bool{true: &w.after, false: &w.before} {
		was := number(t, db, `SELECT count(*) FROM n`)
		cut.Store(true)
		runs, rang := 0, false
		err := db.Update(t.Context(), func(tx larder.Tx) error {
			runs++
			tx.AfterCommit(func() { rang = true })
			return run(`INSERT INTO n VALUES (1)`)(tx)
		})
		if store.TroubleOf(err) != store.TroubleUnknown || store.Retryable(err) || runs != 1 || rang {
			t.Errorf("happened %v: ran %d times, rang %v, got %v", happened, runs, rang, err)
		}
		if got := number(t, db, `SELECT count(*) FROM n`) - was; (got == 1) != happened {
			t.Errorf("happened %v: %d rows more", happened, got)
		}
	}
}

// A server that cannot be reached is trouble that passes: nothing has happened, and the store works again
// when the server does.
func TestDB_Update_unreachable(t *testing.T) {
	t.Parallel()
	w := &wire{}
	db := open(t, postgres.Config{URL: w.listen(t, postgrestest.Start(t).Create(t)), Conns: 1})
	nothing := func(larder.Tx) error { return nil }
	w.away.Store(true)
	w.before.Store(true) // ends the connection that is there
	if err := db.Update(t.Context(), nothing); store.TroubleOf(err) != store.TroubleUnknown {
		t.Errorf("a commit that was cut got %v", err)
	}
	for name, err := range map[string]error{"Update": db.Update(t.Context(), nothing), "View": db.View(t.Context(), nothing)} {
		if store.TroubleOf(err) != store.TroubleUnreachable || !store.Retryable(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.away.Store(false)
	must(t, db.Update(t.Context(), nothing))
}
