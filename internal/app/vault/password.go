package vault

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// cost is what one hash takes: 19 MiB and two passes on one thread, OWASP's first choice for
// argon2id (Password Storage Cheat Sheet). It stands in every hash, so raising it leaves old ones
// readable.
var cost = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// errDamaged is a stored hash that nobody of us has made.
var errDamaged = errors.New("vault: a stored password hash is damaged")

// Passwords hashes and verifies passwords, at most one a processor at a time: the others wait, so
// that a storm of sign-ins costs time and not memory. It is safe for concurrent use.
type Passwords struct {
	turns chan struct{}
}

// NewPasswords returns the hasher of this process.
func NewPasswords() *Passwords {
	return &Passwords{turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Hash returns the password's argon2id hash in PHC string form, with a salt of its own.
func (p *Passwords) Hash(password string) (string, error) {
	p.turns <- struct{}{}
	defer func() { <-p.turns }()
	hash, err := argon2id.CreateHash(password, &cost)
	if err != nil {
		return "", fmt.Errorf("vault: hash a password: %w", err)
	}
	return hash, nil
}

// Verify reports whether hash was made from password, in a time that does not tell how much of it
// was right. The error says that hash is none, and quotes nothing of it.
func (p *Passwords) Verify(hash, password string) (bool, error) {
	p.turns <- struct{}{}
	defer func() { <-p.turns }()
	right, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, errDamaged
	}
	return right, nil
}
