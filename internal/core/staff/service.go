package staff

import (
	"context"
	"fmt"
	"io"
	"sync"

	"larder"
)

// Deps is what the room works with.
type Deps struct {
	DB        larder.Transactor
	Store     Store
	IDs       larder.IDSource
	Random    io.Reader // of cryptographic quality; safe for concurrent use
	Passwords Passwords
}

// Service answers for the room. It is safe for concurrent use.
type Service struct {
	db        larder.Transactor
	store     Store
	ids       larder.IDSource
	random    io.Reader
	passwords Passwords
	decoy     func() (string, error) // the hash that an unknown login is verified against
}

// New returns the room's service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, store: d.Store, ids: d.IDs, random: d.Random, passwords: d.Passwords}
	s.decoy = sync.OnceValues(func() (string, error) {
		nobody, err := s.newToken()
		if err != nil {
			return "", err
		}
		return s.passwords.Hash(nobody)
	})
	return s
}

// EnsurePlatform makes the reserved organization that customers belong to, if it is not there. The
// program calls it at every start, before anything else is asked of the rooms.
func (s *Service) EnsurePlatform(ctx context.Context) error {
	platform := Org{ID: larder.Platform, Code: "platform", Name: "Larder"}
	err := s.db.Update(ctx, func(tx larder.Tx) error {
		return s.store.EnsureOrg(ctx, tx, platform, larder.MillisOf(tx.Now()))
	})
	if err != nil {
		return fmt.Errorf("staff: make the platform's organization: %w", err)
	}
	return nil
}

// AddOrg adds an organization with an id of the room's choosing and returns it. The program itself
// does it, on behalf of the new organization. Errors: invalid, conflict if the code is taken.
func (s *Service) AddOrg(ctx context.Context, org Org) (Org, error) {
	var added Org
	err := s.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		added, err = s.AddOrgTx(ctx, tx, org)
		return err
	})
	if err != nil {
		return Org{}, err
	}
	return added, nil
}

// AddOrgTx is [Service.AddOrg] inside the caller's transaction.
func (s *Service) AddOrgTx(ctx context.Context, tx larder.Tx, org Org) (Org, error) {
	if err := org.check(); err != nil {
		return Org{}, err
	}
	org.ID = larder.NewID[larder.OrgID](s.ids)
	if err := s.store.AddOrg(ctx, tx, org, larder.MillisOf(tx.Now())); err != nil {
		return Org{}, fmt.Errorf("staff: add organization %q: %w", org.Code, larder.Taken("code", err))
	}
	return org, s.RecordTx(ctx, tx, larder.System(org.ID), larder.AuditRecord{
		Action: "staff.add_org", ObjectKind: "org", Object: int64(org.ID), Detail: org.Code,
	})
}

// Add adds a member to the actor's organization. The actor is an admin or the system. Errors:
// forbidden (another organization's member included), invalid, conflict if the login is taken.
func (s *Service) Add(ctx context.Context, actor larder.Actor, n NewStaff) (Staff, error) {
	if !mayManage(actor) || !n.Org.IsZero() && n.Org != actor.Org {
		return Staff{}, larder.E(larder.CodeForbidden)
	}
	if err := n.check(); err != nil {
		return Staff{}, err
	}
	hash, err := s.passwords.Hash(n.Password) // slow on purpose, so outside of the transaction
	if err != nil {
		return Staff{}, fmt.Errorf("staff: hash a password: %w", err)
	}
	added := Staff{
		ID: larder.NewID[larder.StaffID](s.ids), Org: actor.Org, Login: n.Login, Name: n.Name, Role: n.Role,
	}
	err = s.db.Update(ctx, func(tx larder.Tx) error {
		if err := s.store.AddStaff(ctx, tx, added, hash, larder.MillisOf(tx.Now())); err != nil {
			return larder.Taken("login", err)
		}
		return s.RecordTx(ctx, tx, actor, larder.AuditRecord{
			Action: "staff.add", ObjectKind: "staff", Object: int64(added.ID), Detail: "role " + string(added.Role),
		})
	})
	if err != nil {
		return Staff{}, fmt.Errorf("staff: add a member: %w", err)
	}
	return added, nil
}

// RecordTx appends a row to the audit log of the actor's organization, the platform's if the actor
// has none. It is what other rooms' audit ports are connected to.
func (s *Service) RecordTx(ctx context.Context, tx larder.Tx, actor larder.Actor, rec larder.AuditRecord) error {
	org := actor.Org
	if org.IsZero() {
		org = larder.Platform
	}
	if err := s.store.AddAudit(ctx, tx, s.ids.Next(), org, actor, rec, larder.MillisOf(tx.Now())); err != nil {
		return fmt.Errorf("staff: audit %s: %w", rec.Action, err)
	}
	return nil
}
