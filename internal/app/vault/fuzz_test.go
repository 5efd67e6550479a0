package vault_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"larder/internal/app/vault"
)

// FuzzParseRing guards H13 and I27: a text is a ring that seals and opens, or an error that quotes
// nothing of it.
func FuzzParseRing(f *testing.F) {
	k := key(7)
	line := hex.EncodeToString(k[:])
	for _, seed := range []string{line, "# old\n\n" + line + "\r\n" + line, line[1:], strings.Repeat("A", 43), strings.Repeat("A", 43) + "=", strings.Repeat("a", 70_000), "", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ring, err := vault.ParseRing(text)
		if err != nil {
			for line := range strings.Lines(text) {
				if line = strings.TrimSpace(line); len(line) > 20 && strings.Contains(err.Error(), line) {
					t.Fatalf("%v quotes the text", err)
				}
			}
			return
		}
		s := sealer(t, ring, "fuzz")
		sealed, err := s.Seal([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := s.Open(sealed); err != nil || string(plain) != text {
			t.Fatalf("%q was opened as %q: %v", text, plain, err)
		}
	})
}

// FuzzSealer_Open guards H13 and S22: what the database says is sealed is opened only if this vault
// sealed it, for this purpose, and nobody changed a bit.
func FuzzSealer_Open(f *testing.F) {
	s, err := vault.NewSealer(vault.NewRing(key(1)), "fuzz")
	if err != nil {
		f.Fatal(err)
	}
	other, err := vault.NewSealer(vault.NewRing(key(1)), "another")
	if err != nil {
		f.Fatal(err)
	}
	right, err := s.Seal([]byte("secret"))
	if err != nil {
		f.Fatal(err)
	}
	foreign, err := other.Seal([]byte("secret"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{right, foreign, right[:len(right)-1], right[:20], right[:5], {1}, {2, 0, 0, 0, 0}, {}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		_, err := s.Open(sealed)
		if err != nil {
			if !errors.Is(err, vault.ErrNoKey) && !errors.Is(err, vault.ErrSealBroken) {
				t.Fatal(err)
			}
			return
		}
		for bit := range 8 * len(sealed) { // it was sealed here: then every bit of it counts
			broken := bytes.Clone(sealed)
			broken[bit/8] ^= 1 << (bit % 8)
			if plain, err := s.Open(broken); err == nil {
				t.Fatalf("%x with bit %d flipped was opened as %q", sealed, bit, plain)
			}
		}
	})
}
