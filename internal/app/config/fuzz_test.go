package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"larder/internal/app/config"
)

// FuzzReadFile guards H13 and I27 for the settings file: whatever it holds is settings or an error
// that names the file, what does not fit a setting is told by its key, and a secret's variable is
// never quoted.
func FuzzReadFile(f *testing.F) {
	for _, seed := range []string{
		`{"db":"x.db","node":3}`, `{"ceiling-fen":"200.00"}`, `{"ceiling-fen":20000}`, `{"authorize-window":"30"}`, `{"http-trusted-proxies":"10.0.0.0/8,::/0"}`,
		`{"node":1,"node":2}`, `{"node":1e9}`, `{"no-such":true}`, `{"log-level":null}`, `{"db":["a"]}`, `{"a":{}}`, `{} {}`, `[1]`, `{`, "\ufeff{}", "\x00",
		`{"http-listen":":99999","link-listen":"0.0.0.0:1","public-url":"http://%zz"}`, `{"wechatpay-base-url":"://"}`,
	} {
		f.Add([]byte(seed), canary)
	}
	path := filepath.Join(f.TempDir(), "settings")
	f.Fuzz(func(t *testing.T, text []byte, secret string) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := config.ReadFile(path)
		if err != nil {
			if !strings.Contains(err.Error(), path) || file.Values != nil {
				t.Fatalf("%v with %v", err, file.Values)
			}
			return
		}
		env := environment(map[string]string{config.Variable("master-key"): secret})
		r, err := config.NewResolver(env, file)
		if err != nil {
			t.Fatal(err)
		}
		var c config.Config
		k, err := kong.New(&c, kong.Resolvers(r), kong.Exit(func(int) {}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Parse(nil); err != nil {
			t.Fatalf("%q reaches the command line: %v", text, err)
		}
		for _, err := range []error{r.Err(), c.ReadSecrets(env), c.Check()} {
			if _, ok := errors.AsType[*config.Invalid](err); err != nil && !ok {
				t.Fatalf("%T: %v", err, err)
			}
			if err != nil && len(secret) > 8 && strings.Contains(err.Error(), secret) && !strings.Contains(string(text), secret) {
				t.Fatalf("%v shows the secret", err)
			}
		}
	})
}
