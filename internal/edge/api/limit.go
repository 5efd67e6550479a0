package api

import (
	"container/list"
	"math"
	"sync"
	"time"

	"larder"
)

// Limit is how often something may be tried: Burst times at once, and then again as one try
// regrows per Every. The zero value stands for the default of its place.
type Limit struct {
	Burst int
	Every time.Duration
}

// Limits are what one asker may try. An asker is an address, or the actor where one is signed in.
type Limits struct {
	SignIn      Limit // customers' sign-ins of one address; default 60, one a second: carriers share addresses
	StaffSignIn Limit // staff sign-ins of one address; default 10, one a minute
	Scan        Limit // door tokens that do not exist, of one asker; default 10, one a minute (10 in 10 minutes)
	Start       Limit // visits that one customer starts; default 20, one in 15 s
}

// withDefaults fills in what is not given.
func (l Limits) withDefaults() Limits {
	fill := func(l *Limit, burst int, every time.Duration) {
		if l.Burst <= 0 || l.Every <= 0 {
			*l = Limit{Burst: burst, Every: every}
		}
	}
	fill(&l.SignIn, 60, time.Second)
	fill(&l.StaffSignIn, 10, time.Minute)
	fill(&l.Scan, 10, time.Minute)
	fill(&l.Start, 20, 15*time.Second)
	return l
}

// maxAskers bounds the memory of one limiter (about 200 bytes an asker). Whoever has not asked for
// longest is forgotten first; a flood of addresses buys forgotten attempts, never memory.
const maxAskers = 16384

// limiter counts attempts by asker in token buckets. It is safe for concurrent use.
type limiter struct {
	limit Limit

	mu      sync.Mutex // guards what follows
	buckets map[string]*list.Element
	recent  *list.List // of *bucket, the latest first
}

// bucket holds the attempts that an asker has left, as of a moment.
type bucket struct {
	asker string
	left  float64
	at    time.Time
}

func newLimiter(limit Limit) *limiter {
	return &limiter{limit: limit, buckets: map[string]*list.Element{}, recent: list.New()}
}

// take spends an attempt of the asker; limited, with retry_after_s, where none is left.
func (l *limiter) take(asker string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(asker)
	if err := l.refuse(b); err != nil {
		return err
	}
	b.left--
	return nil
}

// check is like take and spends nothing: for limits that only failures cost.
func (l *limiter) check(asker string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refuse(l.bucket(asker))
}

// spend takes an attempt that has happened already. Attempts that ran at the same time may spend
// more than was left; the debt stays.
func (l *limiter) spend(asker string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bucket(asker).left--
}

func (l *limiter) refuse(b *bucket) error {
	if b.left >= 1 {
		return nil
	}
	wait := time.Duration((1 - b.left) * float64(l.limit.Every))
	return larder.E(larder.CodeLimited, paramRetry, max(int(math.Ceil(wait.Seconds())), 1))
}

// bucket returns the asker's bucket, refilled up to now, and makes it the latest.
func (l *limiter) bucket(asker string) *bucket {
	now := time.Now() // with its monotonic part: a stepping clock gives nobody attempts
	if e, ok := l.buckets[asker]; ok {
		l.recent.MoveToFront(e)
		b := e.Value.(*bucket) //nolint:errcheck // the list holds nothing else
		grown := float64(now.Sub(b.at)) / float64(l.limit.Every)
		b.left, b.at = min(b.left+grown, float64(l.limit.Burst)), now
		return b
	}
	if l.recent.Len() >= maxAskers {
		oldest := l.recent.Back()
		delete(l.buckets, l.recent.Remove(oldest).(*bucket).asker) //nolint:errcheck // as above
	}
	b := &bucket{asker: asker, left: float64(l.limit.Burst), at: now}
	l.buckets[asker] = l.recent.PushFront(b)
	return b
}
