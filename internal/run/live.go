package run

import (
	"sync"

	"larder"
	"larder/internal/core/visit"
)

// Snapshot is the newest of one session: whole, never a difference. For one reader Version only grows.
type Snapshot struct {
	Version int64
	Basket  *visit.Basket // the live estimate; nil before the first reading
	Changed bool          // the session's rows have changed since the last one: read them again
}

// Live hands the newest snapshot of every session to whoever watches it. A slow reader misses what
// was overtaken and never the newest. It is safe for concurrent use.
type Live struct {
	mu     sync.Mutex // guards topics
	topics map[larder.SessionID]*topic
}

type topic struct {
	last    Snapshot
	readers map[chan Snapshot]struct{}
}

// NewLive returns a hub without readers.
func NewLive() *Live { return &Live{topics: make(map[larder.SessionID]*topic)} }

// Subscribe returns a channel that holds the newest snapshot, at once if there is an estimate, and
// what ends the subscription. The channel is never closed.
func (l *Live) Subscribe(id larder.SessionID) (<-chan Snapshot, func()) {
	ch := make(chan Snapshot, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.topic(id)
	t.readers[ch] = struct{}{}
	if t.last.Basket != nil {
		ch <- t.last
	}
	return ch, func() { l.leave(id, ch) }
}

func (l *Live) leave(id larder.SessionID, ch chan Snapshot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.topics[id]; t != nil {
		delete(t.readers, ch)
		l.forget(id, t)
	}
}

// Close forgets the estimate of a session that has ended.
func (l *Live) Close(id larder.SessionID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.topics[id]; t != nil {
		t.last = Snapshot{Version: t.last.Version}
		l.forget(id, t)
	}
}

// Estimate publishes a live basket.
func (l *Live) Estimate(id larder.SessionID, b visit.Basket) {
	l.publish(id, func(s *Snapshot) { s.Basket = &b })
}

// Changed publishes that a session's rows have changed.
func (l *Live) Changed(id larder.SessionID) {
	l.publish(id, func(s *Snapshot) { s.Changed = true })
}

func (l *Live) publish(id larder.SessionID, change func(*Snapshot)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.topic(id)
	change(&t.last)
	t.last.Version++
	for ch := range t.readers {
		next := t.last
		select {
		case missed := <-ch:
			next.Changed = next.Changed || missed.Changed
		default:
		}
		ch <- next
	}
	t.last.Changed = false
	if t.last.Basket == nil {
		l.forget(id, t)
	}
}

// topic and forget are called with mu held.
func (l *Live) topic(id larder.SessionID) *topic {
	t := l.topics[id]
	if t == nil {
		t = &topic{readers: make(map[chan Snapshot]struct{})}
		l.topics[id] = t
	}
	return t
}

func (l *Live) forget(id larder.SessionID, t *topic) {
	if len(t.readers) == 0 && t.last.Basket == nil {
		delete(l.topics, id)
	}
}
