package run

import (
	"time"

	"larder"
	"larder/internal/core/weigh/health"
)

// Observer is told what moves, for metrics and logs. Its methods are quick and safe for concurrent
// use.
type Observer interface {
	// EffectRan: a try of an effect ended; outcome is done, again, failed, dead, stale or error; late is
	// by how much the try began after its due time, 0 for one that was tried at once.
	EffectRan(kind, outcome string, late time.Duration)
	// EffectFailed tells why a try failed or could not be recorded.
	EffectFailed(e Effect, err error)
	// Unlocked: from the commit of an authorization to the first byte of "open".
	Unlocked(took time.Duration)
	// Judged: a verdict was committed; took is from the verdict to the commit.
	Judged(verdict string, took time.Duration)
	// Dropped: something of no lasting consequence was dropped because a queue was full.
	Dropped(what string)
	// Stalled: a sweep found something that nothing would have moved, and has seen to it; what is one of
	// the Stalled words, id a session's or payment's. It finds nothing while all is well.
	Stalled(what string, id int64)
	// Scale: the status of a lane's scale has changed and is written; from is healthy for one of which
	// nothing was known.
	Scale(lane larder.LaneID, from, to health.Status)
	// Scales: so many lanes of the installation have scales of this status, which is not healthy.
	Scales(status health.Status, lanes int)
	// Trouble: something of a session failed and will be tried again.
	Trouble(session larder.SessionID, what string, err error)
}
