package config_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"larder/internal/app/config"
)

// canary is a secret that must not be seen anywhere (I27).
const canary = "canary-4f9d2c"

func environment(set map[string]string) config.Environment {
	return func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
}

// parse reads a command line whose flags are the settings.
func parse(t *testing.T, args []string, env map[string]string, file config.File) (config.Config, error) {
	t.Helper()
	var c config.Config
	r, err := config.NewResolver(environment(env), file)
	if err != nil {
		t.Fatal(err)
	}
	k, err := kong.New(&c, kong.Resolvers(r), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(args); err != nil {
		t.Fatal(err)
	}
	return c, r.Err()
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// problems returns the lines of an invalid configuration.
func problems(t *testing.T, err error) []string {
	t.Helper()
	invalid, ok := errors.AsType[*config.Invalid](err)
	if !ok {
		t.Fatalf("not about settings: %v", err)
	}
	return strings.Split(invalid.Error(), "\n")
}

// PL8: flags, then LARDER_*, then the file, then the default.
func TestResolver_Resolve(t *testing.T) {
	t.Parallel()
	file := config.File{Path: "f.json", Values: map[string]string{"log-level": "error", "node": "3", "open-ttl": "7s", "db": "file.db"}}
	env := map[string]string{"LARDER_LOG_LEVEL": "warn", "LARDER_NODE": "2"}
	c, err := parse(t, []string{"--log-level=debug"}, env, file)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Log.Level, c.Node, c.Windows.OpenTTL, c.DB, c.HTTP.Listen}
	if diff := cmp.Diff([]any{"debug", 2, 7 * time.Second, "file.db", "127.0.0.1:8080"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestResolver_Err(t *testing.T) {
	t.Parallel()
	file := config.File{Path: "f.json", Values: map[string]string{"no-such": "1", "open-ttl": "soon", "master-key": canary}}
	c, err := parse(t, nil, map[string]string{"LARDER_NODE": "many", "LARDER_HTTP_TRUSTED_PROXIES": "10.0.0.0/8"}, file)
	told := strings.Join(problems(t, err), "\n")
	for _, want := range []string{"no-such: f.json: no such setting", "open-ttl: f.json: ", "node: LARDER_NODE: ", "master-key: f.json: no such setting"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not told in:\n%s", want, told)
		}
	}
	if strings.Contains(told, canary) {
		t.Errorf("a secret is told:\n%s", told)
	}
	if c.Node != 0 || len(c.HTTP.TrustedProxies) != 1 {
		t.Errorf("what does not fit took effect, or what fits did not: %+v", c)
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	f, err := config.ReadFile(write(t, `{"node": 12, "db": "x.db", "truth": true, "ceiling-fen": 12345678901234567890}`))
	want := map[string]string{"node": "12", "db": "x.db", "truth": "true", "ceiling-fen": "12345678901234567890"}
	if err != nil || !cmp.Equal(f.Values, want) {
		t.Errorf("%v, %v", f.Values, err)
	}
	for text, reason := range map[string]string{
		`[1]`:                      "not one JSON object",
		`{"a": 1, "a": 2}`:         `key "a" appears twice`,
		`{"a": {"b": 1}}`:          `key "a": a value is`,
		`{"a": null}`:              `key "a": a value is`,
		`{"a": 1} {"b": 2}`:        "more after the object",
		`{"a": "` + canary + ``:    "JSON",
		`{"a" "` + canary + `"}`:   "JSON",
		strings.Repeat(" ", 70000): "larger than",
		" \n":                      "is empty",
	} {
		path := write(t, text)
		_, err := config.ReadFile(path)
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), canary) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
	if _, err := config.ReadFile(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file is no error")
	}
}

// S22: a secret comes from a file or the environment, once.
func TestConfig_ReadSecrets(t *testing.T) {
	t.Parallel()
	c := config.Config{}
	c.WeChatPay.APIv3KeyFile = write(t, canary+"\n")
	c.WeChatPay.PrivateKeyFile = write(t, "pem")
	c.WeChatPay.PublicKeyFile = filepath.Join(t.TempDir(), "none")
	err := c.ReadSecrets(environment(map[string]string{"LARDER_MASTER_KEY": canary, "LARDER_WECHATPAY_PRIVATE_KEY": "other"}))
	told := strings.Join(problems(t, err), "\n")
	if !strings.Contains(told, "wechatpay-private-key: is given twice") || !strings.Contains(told, "wechatpay-public-key: cannot read") || strings.Contains(told, canary) {
		t.Errorf("told:\n%s", told)
	}
	if c.WeChatPay.APIv3Key.Reveal() != canary || c.Master.Key.Reveal() != canary {
		t.Error("the secrets that are right were not read")
	}
}

// I27: no way of printing settings shows a secret.
func TestSecret_is_hidden(t *testing.T) {
	t.Parallel()
	c := config.Config{}
	c.Master.Key, c.WeChatPay.PrivateKey = config.NewSecret(canary), config.NewSecret(canary)
	var log strings.Builder
	l := slog.New(slog.NewJSONHandler(&log, nil))
	l.Info("settings", "config", c, "key", c.Master.Key)
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "config", c, "key", c.Master.Key)
	printed := fmt.Sprintf("%v %+v %#v %s %x %q", c, c, c, c.Master.Key, c.Master.Key, c.Master.Key) + log.String()
	if strings.Contains(printed, canary) || strings.Contains(printed, fmt.Sprintf("%x", canary)) {
		t.Errorf("a secret was printed: %s", printed)
	}
}

// PL8: a wrong setting names its key and reason; all of them at once.
func TestConfig_Check(t *testing.T) {
	t.Parallel()
	good := func() config.Config {
		c, err := config.Default()
		if err != nil {
			t.Fatal(err)
		}
		c.Master.Key = config.NewSecret(strings.Repeat("ab", 32))
		c.PublicURL = "https://larder.example"
		w := &c.WeChatPay
		w.MerchantID, w.AppID, w.ServiceID, w.Serial, w.PublicKeyID, w.PublicKey = "1", "wx1", "2", "3", "PUB_KEY_ID_1", "pem"
		w.PrivateKey, w.APIv3Key, w.APIv2Key, w.AppSecret = config.NewSecret("a"), config.NewSecret("b"), config.NewSecret("c"), config.NewSecret("d")
		return c
	}
	if c := good(); c.Check() != nil {
		t.Fatalf("the good one: %v", c.Check())
	}
	for key, spoil := range map[string]func(*config.Config){
		"db":                   func(c *config.Config) { c.DB = "" },
		"node":                 func(c *config.Config) { c.Node = 1024 },
		"public-url":           func(c *config.Config) { c.PublicURL = "http://larder.example" },
		"log-level":            func(c *config.Config) { c.Log.Level = "loud" },
		"log-format":           func(c *config.Config) { c.Log.Format = "xml" },
		"http-listen":          func(c *config.Config) { c.HTTP.Listen = "8080" },
		"http-max-connections": func(c *config.Config) { c.HTTP.MaxConnections = 0 },
		"link-listen":          func(c *config.Config) { c.Link.Listen = "0.0.0.0:7400" },
		"authorize-window":     func(c *config.Config) { c.Windows.Authorize = 0 },
		"open-ttl":             func(c *config.Config) { c.Windows.OpenTTL = 11 * time.Second },
		"door-limit":           func(c *config.Config) { c.Windows.Door = -1 },
		"weigh-deadline":       func(c *config.Config) { c.Windows.Weigh = 98 * time.Second },
		"case-deadline":        func(c *config.Config) { c.Windows.Case = time.Second },
		"ceiling-fen":          func(c *config.Config) { c.Windows.Ceiling = 100_001 },
		"master-key":           func(c *config.Config) { c.Master.Key = config.NewSecret(canary) },
		"wechatpay-app-id":     func(c *config.Config) { c.WeChatPay.AppID = "" },
		"wechatpay-api-v2-key": func(c *config.Config) { c.WeChatPay.APIv2Key = config.Secret{} },
		"wechatpay-notify-url": func(c *config.Config) { c.PublicURL = "" },
	} {
		c := good()
		spoil(&c)
		lines := problems(t, c.Check())
		if len(lines) != 1 || !strings.HasPrefix(lines[0], key+": ") || strings.Contains(lines[0], canary) {
			t.Errorf("%s: %q", key, lines)
		}
	}
	if lines := problems(t, config.Config{}.Check()); len(lines) < 20 {
		t.Errorf("only %d problems of an empty configuration", len(lines))
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	first := &config.Invalid{Problems: []config.Problem{{Key: "a", Reason: "first"}}}
	second := &config.Invalid{Problems: []config.Problem{{Key: "a", Reason: "second"}, {Key: "b", Reason: "x"}}}
	err := config.Join(nil, first, second, other)
	if got := problems(t, err); !cmp.Equal(got, []string{"a: first", "b: x"}) || !errors.Is(err, other) {
		t.Errorf("%q, %v", got, err)
	}
	if err := config.Join(nil, nil); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
}
