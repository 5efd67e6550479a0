package app

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/app/config"
	"larder/internal/app/vault"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgres"
)

// purposeCabinet is what cabinets' keys are sealed for; it is part of every seal.
const purposeCabinet = "cabinet"

// base is the database and the rooms that an installation is set up with.
type base struct {
	log      *slog.Logger
	db       database
	schema   store.Schema
	ids      *larder.IDs
	staff    *staff.Service
	cabinets *cabinet.Service
	catalog  *catalog.Service
}

// openBase opens the database, brings its schema up to date and makes the platform's organization.
// The caller closes db.
func openBase(ctx context.Context, c config.Config, sealer cabinet.Sealer, log *slog.Logger, r prometheus.Registerer) (*base, error) {
	ids, err := larder.NewIDs(c.Node, time.Now)
	if err != nil {
		return nil, &config.Invalid{Problems: []config.Problem{{Key: "node", Reason: err.Error()}}}
	}
	db, schema, err := openDB(ctx, c, log, r)
	if err != nil {
		return nil, err
	}
	if err := claim(ctx, db, postgres.ClaimNode, c.Node); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b := &base{log: log, db: db, schema: schema, ids: ids}
	b.staff = staff.New(staff.Deps{
		DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader, Passwords: vault.NewPasswords(),
	})
	b.cabinets = cabinet.New(cabinet.Deps{
		DB: db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: sealer, Audit: b.staff,
	})
	b.catalog = catalog.New(catalog.Deps{DB: db, Store: store.Catalog{}, IDs: ids, Cabinets: b.cabinets, Audit: b.staff})
	if err := b.staff.EnsurePlatform(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return b, nil
}

// newSealer returns what seals cabinets' keys under the master keys.
func newSealer(c config.Config) (cabinet.Sealer, error) {
	ring, err := c.Ring()
	if err != nil {
		return nil, &config.Invalid{Problems: []config.Problem{{Key: "master-key", Reason: err.Error()}}}
	}
	return vault.NewSealer(ring, purposeCabinet)
}

// mustBeEmpty refuses a database that anybody has set up: its cabinets' keys are sealed under another
// master key, and it is not the demo's to fill.
func (b *base) mustBeEmpty(ctx context.Context) error {
	var others int64
	err := b.db.View(ctx, func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(ctx, `SELECT count(*) FROM org WHERE id <> $1`, larder.Platform).Scan(&others)
	})
	if err == nil && others > 0 {
		err = fmt.Errorf("the database is in use by %d organizations: give the demo an empty one", others)
	}
	return err
}

// orgOf returns the organization of a code; an error of code not_found names the code.
func (b *base) orgOf(ctx context.Context, code string) (larder.OrgID, error) {
	var org staff.Org
	err := b.db.View(ctx, func(tx larder.Tx) error {
		var err error
		org, err = orgOfTx(ctx, tx, code)
		return err
	})
	return org.ID, err
}

// orgOfTx is orgOf inside the caller's transaction.
func orgOfTx(ctx context.Context, tx larder.Tx, code string) (staff.Org, error) {
	org := staff.Org{Code: code}
	err := store.From(tx).QueryRowContext(ctx, `SELECT id, name FROM org WHERE code = $1`, code).Scan(&org.ID, &org.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return staff.Org{}, fmt.Errorf("organization %q: %w", code, larder.E(larder.CodeNotFound))
	}
	if err != nil {
		return staff.Org{}, fmt.Errorf("organization %q: %w", code, store.Translate(err))
	}
	return org, nil
}
