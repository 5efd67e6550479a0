package postgrestest_test

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"larder/internal/edge/store/postgrestest"
)

// hostage makes this binary a process that starts a cluster, says where, and waits to be killed.
const hostage = "LARDER_POSTGRESTEST_HOSTAGE"

func TestStart_hostage(t *testing.T) {
	if os.Getenv(hostage) == "" {
		t.Skip("is a process of the test below")
	}
	_, _ = os.Stdout.WriteString("at " + postgrestest.Start(t).Create(t) + "\n")
	select {} // until it is killed
}

// A test process that is killed leaves neither a server nor a folder behind.
func TestStart_ends_with_its_process(t *testing.T) {
	t.Parallel()
	_ = postgrestest.Start(t) // says in one line if there is no PostgreSQL
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, self, "-test.run=^TestStart_hostage$")
	process.Env = append(os.Environ(), hostage+"=1")
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		address, _ = strings.CutPrefix(lines.Text(), "at ")
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("no database at %q: %v", address, err)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait() // it was killed
	// The server ends its connections, and then the folder goes.
	if _, err := conn.WaitForNotification(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("the server outlived its process: %v", err)
	}
	waitGone(ctx, t, folderOf(t, address))
}

func folderOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("host") == "" {
		t.Fatalf("no folder in %q: %v", address, err)
	}
	return u.Query().Get("host")
}

// waitGone looks again and again: a folder that goes tells nobody.
func waitGone(ctx context.Context, t *testing.T, folder string) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("%s is still there", folder)
		}
	}
}

// Databases of one cluster are apart, a clone has what its template has, and both end with their test.
func TestCluster_Clone(t *testing.T) {
	t.Parallel()
	c := postgrestest.Start(t)
	err := c.Template(t.Context(), "filled", func(address string) error {
		return execute(t, address, "CREATE TABLE thing AS SELECT 7 AS n")
	})
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	t.Run("test", func(t *testing.T) {
		addresses = []string{c.Clone(t, "filled"), c.Clone(t, "filled"), c.Create(t)}
		for i, statement := range []string{"DELETE FROM thing", "UPDATE thing SET n = 1 / (8 - n)", "CREATE TABLE thing ()"} {
			if err := execute(t, addresses[i], statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
	for _, address := range addresses {
		if err := execute(t, address, "SELECT 1"); err == nil {
			t.Errorf("%s outlived its test", address)
		}
	}
}

func execute(t *testing.T, address, statement string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(t.Context(), statement)
	return errors.Join(err, conn.Close(t.Context()))
}
