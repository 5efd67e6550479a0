package app_test

import (
	"errors"
	"strings"
	"testing"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

// On a server nobody's file lock keeps a second platform away, nor a second process with the same node
// number in its ids: both are refused while the first one lives, and setting things up beside it is not.
func TestOpen_on_a_server(t *testing.T) {
	t.Parallel()
	c, _ := settings(t)
	c.DB = postgrestest.Start(t).Create(t)
	first, err := app.Open(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	second := c
	second.Node = c.Node + 1
	for want, refused := range map[string]config.Config{"--node": c, "serves": second} {
		if _, err := app.Open(t.Context(), refused, app.Options{}); !errors.Is(err, postgres.ErrInUse) || !strings.Contains(err.Error(), want) {
			t.Errorf("a second platform with node %d: %v", refused.Node, err)
		}
	}
	if _, err := app.OpenSetup(t.Context(), c); !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("a setup with the platform's node: %v", err)
	}
	setup, err := app.OpenSetup(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := setup.AddOrg(t.Context(), "acme", "Acme"); err != nil {
		t.Error(err)
	}
	if err := errors.Join(setup.Close(), first.Close()); err != nil {
		t.Error(err)
	}
	again, err := app.Open(t.Context(), c, app.Options{}) // everything was given up
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if schema, err := app.Schema(t.Context(), c.DB); err != nil || schema.Database != schema.Binary {
		t.Errorf("schema %+v: %v", schema, err)
	}
}
