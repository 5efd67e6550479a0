package sequence

import (
	"maps"
	"slices"
)

// maxBoots is how many boots of a cabinet a connection keeps apart. A cabinet that replays events
// of more boots than that is acknowledged again only for the latest ones.
const maxBoots = 16

// Verdict is what becomes of an event that a cabinet sent.
type Verdict int

// The verdicts of [Order.Offer].
const (
	Pass    Verdict = iota // hand it over, then report Committed or Failed
	Repeat                 // it is durable already: acknowledge it again
	Drop                   // under way, or its predecessor has been asked for: the cabinet sends it again if need be
	Gap                    // its predecessor is missing: ask for it, see [Order.Missing]
	Foreign                // from a boot that the cabinet has not had yet: a broken peer
)

// Order orders the durable events of one connection of one cabinet: it passes each event once,
// in the order of (boot, seq), without gaps within a boot, beginning after what is durable of the
// present boot and with the first event that comes of an older one. What has failed comes again
// before anything later passes. It is not safe for concurrent use.
type Order struct {
	present uint64               // the boot of the cabinet now
	durable uint64               // events 1..durable of the present boot were committed before
	boot    uint64               // the boot whose events pass now; 0 before the first
	boots   map[uint64]*progress // of the boots that passed, at most maxBoots
	stuck   bool                 // an event is missing: nothing passes but this one
	asked   bool                 // and it was asked for, or it failed and will come by itself
}

// progress is how far the events of one boot have come.
type progress struct {
	next    uint64 // the number that passes next
	durable uint64 // the highest number that is known to be committed
}

// New returns the order for a connection whose cabinet is in boot present, of which events
// 1..durable are committed.
func New(present, durable uint64) *Order {
	return &Order{present: present, durable: durable, boots: map[uint64]*progress{}}
}

// Offer judges an event that has arrived.
func (s *Order) Offer(boot, seq uint64) Verdict {
	switch {
	case boot > s.present:
		return Foreign
	case boot < s.boot:
		return s.late(boot, seq)
	case boot > s.boot && s.stuck:
		return Drop
	case boot > s.boot:
		s.begin(boot, seq)
	}
	p := s.boots[boot]
	switch {
	case seq == p.next:
		p.next++
		s.stuck, s.asked = false, false
		return Pass
	case seq <= p.durable:
		return Repeat
	case seq < p.next:
		return Drop
	}
	s.stuck = true
	if s.asked {
		return Drop
	}
	s.asked = true
	return Gap
}

// Missing returns the event that a [Gap] waits for.
func (s *Order) Missing() (boot, seq uint64) {
	if p := s.boots[s.boot]; p != nil {
		return s.boot, p.next
	}
	return s.present, s.durable + 1
}

// Committed says that an event which has passed is durable.
func (s *Order) Committed(boot, seq uint64) {
	if p := s.boots[boot]; p != nil {
		p.durable = max(p.durable, seq)
	}
}

// Failed takes back an event that has passed, and everything that passed after it. All of it is
// expected again.
func (s *Order) Failed(boot, seq uint64) {
	maps.DeleteFunc(s.boots, func(b uint64, p *progress) bool {
		if b > boot {
			s.keep(b, p)
		}
		return b > boot
	})
	p := s.boots[boot]
	if p == nil {
		p = &progress{}
		s.boots[boot] = p
	}
	p.next = seq
	s.boot, s.stuck, s.asked = boot, true, true
}

// late judges an event of a boot that newer ones have followed. It cannot pass in order any more:
// if it is not durable the cabinet's next connection begins with it.
func (s *Order) late(boot, seq uint64) Verdict {
	if p := s.boots[boot]; p != nil && seq <= p.durable {
		return Repeat
	}
	return Drop
}

// begin lets the events of boot pass from now on.
func (s *Order) begin(boot, seq uint64) {
	p := &progress{next: seq}
	if boot == s.present {
		p = &progress{next: s.durable + 1, durable: s.durable}
	}
	s.boot, s.boots[boot] = boot, p
	if len(s.boots) > maxBoots {
		delete(s.boots, slices.Min(slices.Collect(maps.Keys(s.boots))))
	}
}

// keep remembers what is durable of the present boot when its progress is taken back.
func (s *Order) keep(boot uint64, p *progress) {
	if boot == s.present {
		s.durable = max(s.durable, p.durable)
	}
}
