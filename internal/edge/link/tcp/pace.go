package tcp

import "time"

// How fast one cabinet may talk (fault H14): a session is 4 frames a second, a replay 100.
const (
	paceRate   = 200   // frames a second
	paceBurst  = 1_000 // frames at once
	paceUnit   = 512   // bytes of body that count as one frame more
	floodLimit = 30 * time.Second
)

// pace is a token bucket for one connection; the goroutine that reads owns it.
type pace struct {
	tokens float64
	at     time.Time // when tokens was right
	since  time.Time // since when the peer has been too fast; zero: it is not
}

func newPace(now time.Time) pace { return pace{tokens: paceBurst, at: now} }

// spend charges for a frame with a body of size bytes. It returns how long not to read, and whether
// the peer has been too fast for too long.
func (p *pace) spend(size int, now time.Time) (wait time.Duration, flood bool) {
	p.tokens = min(paceBurst, p.tokens+now.Sub(p.at).Seconds()*paceRate)
	p.at = now
	if p.tokens > paceBurst/10 {
		p.since = time.Time{}
	}
	p.tokens -= float64(1 + size/paceUnit)
	if p.tokens >= 0 {
		return 0, false
	}
	if p.since.IsZero() {
		p.since = now
	}
	return time.Duration(-p.tokens / paceRate * float64(time.Second)), now.Sub(p.since) >= floodLimit
}
