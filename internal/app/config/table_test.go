package config_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/app/config"
)

var update = flag.Bool("update", false, "rewrite docs/configuration.md")

const page = "../../../docs/configuration.md"

func table(t *testing.T) []config.Setting {
	t.Helper()
	settings, err := config.Table()
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// The proof, item 9: the page is made from the one structure of settings, and says what it says now.
func TestPage(t *testing.T) {
	t.Parallel()
	got := config.Page(table(t))
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/configuration.md is not what the settings say: run go generate ./internal/app/config (-page +settings):\n%s", diff)
	}
	if strings.Count(got, "\n| `") < 25 {
		t.Errorf("a page of few settings:\n%s", got)
	}
}

// Every setting says what it means; a secret is a file or a variable and no flag, and what the table
// says of it holds.
func TestTable(t *testing.T) {
	t.Parallel()
	settings := table(t)
	find := func(key string) config.Setting {
		i := slices.IndexFunc(settings, func(s config.Setting) bool { return s.Key == key })
		if i < 0 {
			t.Fatalf("%s is not in the table", key)
		}
		return settings[i]
	}
	want := config.Setting{
		Key: "open-ttl", Flag: "--open-ttl", Variable: "LARDER_OPEN_TTL", Group: "Purchases",
		Meaning: "For a cabinet to obey the command to open; at most 10s.", Default: "10s",
	}
	if diff := cmp.Diff(want, find("open-ttl")); diff != "" {
		t.Error(diff)
	}
	if s := find("master-key"); s.Flag != "" || s.Variable != "LARDER_MASTER_KEY" || s.Group != "Secrets" {
		t.Errorf("the master key: %+v", s)
	}
	seen := map[string]bool{}
	for _, s := range settings {
		if s.Meaning == "" || seen[s.Key] {
			t.Errorf("%s means %q, or stands twice", s.Key, s.Meaning)
		}
		seen[s.Key] = true
		if s.Flag == "" {
			env := environment(map[string]string{s.Variable: canary})
			var c config.Config
			if err := c.ReadSecrets(env); err != nil {
				t.Errorf("%s: %v", s.Variable, err)
			}
			text := c.Master.Key.Reveal() + c.WeChatPay.PublicKey + c.WeChatPay.PrivateKey.Reveal() +
				c.WeChatPay.APIv3Key.Reveal() + c.WeChatPay.APIv2Key.Reveal() + c.WeChatPay.AppSecret.Reveal()
			if text != canary {
				t.Errorf("%s is not read", s.Variable)
			}
			continue
		}
		r, err := config.NewResolver(environment(nil), config.File{Values: map[string]string{s.Key: s.Default}})
		if err != nil || r.Err() != nil || !r.Settable(s.Key) {
			t.Errorf("%s is no key of the file: %v, %v", s.Key, err, r.Err())
		}
	}
}
