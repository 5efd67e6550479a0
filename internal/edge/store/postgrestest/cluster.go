package postgrestest

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

//go:embed guardian.sh
var guardian string

// Cluster is the server of this process.
type Cluster struct {
	folder string
	stdin  *os.File // the guardian waits for its end; never closed by us, so that it ends with the process
}

// shared starts the one server. It is remembered whether it came up or not: a second try would only
// take as long to fail.
var shared = sync.OnceValues(start)

// Shared is [Start] for who has no test yet: a TestMain.
func Shared() (*Cluster, error) { return shared() }

// Start returns the server of this process, starting it if nobody did. The test fails with one line that says
// how to get PostgreSQL if there is none. It is not for the inside of a synctest bubble: the server
// outlives it.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	return c
}

// start makes a folder and hands it to a guardian.
func start() (*Cluster, error) {
	programs, err := findBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "larder-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder}
	if err := c.guard(programs); err != nil {
		_ = os.RemoveAll(folder) // if the guardian lives, it does the same
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return c, nil
}

// guard starts the guardian and waits for its word.
func (c *Cluster) guard(programs string) error {
	attributes, err := c.unprivileged()
	if err != nil {
		return err
	}
	stdin, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	defer stdin.Close()
	word, stdout, err := os.Pipe()
	if err != nil {
		return errors.Join(err, ours.Close())
	}
	defer word.Close()
	defer stdout.Close()
	shell, err := exec.LookPath("sh")
	if err != nil {
		return errors.Join(err, ours.Close())
	}
	process, err := os.StartProcess(shell, []string{"sh", "-c", guardian, "guardian", c.folder, programs}, &os.ProcAttr{
		Files: []*os.File{stdin, stdout, nil},
		Env:   []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=" + c.folder},
		Sys:   attributes,
	})
	if err != nil {
		return errors.Join(err, ours.Close())
	}
	c.stdin = ours
	if err := errors.Join(process.Release(), stdout.Close()); err != nil {
		return err
	}
	line, err := bufio.NewReader(word).ReadString('\n')
	if line = strings.TrimSpace(line); line != "ready" {
		return fmt.Errorf("%s %w", line, errors.Join(err, ours.Close()))
	}
	return nil
}

// unprivileged gives the folder to "nobody" if we are root, as which PostgreSQL refuses to run, and
// returns how to start a process as that user, in a session of its own.
func (c *Cluster) unprivileged() (*syscall.SysProcAttr, error) {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() != 0 {
		return attributes, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("as root PostgreSQL runs as somebody else: %w", err)
	}
	uid, errUID := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(nobody.Gid, 10, 32)
	if err := errors.Join(errUID, errGID, os.Chown(c.folder, int(uid), int(gid))); err != nil { //nolint:gosec // 32 bits
		return nil, err
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes, nil
}

// URL names a database of the cluster, for the driver and for `larder --db`.
func (c *Cluster) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("larder"), Path: "/" + database, RawQuery: url.Values{"host": {c.folder}}.Encode()}
	return u.String()
}
