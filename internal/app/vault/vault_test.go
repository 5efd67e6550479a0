package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"larder/internal/app/vault"
	"larder/internal/core/cabinet"
	"larder/internal/core/staff"
)

var (
	_ cabinet.Sealer  = (*vault.Sealer)(nil)
	_ staff.Passwords = (*vault.Passwords)(nil)
)

func key(fill byte) [vault.KeySize]byte {
	return [vault.KeySize]byte(bytes.Repeat([]byte{fill}, vault.KeySize))
}

func sealer(t *testing.T, ring vault.Ring, purpose string) *vault.Sealer {
	t.Helper()
	s, err := vault.NewSealer(ring, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// S22: keys of cabinets are kept so that a stolen database alone opens no door.
func TestSealer_Open(t *testing.T) {
	t.Parallel()
	secret := []byte("a key of thirty-two bytes, really")
	s := sealer(t, vault.NewRing(key(1)), "cabinet")
	sealed, err := s.Seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("returns what was sealed", func(t *testing.T) {
		t.Parallel()
		if plain, err := s.Open(sealed); err != nil || !bytes.Equal(plain, secret) {
			t.Errorf("Open = %q, %v", plain, err)
		}
		if bytes.Contains(sealed, secret[:8]) {
			t.Error("the secret stands in what was sealed")
		}
	})
	t.Run("refuses every changed byte and every cut", func(t *testing.T) {
		t.Parallel()
		for i := range sealed {
			changed := bytes.Clone(sealed)
			changed[i] ^= 1
			if _, err := s.Open(changed); err == nil {
				t.Errorf("byte %d changed and nobody noticed", i)
			}
			if _, err := s.Open(sealed[:i]); err == nil {
				t.Errorf("cut to %d bytes and nobody noticed", i)
			}
		}
	})
	t.Run("refuses another purpose and another key", func(t *testing.T) {
		t.Parallel()
		if _, err := sealer(t, vault.NewRing(key(1)), "provider").Open(sealed); !errors.Is(err, vault.ErrSealBroken) {
			t.Errorf("another purpose: %v", err)
		}
		if _, err := sealer(t, vault.NewRing(key(2)), "cabinet").Open(sealed); !errors.Is(err, vault.ErrNoKey) {
			t.Errorf("another key: %v", err)
		}
	})
	t.Run("seals the same secret differently each time", func(t *testing.T) {
		t.Parallel()
		if again, err := s.Seal(secret); err != nil || bytes.Equal(again, sealed) {
			t.Errorf("twice the same: %v", err)
		}
	})
}

// Keys rotate: a new one on top seals, the old one still opens.
func TestSealer_Open_afterRotation(t *testing.T) {
	t.Parallel()
	older, newer := key(1), key(2)
	before := sealer(t, vault.NewRing(older), "cabinet")
	sealed, err := before.Seal([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	both, err := vault.ParseRing("# rotated\n" + hex.EncodeToString(newer[:]) + "\n\n" + base64.StdEncoding.EncodeToString(older[:]) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	after := sealer(t, both, "cabinet")
	if plain, err := after.Open(sealed); err != nil || string(plain) != "secret" {
		t.Errorf("the old key does not open: %q, %v", plain, err)
	}
	fresh, err := after.Seal([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := before.Open(fresh); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("the old key still seals: %v", err)
	}
}

// I27: neither an error nor a printed ring shows a key.
func TestParseRing(t *testing.T) {
	t.Parallel()
	canary := hex.EncodeToString(bytes.Repeat([]byte{0xca}, vault.KeySize-1))
	for name, text := range map[string]string{
		"nothing":   "",
		"comments":  "# one\n\n# two\n",
		"too short": canary,
		"no code":   strings.Repeat("ö", vault.KeySize),
		"long line": strings.Repeat("ca", 100_000),
	} {
		if _, err := vault.ParseRing(text); err == nil || strings.Contains(err.Error(), "caca") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ring, err := vault.ParseRing(canary + "ca")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("ring", "ring", ring, "inside", struct{ R vault.Ring }{ring})
	printed := fmt.Sprintf("%v %+v %#v %s %x", ring, ring, ring, ring, ring) + fmt.Sprintf("%+v", struct{ r vault.Ring }{ring}) + log.String()
	if strings.Contains(printed, "caca") || strings.Contains(printed, "202 202") {
		t.Errorf("a key was printed: %s", printed)
	}
}

// S23: passwords are argon2id, and a wrong one is no error.
func TestPasswords_Verify(t *testing.T) {
	t.Parallel()
	p := vault.NewPasswords()
	hash, err := p.Hash("correct horse")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("Hash = %q, %v", hash, err)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		if got, err := p.Verify(hash, password); err != nil || got != want {
			t.Errorf("Verify(%q) = %v, %v", password, got, err)
		}
	}
	if _, err := p.Verify("$argon2id$damaged-canary", "correct horse"); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a damaged hash: %v", err)
	}
}
