package sandbox

import "time"

// Clock is where the sandbox takes time and timers from. The default is package time, which a
// testing/synctest bubble makes virtual. The official SDK reads package time itself: with another
// clock that is minutes away it refuses our answers as stale.
type Clock interface {
	Now() time.Time
	// AfterFunc runs f in its own goroutine after d; stop prevents it and reports whether it did.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) AfterFunc(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
