package api

import (
	"context"

	"larder"
)

// requestNote is what is learned about a request on its way through, for the handler, the log and
// the metrics. One goroutine at a time writes it: the one that serves the request.
type requestNote struct {
	op     string // the operation's id; "" while no route matched
	actor  larder.Actor
	token  string // as presented; for signing out
	asker  string // address of the client as limits count it
	lang   language
	stream bool // it lasts as long as the client likes
	code   larder.Code
	err    error // the cause of a refusal, for the log
}

type noteKey struct{}

// withNote starts the note of a request.
func withNote(ctx context.Context, n *requestNote) context.Context {
	return context.WithValue(ctx, noteKey{}, n)
}

// note returns the request's note; a fresh one where a handler runs without a request.
func note(ctx context.Context) *requestNote {
	if n, ok := ctx.Value(noteKey{}).(*requestNote); ok {
		return n
	}
	return &requestNote{}
}

// noteError keeps the cause of a refusal for the log.
func noteError(ctx context.Context, err error) {
	n := note(ctx)
	n.code, n.err = larder.CodeOf(err), err
}

// actorOf returns who asks. Policies have looked at it before a handler runs.
func actorOf(ctx context.Context) larder.Actor { return note(ctx).actor }
