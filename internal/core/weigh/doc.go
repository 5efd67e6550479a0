// Package weigh is the room of 称重: from readings to levels, to steps, to a basket with a stated
// confidence.
//
// It owns the [Recognizer], which one session feeds with readings as they arrive and asks for a
// live [Recognizer.Basket] and, after the close, for a [Verdict]; [Batch], which replays recorded
// sessions through that same recognizer; and [Plates], which finds takes in a trace without a door.
// session and run call it, the command line calls the two batch functions. It imports the standard
// library and the dictionary only, starts no goroutine, reads no clock, and does no I/O but on the
// reader and the writer that the batch functions are given.
//
// How a verdict comes about, in the order of the files:
//
//	timeline.go  readings in order of the cabinet's time, without duplicates and garbage
//	track.go     per lane: stable levels; what lies between two levels is hands, ringing, slamming
//	tracker.go   all lanes: how noisy this session is, and which lanes are stuck
//	scale.go     per lane: the level before the opening against the level after the close
//	count.go     the loss as a number of pieces, with a tolerance and a probability
//	steps.go     the changes between levels, in order of time, and the net of before and after
//	joint        all lanes together: what one lane gained has left another, or is foreign
//	belief.go    the baskets that the hypotheses end with, and how likely they are
//	outcome.go   which steps are believed, and what gives reason to an alert or a doubt
//	empty.go     everything gone and nobody seen to take it: a scale that failed
//	ruling.go    the policy's answer to a belief and to the money at stake: charge, or ask a person
//	wait.go      decide now, or ask again when
//	explanation.go  what a verdict follows from, for receipts, pictures and replays
//
// It guarantees: a count is never negative and never above stock+1 in a charge; a level from before
// the opening is never a closing weight; zeros and garbage are not weights; what cannot be explained
// is a review, never a guess; a duplicate changes nothing, and neither does the order of arrival
// once all have arrived; the same input gives the same verdict, to the byte.
//
// 中文名：称重。
package weigh
