package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"larder"
	"larder/internal/app/config"
	"larder/internal/core/cabinet"
	"larder/internal/core/staff"
)

// ModelNative is the cabinet model that speaks the native protocol.
const ModelNative = "native"

// Setup registers what an installation needs before it serves: organizations, staff, cabinets. One
// that [OpenSetup] opened has the database for itself until it is closed; [App.Setup] works on the
// database of a running platform and is not closed.
type Setup struct {
	base *base
}

// OpenSetup opens the database, bringing its schema up to date. Only cabinets need the master key:
// without one, adding them is refused. The error is [*config.Invalid] for a key that is none.
func OpenSetup(ctx context.Context, c config.Config) (*Setup, error) {
	var sealer cabinet.Sealer = locked{}
	if c.Master.Key.Reveal() != "" {
		var err error
		if sealer, err = newSealer(c); err != nil {
			return nil, err
		}
	}
	b, err := openBase(ctx, c, sealer, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return nil, err
	}
	return &Setup{base: b}, nil
}

// locked is the sealer of a setup that was given no master key.
type locked struct{}

var errLocked = errors.New("the master key is not given")

func (locked) Seal([]byte) ([]byte, error) { return nil, errLocked }
func (locked) Open([]byte) ([]byte, error) { return nil, errLocked }

// Close closes the database.
func (s *Setup) Close() error { return s.base.db.Close() }

// AddOrg adds an organization. The error is [*Refusal] for what it may not be, a code that is taken
// among that; likewise of [Setup.AddStaff] and [Setup.AddCabinet].
func (s *Setup) AddOrg(ctx context.Context, code, name string) (larder.OrgID, error) {
	org, err := s.base.staff.AddOrg(ctx, staff.Org{Code: code, Name: name})
	return org.ID, refused(err)
}

// EnsureOrg returns the organization of a code, adding it if there is none.
func (s *Setup) EnsureOrg(ctx context.Context, code, name string) (larder.OrgID, error) {
	id, err := s.base.orgOf(ctx, code)
	if larder.CodeOf(err) == larder.CodeNotFound {
		return s.AddOrg(ctx, code, name)
	}
	return id, err
}

// AddStaff adds somebody to the organization of a code.
func (s *Setup) AddStaff(ctx context.Context, org string, n staff.NewStaff) (larder.StaffID, error) {
	id, err := s.base.orgOf(ctx, org)
	if err != nil {
		return 0, err
	}
	added, err := s.base.staff.Add(ctx, larder.System(id), n)
	return added.ID, refused(err)
}

// Enrolled is a cabinet that was just registered, with the secrets that are shown once.
type Enrolled struct {
	Cabinet cabinet.Cabinet
	Doors   []cabinet.Door // with their tokens
	Lanes   []cabinet.Lane
	Key     []byte // of the link, 32 bytes
}

// LogValue leaves key and tokens out.
func (e Enrolled) LogValue() slog.Value {
	return slog.GroupValue(slog.String("cabinet_id", e.Cabinet.ID.String()), slog.String("serial_no", e.Cabinet.Serial))
}

// AddCabinet registers a cabinet for the organization of a code, with a fresh key.
func (s *Setup) AddCabinet(ctx context.Context, org string, r cabinet.Registration) (Enrolled, error) {
	id, err := s.base.orgOf(ctx, org)
	if err != nil {
		return Enrolled{}, err
	}
	var made Enrolled
	err = s.base.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		made, err = s.base.enrollTx(ctx, tx, id, r)
		return err
	})
	if err != nil {
		return Enrolled{}, refused(err)
	}
	return made, nil
}

// enrollTx registers a cabinet with a key that it draws.
func (b *base) enrollTx(ctx context.Context, tx larder.Tx, org larder.OrgID, r cabinet.Registration) (Enrolled, error) {
	r.Key = make([]byte, 32) // of the link's handshake (docs/protocol.md)
	_, _ = rand.Read(r.Key)  // crypto/rand does not fail, it ends the program
	layout, err := b.cabinets.RegisterTx(ctx, tx, larder.System(org), r)
	if err != nil {
		return Enrolled{}, fmt.Errorf("cabinet %s: %w", r.Serial, err)
	}
	return Enrolled{Cabinet: layout.Cabinet, Doors: layout.Doors, Lanes: layout.Lanes, Key: r.Key}, nil
}

// KeyText is the key as people copy it.
func (e Enrolled) KeyText() string { return hex.EncodeToString(e.Key) }
