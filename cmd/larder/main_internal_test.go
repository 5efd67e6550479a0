package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test's binary the program: what is tested is a process with its own signals.
const asProgram = "LARDER_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run())
	}
	os.Exit(m.Run())
}

// program prepares a process of the program with these variables.
func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...) //nolint:gosec // the test's own binary
	c.Env = append(env, asProgram+"=1", "HOME="+t.TempDir(), "GOCOVERDIR="+t.TempDir())
	c.Dir = t.TempDir()
	return c
}

func TestMain_version(t *testing.T) {
	t.Parallel()
	out, err := program(t, nil, "version", "--json").Output()
	var build map[string]any
	if err != nil || json.Unmarshal(out, &build) != nil || !strings.HasPrefix(build["go"].(string), "go1.") {
		t.Errorf("%s, %v", out, err)
	}
}

// The exit status of wrong settings is 2, and each is named.
func TestMain_wrong_settings(t *testing.T) {
	t.Parallel()
	c := program(t, []string{"LARDER_NODE=many", "LARDER_LOG_LEVEL=loud"}, "serve")
	var complaint bytes.Buffer
	c.Stderr = &complaint
	err := c.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 {
		t.Errorf("ended with %v", err)
	}
	for _, key := range []string{"  node: LARDER_NODE: ", "  log-level: ", "  master-key: "} {
		if !strings.Contains(complaint.String(), key) {
			t.Errorf("%q is not told in\n%s", key, complaint.String())
		}
	}
	if left, _ := filepath.Glob(filepath.Join(c.Dir, "*")); len(left) > 0 {
		t.Errorf("something was started: %v", left)
	}
}

// merchantKey makes a key pair as a merchant has it, PEM.
func merchantKey(t *testing.T) (private, public string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return text("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), text("PUBLIC KEY", der)
}

// platformSettings are those of a platform on a folder, at free ports.
func platformSettings(t *testing.T, dir string) []string {
	t.Helper()
	private, public := merchantKey(t)
	return []string{
		"LARDER_DB=" + filepath.Join(dir, "larder.db"), "LARDER_HTTP_LISTEN=127.0.0.1:0", "LARDER_LINK_LISTEN=127.0.0.1:0",
		"LARDER_MASTER_KEY=" + strings.Repeat("ab", 32), "LARDER_PUBLIC_URL=https://larder.example", "LARDER_LOG_FORMAT=json",
		"LARDER_WECHATPAY_MERCHANT_ID=1900000001", "LARDER_WECHATPAY_APP_ID=wx5a4db00000000001",
		"LARDER_WECHATPAY_SERVICE_ID=2002000000000558", "LARDER_WECHATPAY_SERIAL=5157F09E",
		"LARDER_WECHATPAY_PUBLIC_KEY_ID=PUB_KEY_ID_1", "LARDER_WECHATPAY_PUBLIC_KEY=" + public,
		"LARDER_WECHATPAY_PRIVATE_KEY=" + private, "LARDER_WECHATPAY_API_V3_KEY=" + strings.Repeat("3", 32),
		"LARDER_WECHATPAY_API_V2_KEY=" + strings.Repeat("2", 32), "LARDER_WECHATPAY_APP_SECRET=secret",
	}
}

// serving starts the platform on a folder and returns it with its log, read up to the line that says
// that it serves, which comes as well.
func serving(t *testing.T, dir string) (c *exec.Cmd, log io.ReadCloser, lines *bufio.Scanner) {
	t.Helper()
	c = program(t, platformSettings(t, dir), "serve")
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines = bufio.NewScanner(log)
	for lines.Scan() && !strings.Contains(lines.Text(), `"msg":"serving"`) {
		continue
	}
	return c, log, lines
}

// PL9: SIGTERM stops the platform cleanly within 10 s; the next start finds the database closed.
func TestMain_serve_stops_on_SIGTERM(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		c, _, lines := serving(t, dir)
		began := time.Now()
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		rest := ""
		for lines.Scan() {
			rest += lines.Text() + "\n"
		}
		if err := c.Wait(); err != nil || !strings.Contains(rest, `"msg":"stopped"`) {
			t.Errorf("ended with %v:\n%s", err, rest)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %s", took)
		}
		if wal, err := os.Stat(filepath.Join(dir, "larder.db-wal")); err == nil && wal.Size() > 0 {
			t.Errorf("the WAL was left with %d bytes", wal.Size())
		}
	}
}

// A platform goes on when the reader of its log has died, and still stops cleanly.
func TestMain_serve_without_a_reader(t *testing.T) {
	t.Parallel()
	c, log, lines := serving(t, t.TempDir())
	var told struct {
		HTTP string `json:"http"`
	}
	if err := json.Unmarshal(lines.Bytes(), &told); err != nil || told.HTTP == "" {
		t.Fatalf("%s: %v", lines.Text(), err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for range 3 { // each leaves a line in the log
		answer, err := client.Get("http://" + told.HTTP + "/v1/nothing") //nolint:noctx // the client has its time-out
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusNotFound {
			t.Errorf("answered %d, %v", answer.StatusCode, err)
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// The demo leaves nothing behind when its reader leaves, as head does; its status says that the receipt
// reached nobody.
func TestMain_demo_without_a_reader(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c := program(t, []string{"TMPDIR=" + dir}, "demo", "--once", "--level", "debug")
	c.Stdout, c.Stderr = w, w
	if err := errors.Join(c.Start(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(r).Scan() {
		t.Error("it says nothing")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("ended with %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
