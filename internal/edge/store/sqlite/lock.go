//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// fileLock keeps a second writing process away from a database. It is a lock on a file of its own,
// beside the database: SQLite's locks on the database itself are dropped by the operating system
// when any descriptor of it is closed. It ends with the process, however that ends.
type fileLock struct{ f *os.File }

// lockFile takes the lock for the database at path, or says who holds it.
func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the path
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 20))
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("sqlite: %s: %w (process %s)", path, ErrInUse, strings.TrimSpace(string(holder)))
		}
		return nil, fmt.Errorf("sqlite: lock %s.lock: %w", path, err)
	}
	// The number helps a person; the lock does not depend on it.
	if err := f.Truncate(0); err == nil {
		_, _ = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return &fileLock{f: f}, nil
}

// release gives the lock up. The file stays: unlinking it would let two processes lock two files of
// one name.
func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}
