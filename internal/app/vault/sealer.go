package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// A sealed secret is format (1 byte), the master key's id (4), a nonce (12), then what AES-256-GCM
// makes of the secret (as long as it, and 16 bytes). The format, the id and the purpose are
// authenticated with it.
const (
	formatOne  = 1
	headerSize = 1 + keyIDSize
)

// Errors of [Sealer.Open]; they say nothing of the secret.
var (
	// ErrNoKey says that a secret was sealed under a master key that the ring does not have.
	ErrNoKey = errors.New("vault: the master key that sealed this is not in the ring")
	// ErrSealBroken says that a sealed secret was changed, or is none, or is for another purpose.
	ErrSealBroken = errors.New("vault: the seal is broken")
)

// Sealer seals secrets of one purpose under the first key of a ring and opens what any of its keys
// has sealed. It is safe for concurrent use.
type Sealer struct {
	purpose string
	first   keyID
	ciphers map[keyID]cipher.AEAD
}

// NewSealer returns a sealer with keys of its own, derived from the ring's for this purpose, which is
// a constant of the program.
func NewSealer(ring Ring, purpose string) (*Sealer, error) {
	if ring.keys == nil || len(*ring.keys) == 0 {
		return nil, errors.New("vault: a sealer needs a master key")
	}
	s := &Sealer{purpose: purpose, first: (*ring.keys)[0].id, ciphers: map[keyID]cipher.AEAD{}}
	for _, master := range *ring.keys {
		derived, err := hkdf.Key(sha256.New, master.key[:], nil, "larder/"+purpose, KeySize)
		if err != nil {
			return nil, fmt.Errorf("vault: derive the key for %s: %w", purpose, err)
		}
		block, err := aes.NewCipher(derived)
		if err != nil {
			return nil, fmt.Errorf("vault: key for %s: %w", purpose, err)
		}
		if s.ciphers[master.id], err = cipher.NewGCM(block); err != nil {
			return nil, fmt.Errorf("vault: key for %s: %w", purpose, err)
		}
	}
	return s, nil
}

// Seal returns plain so that only [Sealer.Open] of the same purpose reads it; twice the same secret
// is sealed differently.
func (s *Sealer) Seal(plain []byte) ([]byte, error) {
	aead := s.ciphers[s.first]
	sealed := make([]byte, headerSize+aead.NonceSize(), headerSize+aead.NonceSize()+len(plain)+aead.Overhead())
	sealed[0] = formatOne
	copy(sealed[1:], s.first[:])
	nonce := sealed[headerSize:]
	// crypto/rand does not fail, it ends the program.
	_, _ = rand.Read(nonce)
	return aead.Seal(sealed, nonce, plain, s.bound(sealed[:headerSize])), nil //nolint:gosec // the nonce was drawn just above
}

// Open returns what was sealed. The error is [ErrNoKey] or [ErrSealBroken].
func (s *Sealer) Open(sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize || sealed[0] != formatOne {
		return nil, ErrSealBroken
	}
	header := sealed[:headerSize]
	aead, ok := s.ciphers[keyID(header[1:])]
	if !ok {
		return nil, ErrNoKey
	}
	rest := sealed[headerSize:]
	if len(rest) < aead.NonceSize() {
		return nil, ErrSealBroken
	}
	plain, err := aead.Open(nil, rest[:aead.NonceSize()], rest[aead.NonceSize():], s.bound(header))
	if err != nil {
		return nil, ErrSealBroken
	}
	return plain, nil
}

// bound is what a seal authenticates besides the secret.
func (s *Sealer) bound(header []byte) []byte { return append([]byte(s.purpose), header...) }
