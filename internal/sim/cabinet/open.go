package cabinet

import (
	"bytes"
	"io"
	"slices"
	"time"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

const (
	challengesKept = 8                // docs/protocol.md section 8
	challengeLife  = 10 * time.Second // at most, whatever a command's ttl says
	answersLife    = 10 * time.Second // in which a command that is repeated gets its answer again
	actuatedKept   = 256
)

// challenge is one that was issued over a connection and not used.
type challenge struct {
	bytes  []byte
	issued time.Time
}

// answered is a command of this connection that was judged.
type answered struct {
	command int64
	result  pb.Result
	reason  string
	at      time.Time
}

// authorization is what a lock asks to see before it moves.
type authorization struct {
	command int64
	session int64
	epoch   int64
	link    *conn
	issued  time.Time // of the challenge
	ttl     time.Duration
}

// pong answers a ping with a fresh challenge.
func (c *Cabinet) pong(l *conn, ping *pb.Ping) {
	now := c.cfg.Now()
	fresh := challenge{bytes: make([]byte, wire.ChallengeSize), issued: now}
	if _, err := io.ReadFull(c.cfg.Random, fresh.bytes); err != nil {
		c.cfg.Log.Error("draw a challenge", "error", err)
		return
	}
	if len(l.challenges) >= challengesKept {
		l.challenges = slices.Delete(l.challenges, 0, 1)
	}
	l.challenges = append(l.challenges, fresh)
	l.sendFirst(wire.Encode(&pb.Pong{
		Nonce: ping.Nonce, Challenge: fresh.bytes, Doors: []pb.DoorState{doorStates[c.shown(now)]},
	}))
}

// open judges a command to open in the order of docs/protocol.md section 8 and answers it.
func (c *Cabinet) open(l *conn, o *pb.Open) {
	now := c.cfg.Now()
	c.tell(Change{Kind: OpenReceived, Command: larder.CommandID(o.Command), Session: larder.SessionID(o.Session)})
	if c.wrong.IgnoreOpen {
		c.tally.Misbehaved.IgnoreOpen++
		return
	}
	result, reason, judged := c.judge(l, o, now)
	if judged {
		l.remember(answered{o.Command, result, reason, now})
	}
	switch result {
	case pb.Result_RESULT_REFUSED:
		c.tally.refuse(reason)
	case pb.Result_RESULT_EXPIRED:
		c.tally.Expired++
	default: // done or failed: counted where it happened
	}
	c.answerOpen(l, o, result, reason)
	c.streamRest()
}

// judge decides about a command to open, and moves the lock if it may. It reports whether the
// command got as far as a challenge: its answer is then kept for its repetitions.
func (c *Cabinet) judge(l *conn, o *pb.Open, now time.Time) (result pb.Result, reason string, judged bool) {
	if !wire.VerifyOpen(c.cfg.Key, c.cfg.Serial, o) {
		return pb.Result_RESULT_REFUSED, "mac", false
	}
	if o.Epoch != l.epoch {
		return pb.Result_RESULT_REFUSED, "epoch", false
	}
	if before, ok := l.recall(o.Command, now); ok {
		c.tally.Repeated++
		return before.result, before.reason, false
	}
	if slices.Contains(c.actuated, o.Command) { // over an earlier connection: the platform did not hear the answer
		c.tally.Repeated++
		return pb.Result_RESULT_DONE, "", false
	}
	k := slices.IndexFunc(l.challenges, func(ch challenge) bool {
		return bytes.Equal(ch.bytes, o.Challenge) && now.Sub(ch.issued) < challengeLife
	})
	if k < 0 {
		return pb.Result_RESULT_REFUSED, "challenge", true
	}
	used := l.challenges[k]
	l.challenges = slices.Delete(l.challenges, k, k+1)
	ttl := time.Duration(o.TtlMs) * time.Millisecond
	if now.Sub(used.issued) >= ttl {
		return pb.Result_RESULT_EXPIRED, "", true
	}
	if o.Door != doorNumber || c.door.leaf || c.door.sensed {
		return pb.Result_RESULT_REFUSED, "door", true
	}
	auth := authorization{
		command: o.Command, session: o.Session, epoch: o.Epoch, link: l, issued: used.issued, ttl: ttl,
	}
	if !c.actuate(auth, now) {
		return pb.Result_RESULT_FAILED, "not authorized at the lock", true
	}
	return pb.Result_RESULT_DONE, "", true
}

// actuate moves the lock, and asserts I6 by itself: what judge has decided is not asked again but
// proved again, from what the lock knows. It reports whether the lock moved.
func (c *Cabinet) actuate(auth authorization, now time.Time) bool {
	live := auth.link != nil && auth.link == c.link && auth.epoch == c.link.epoch
	fresh := auth.ttl > 0 && auth.ttl <= challengeLife && now.Sub(auth.issued) < auth.ttl
	if !live || !fresh || slices.Contains(c.actuated, auth.command) {
		c.tally.Violations++
		c.cfg.Log.Error("the lock was told to move without an authorization",
			"command_id", auth.command, "session_id", auth.session, "live", live, "fresh", fresh)
		return false
	}
	if len(c.actuated) >= actuatedKept {
		c.actuated = slices.Delete(c.actuated, 0, 1)
	}
	c.actuated = append(c.actuated, auth.command)
	c.tally.Actuations++
	c.beginSession(auth.session, now)
	c.release(auth.session, now)
	c.tell(Change{Kind: LockReleased, Command: larder.CommandID(auth.command), Session: larder.SessionID(auth.session)})
	return true
}

// answerOpen sends the answer to a command to open, or does with it what the machine's faults say.
func (c *Cabinet) answerOpen(l *conn, o *pb.Open, result pb.Result, reason string) {
	answer := &pb.Answer{Command: o.Command, Result: result, Reason: reason, Door: doorStates[c.door.state()]}
	if result == pb.Result_RESULT_DONE && c.misanswer(l, answer) {
		return
	}
	c.answer(l, answer)
}

// answer sends an answer, after everything that was sent before it.
func (c *Cabinet) answer(l *conn, a *pb.Answer) {
	l.send(wire.Encode(a))
	c.tell(Change{Kind: Answered, Command: larder.CommandID(a.Command), Result: results[a.Result]})
}

var results = map[pb.Result]larder.AnswerResult{
	pb.Result_RESULT_DONE:    larder.AnswerDone,
	pb.Result_RESULT_REFUSED: larder.AnswerRefused,
	pb.Result_RESULT_EXPIRED: larder.AnswerExpired,
	pb.Result_RESULT_FAILED:  larder.AnswerFailed,
}

// remember keeps the answer to a command for its repetitions.
func (l *conn) remember(a answered) {
	l.answers = slices.DeleteFunc(l.answers, func(old answered) bool { return a.at.Sub(old.at) >= answersLife })
	l.answers = append(l.answers, a)
}

// recall returns the answer that a command was given lately over this connection.
func (l *conn) recall(command int64, now time.Time) (answered, bool) {
	for _, a := range l.answers {
		if a.command == command && now.Sub(a.at) < answersLife {
			return a, true
		}
	}
	return answered{}, false
}
