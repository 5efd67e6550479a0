package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

// One process holds a claim until it closes; another number of it is another claim.
func TestDB_Claim(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t).Create(t)
	first, second := open(t, postgres.Config{URL: address}), open(t, postgres.Config{URL: address})
	must(t, first.Claim(t.Context(), postgres.ClaimNode, 3))
	must(t, second.Claim(t.Context(), postgres.ClaimNode, 4))
	must(t, first.Claim(t.Context(), postgres.ClaimServe, 0))
	for claim, number := range map[postgres.Claim]int{postgres.ClaimNode: 3, postgres.ClaimServe: 0} {
		if err := second.Claim(t.Context(), claim, number); !errors.Is(err, postgres.ErrInUse) {
			t.Errorf("claimed twice: %v", err)
		}
	}
	must(t, first.Close())
	must(t, second.Claim(t.Context(), postgres.ClaimServe, 0))
}

// A platform that is restarted does not find its own claim in the way: the server ends a session some
// milliseconds after the process.
func TestDB_Claim_waits_for_the_one_before(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t).Create(t)
	first, second := open(t, postgres.Config{URL: address}), open(t, postgres.Config{URL: address})
	must(t, first.Claim(t.Context(), postgres.ClaimServe, 0))
	closed := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() { closed <- first.Close() })
	must(t, second.Claim(t.Context(), postgres.ClaimServe, 0))
	must(t, <-closed)
}

// A claim outlives its session: a server that restarts does not let a second platform in while the first one
// lives. If one was faster all the same, the first one is told to stop.
func TestDB_Claim_outlives_its_session(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t).Create(t)
	first, second := open(t, postgres.Config{URL: address}), open(t, postgres.Config{URL: address})
	postgres.SetClaimPatience(first, time.Millisecond)
	must(t, first.Claim(t.Context(), postgres.ClaimServe, 0))
	admin, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	const holder = `SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
		WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()`
	held := func() (pid int) {
		if err := admin.QueryRow(t.Context(), holder).Scan(&pid); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
		return pid
	}
	end := func(pid int) {
		_, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend($1, 5000)`, pid)
		must(t, err)
	}
	was := held()
	end(was)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for pid := was; pid == was || pid == 0; pid = held() {
		select {
		case <-look.C:
		case <-first.Failed():
			t.Fatal("told to stop though nobody else was there")
		}
	}
	end(held())
	must(t, second.Claim(t.Context(), postgres.ClaimServe, 0)) // before the pause is over
	<-first.Failed()
}
