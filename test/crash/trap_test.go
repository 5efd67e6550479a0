package crash_test

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"larder/internal/sim/cabinet"
	"larder/internal/sim/rig"
	"larder/test/stand"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(writerFile); file != "" {
		fmt.Fprintln(os.Stderr, write(file, os.Getenv(writerMode)))
		os.Exit(1)
	}
	os.Exit(stand.Main(m))
}

// trap kills the platform when its moment comes, and is sprung then.
type trap struct {
	at     string // see the methods that tell it
	sprung chan struct{}

	mu     sync.Mutex // guards victim
	victim *rig.Platform
}

func newTrap(at string) *trap { return &trap{at: at, sprung: make(chan struct{})} }

// arm names the victim; nothing happens before.
func (tr *trap) arm(p *rig.Platform) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.victim = p
}

// moment tells the trap that something is happening; it returns when the platform is dead, if that
// was the moment.
func (tr *trap) moment(at string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if at != tr.at || tr.victim == nil {
		return
	}
	tr.victim.Kill()
	tr.victim = nil
	close(tr.sprung)
}

// options let the trap hear everything: the provider's requests before anything happens, its
// callbacks on both ways, and the cabinet's changes while the cabinet stands still.
func (tr *trap) options() stand.Options {
	return stand.Options{
		Ears: rig.Ears{
			Arrived:   func(call string) { tr.moment("provider asked: " + call) },
			Sending:   func(kind string) { tr.moment("callback leaves: " + kind) },
			Delivered: func(kind string) { tr.moment("callback answered: " + kind) },
		},
		Hook: func(c cabinet.Change) {
			name := string(c.Kind)
			if c.Event != "" {
				name += ": " + string(c.Event)
			}
			tr.moment(name)
		},
	}
}
