package cabinet

import (
	"context"
	"fmt"
	"io"
	"sync"

	"larder"
)

// Deps is what the room works with.
type Deps struct {
	DB     larder.Transactor
	Store  Store
	IDs    larder.IDSource
	Random io.Reader // of cryptographic quality; safe for concurrent use
	Sealer Sealer
	Audit  Auditor
}

// Service answers for the room. It is safe for concurrent use.
type Service struct {
	db     larder.Transactor
	store  Store
	ids    larder.IDSource
	random io.Reader
	sealer Sealer
	audit  Auditor
	decoy  func() ([]byte, error) // the sealed key that an unknown serial number is given
}

// New returns the room's service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, store: d.Store, ids: d.IDs, random: d.Random, sealer: d.Sealer, audit: d.Audit}
	s.decoy = sync.OnceValues(func() ([]byte, error) { return s.sealer.Seal(make([]byte, keyBytes)) })
	return s
}

// Credential returns the active cabinet of a serial number and the key it shares with the platform.
// An unknown number is an error of code not_found after the same work: a key is unsealed for it too.
func (s *Service) Credential(ctx context.Context, serial string) (Cabinet, []byte, error) {
	sealed, err := s.decoy()
	if err != nil {
		return Cabinet{}, nil, fmt.Errorf("cabinet: seal a decoy: %w", err)
	}
	var c Cabinet
	missing := s.db.View(ctx, func(tx larder.Tx) error {
		found, key, err := s.store.BySerial(ctx, tx, serial)
		if err == nil {
			c, sealed = found, key
		}
		return err
	})
	if missing != nil && larder.CodeOf(missing) != larder.CodeNotFound {
		return Cabinet{}, nil, fmt.Errorf("cabinet: look %q up: %w", serial, missing)
	}
	key, err := s.sealer.Open(sealed)
	if missing != nil {
		return Cabinet{}, nil, larder.E(larder.CodeNotFound)
	}
	if err != nil {
		return Cabinet{}, nil, fmt.Errorf("cabinet: unseal the key of %s: %w", serial, err)
	}
	return c, key, nil
}

// DoorByToken returns the door that a token leads to, and its cabinet. The error is of code
// not_found for a token that is none or whose cabinet is retired.
func (s *Service) DoorByToken(ctx context.Context, token string) (Cabinet, Door, error) {
	var c Cabinet
	var d Door
	err := s.db.View(ctx, func(tx larder.Tx) error {
		var err error
		c, d, err = s.DoorByTokenTx(ctx, tx, token)
		return err
	})
	return c, d, err
}

// DoorByTokenTx is [Service.DoorByToken] inside the caller's transaction.
func (s *Service) DoorByTokenTx(ctx context.Context, tx larder.Tx, token string) (Cabinet, Door, error) {
	c, d, err := s.store.ByToken(ctx, tx, token)
	if err != nil {
		return Cabinet{}, Door{}, fmt.Errorf("cabinet: find a door by its token: %w", err)
	}
	return c, d, nil
}

// Cabinets returns the cabinets of the actor's organization, by id, and their doors, by cabinet and
// number. Only staff and the system may ask; others get forbidden.
func (s *Service) Cabinets(ctx context.Context, actor larder.Actor) ([]Cabinet, []Door, error) {
	if !mayLook(actor) {
		return nil, nil, larder.E(larder.CodeForbidden)
	}
	var cabinets []Cabinet
	var doors []Door
	err := s.db.View(ctx, func(tx larder.Tx) error {
		var err error
		cabinets, doors, err = s.store.OfOrg(ctx, tx, actor.Org)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("cabinet: list: %w", err)
	}
	return cabinets, doors, nil
}

// Layout returns a cabinet of the actor's organization with its doors and lanes; not_found for
// another organization's.
func (s *Service) Layout(ctx context.Context, actor larder.Actor, id larder.CabinetID) (Layout, error) {
	var layout Layout
	err := s.db.View(ctx, func(tx larder.Tx) error {
		var err error
		layout, err = s.LayoutTx(ctx, tx, actor, id)
		return err
	})
	return layout, err
}

// LayoutTx is [Service.Layout] inside the caller's transaction.
func (s *Service) LayoutTx(ctx context.Context, tx larder.Tx, actor larder.Actor, id larder.CabinetID) (Layout, error) {
	if !mayLook(actor) {
		return Layout{}, larder.E(larder.CodeForbidden)
	}
	layout, err := s.store.Layout(ctx, tx, actor.Org, id)
	if err != nil {
		return Layout{}, fmt.Errorf("cabinet: layout of %s: %w", id, err)
	}
	return layout, nil
}

// FindTx returns the active cabinet of a serial number with its doors and lanes. The error is of code
// not_found if nobody has it, or who has it is not the actor's organization.
func (s *Service) FindTx(ctx context.Context, tx larder.Tx, actor larder.Actor, serial string) (Layout, error) {
	c, _, err := s.store.BySerial(ctx, tx, serial)
	if err != nil {
		return Layout{}, fmt.Errorf("cabinet: find %q: %w", serial, err)
	}
	return s.LayoutTx(ctx, tx, actor, c.ID)
}

// AdvancePlanogramTx makes the next planogram version of an active cabinet of org the one that
// counts, and returns it. The caller writes that version in the same transaction.
func (s *Service) AdvancePlanogramTx(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CabinetID) (int64, error) {
	version, err := s.store.AdvancePlanogram(ctx, tx, org, id)
	if err != nil {
		return 0, fmt.Errorf("cabinet: next planogram of %s: %w", id, err)
	}
	return version, nil
}
