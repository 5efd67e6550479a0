package staff

import (
	"context"
	"fmt"
	"time"

	"larder"
)

const (
	// lockAfter wrong passwords in a row the next attempt has to wait.
	lockAfter = 5
	// firstLock is how long; it doubles with every further wrong password.
	firstLock = 30 * time.Second
	// longestLock bounds it, so that a stranger cannot keep a person out for a day.
	longestLock = 15 * time.Minute
)

// lockFor returns how long signing in is refused after so many wrong passwords in a row.
func lockFor(failures int) time.Duration {
	if failures < lockAfter {
		return 0
	}
	wait := firstLock
	for range failures - lockAfter {
		if wait *= 2; wait >= longestLock {
			return longestLock
		}
	}
	return wait
}

// SignIn signs a member of the organization of that code in. The error's code is wrong_credentials
// whatever was wrong: organization, login, password, or a login that is locked after too many
// failures, right password or not. So neither the answer nor the work done for it tells a stranger
// which logins exist, or that a guess during the lock was right. Every attempt leaves an audit row.
func (s *Service) SignIn(ctx context.Context, org, login, password string) (Login, error) {
	verified, right, err := s.verify(ctx, org, login, password)
	if err != nil {
		return Login{}, fmt.Errorf("staff: sign in: %w", err)
	}
	var signed Login
	err = s.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		signed, err = s.concludeTx(ctx, tx, org, login, func(c Credential) bool { return right && c.Password == verified })
		return err
	})
	if err != nil {
		return Login{}, fmt.Errorf("staff: sign in: %w", err)
	}
	if signed.Token == "" {
		return Login{}, larder.E(larder.CodeCredentials)
	}
	return signed, nil
}

// verify hashes the password, outside of any transaction because that is slow on purpose, and
// returns the hash that it was compared with: the decoy's if nobody has that login.
func (s *Service) verify(ctx context.Context, org, login, password string) (hash string, right bool, err error) {
	hash, err = s.decoy()
	if err != nil {
		return "", false, err
	}
	found := false
	err = s.db.View(ctx, func(tx larder.Tx) error {
		c, err := s.credentialTx(ctx, tx, org, login)
		if found = err == nil && !c.Staff.ID.IsZero(); found {
			hash = c.Password
		}
		return err
	})
	if err != nil {
		return "", false, err
	}
	if len(password) > maxPasswordBytes {
		password, found = "", false
	}
	right, err = s.passwords.Verify(hash, password)
	return hash, right && found, err
}

// credentialTx returns the zero credential for a login that nobody has.
func (s *Service) credentialTx(ctx context.Context, tx larder.Tx, org, login string) (Credential, error) {
	c, err := s.store.Credential(ctx, tx, org, login)
	if larder.CodeOf(err) == larder.CodeNotFound {
		return Credential{}, nil
	}
	return c, err
}

// concludeTx decides by the row as it is now: of many guesses that were verified side by side, those
// that come after the lock are refused even if they were right. A login that nobody has goes the
// same way as a wrong password, statement by statement. Without a token nobody is signed in.
func (s *Service) concludeTx(ctx context.Context, tx larder.Tx, org, login string, right func(Credential) bool) (Login, error) {
	c, err := s.credentialTx(ctx, tx, org, login)
	if err != nil {
		return Login{}, err
	}
	failures, until, outcome := c.Failures, c.LockedUntil, "signed in"
	switch {
	case larder.MillisOf(tx.Now()) < c.LockedUntil:
		outcome = "refused: locked"
	case !right(c):
		failures++
		outcome = "refused"
		if wait := lockFor(failures); wait > 0 {
			until = larder.MillisOf(tx.Now()).Add(wait)
			outcome = fmt.Sprintf("refused: locked for %s", wait)
		}
	default:
		failures, until = 0, 0
	}
	if err := s.store.SetFailures(ctx, tx, c.Staff.Org, c.Staff.ID, failures, until); err != nil {
		return Login{}, err
	}
	return s.admitTx(ctx, tx, c.Staff, outcome)
}

// admitTx writes down how an attempt ended and, if it ended well, issues the sign-in.
func (s *Service) admitTx(ctx context.Context, tx larder.Tx, member Staff, outcome string) (Login, error) {
	attempt := larder.AuditRecord{Action: "staff.sign_in", ObjectKind: "staff", Object: int64(member.ID), Detail: outcome}
	if outcome != "signed in" {
		return Login{}, s.RecordTx(ctx, tx, larder.Actor{Kind: larder.ActorAnonymous, Org: member.Org}, attempt)
	}
	actor := larder.Actor{Kind: larder.ActorStaff, Org: member.Org, Staff: member.ID, Role: member.Role}
	if err := s.RecordTx(ctx, tx, actor, attempt); err != nil {
		return Login{}, err
	}
	token, expires, err := s.IssueTx(ctx, tx, actor)
	return Login{Token: token, Expires: expires, Staff: member}, err
}
