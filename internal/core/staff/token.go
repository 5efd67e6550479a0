package staff

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"larder"
)

const (
	tokenBytes = 32 // 256 bits: nothing to guess, so a fast digest is enough
	// customerLifetime and staffLifetime end a sign-in whatever is done with it: a phone's after a
	// month, the console's after a working day.
	customerLifetime = 30 * 24 * time.Hour
	staffLifetime    = 12 * time.Hour
	// sweepPerIssue expired sign-ins are forgotten whenever one is issued: the table stays about as
	// large as the number of sign-ins that count, without anybody who has to come by.
	sweepPerIssue = 10
)

// newToken draws a token.
func (s *Service) newToken() (string, error) {
	raw := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", fmt.Errorf("staff: draw a token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// digest returns what is kept of a token, nil for a text that cannot be one.
func digest(token string) []byte {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return nil
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// IssueTx signs an actor in, a customer or a member of staff: it returns a fresh token and when it
// expires. Only the token's digest is kept.
func (s *Service) IssueTx(ctx context.Context, tx larder.Tx, actor larder.Actor) (string, larder.Millis, error) {
	lifetime := staffLifetime
	switch actor.Kind {
	case larder.ActorCustomer:
		lifetime = customerLifetime
	case larder.ActorStaff:
	default:
		return "", 0, fmt.Errorf("staff: a sign-in for an actor of kind %q", actor.Kind)
	}
	token, err := s.newToken()
	if err != nil {
		return "", 0, err
	}
	now := larder.MillisOf(tx.Now())
	if err := s.store.DeleteExpired(ctx, tx, now, sweepPerIssue); err != nil {
		return "", 0, fmt.Errorf("staff: forget expired sign-ins: %w", err)
	}
	pass := Pass{
		Digest: digest(token), Org: actor.Org, Kind: actor.Kind, Subject: actor.ID(), Expires: now.Add(lifetime),
	}
	if err := s.store.AddPass(ctx, tx, pass, now); err != nil {
		return "", 0, fmt.Errorf("staff: keep a sign-in: %w", err)
	}
	return token, pass.Expires, nil
}

// Who returns the actor whose sign-in the token is. The error is of code unauthorized for a token
// that is none, was signed out or has expired, and for staff who left.
func (s *Service) Who(ctx context.Context, token string) (larder.Actor, error) {
	key := digest(token)
	if key == nil {
		return larder.Actor{}, larder.E(larder.CodeUnauthorized)
	}
	var pass Pass
	err := s.db.View(ctx, func(tx larder.Tx) error {
		var err error
		if pass, err = s.store.Pass(ctx, tx, key); err == nil && pass.Expires <= larder.MillisOf(tx.Now()) {
			return larder.E(larder.CodeUnauthorized)
		}
		return err
	})
	switch {
	case larder.CodeOf(err) == larder.CodeNotFound:
		return larder.Actor{}, larder.E(larder.CodeUnauthorized)
	case err != nil:
		return larder.Actor{}, fmt.Errorf("staff: look a sign-in up: %w", err)
	}
	return pass.actor()
}

// actor returns who signed in.
func (p Pass) actor() (larder.Actor, error) {
	switch {
	case p.Kind == larder.ActorCustomer:
		return larder.Actor{Kind: p.Kind, Org: p.Org, Customer: larder.CustomerID(p.Subject)}, nil
	case p.Kind == larder.ActorStaff && p.Role != "":
		return larder.Actor{Kind: p.Kind, Org: p.Org, Staff: larder.StaffID(p.Subject), Role: p.Role}, nil
	}
	return larder.Actor{}, larder.E(larder.CodeUnauthorized)
}

// SignOut ends the sign-in of a token. One that has ended, or never was, is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	key := digest(token)
	if key == nil {
		return nil
	}
	err := s.db.Update(ctx, func(tx larder.Tx) error { return s.store.DeletePass(ctx, tx, key) })
	if err != nil {
		return fmt.Errorf("staff: sign out: %w", err)
	}
	return nil
}
