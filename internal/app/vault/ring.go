package vault

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// KeySize is the length of a master key in bytes: AES-256.
const KeySize = 32

// keyIDSize is how many bytes of a key's SHA-256 name it.
const keyIDSize = 4

type keyID [keyIDSize]byte

// masterKey is one key of a ring.
type masterKey struct {
	id  keyID
	key [KeySize]byte
}

// Ring is the master keys of an installation. The first seals; all of them open. It shows its keys to
// nobody who prints or logs it.
type Ring struct {
	keys *[]masterKey // behind a pointer, because fmt looks into unexported fields and follows none
}

// ParseRing reads master keys, one a line, each 32 bytes in hexadecimal or base64; empty lines and
// lines that begin with # are skipped. To rotate, put a new key on top. The error says which line is
// wrong, never what stands there.
func ParseRing(text string) (Ring, error) {
	var keys []masterKey
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		raw, ok := decodeKey(line)
		if !ok {
			return Ring{}, fmt.Errorf("line %d is not %d bytes in hexadecimal or base64", n, KeySize)
		}
		keys = append(keys, newMasterKey(raw))
	}
	if lines.Err() != nil {
		return Ring{}, errors.New("a line is too long for a key")
	}
	if len(keys) == 0 {
		return Ring{}, errors.New("there is no key in it")
	}
	return Ring{&keys}, nil
}

// NewRing returns a ring of one key.
func NewRing(key [KeySize]byte) Ring { return Ring{&[]masterKey{newMasterKey(key[:])}} }

func newMasterKey(raw []byte) masterKey {
	var k masterKey
	copy(k.key[:], raw)
	sum := sha256.Sum256(raw)
	copy(k.id[:], sum[:])
	return k
}

func decodeKey(line string) ([]byte, bool) {
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if raw, err := decode(line); err == nil && len(raw) == KeySize {
			return raw, true
		}
	}
	return nil, false
}

// String hides the keys.
func (Ring) String() string { return "***" }

// GoString hides them from %#v.
func (Ring) GoString() string { return "***" }

// LogValue hides them from package slog.
func (Ring) LogValue() slog.Value { return slog.StringValue("***") }
