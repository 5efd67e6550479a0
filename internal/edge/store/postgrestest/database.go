package postgrestest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// made counts the databases of this process; each has a name of its own.
var made atomic.Int64

// Create makes an empty database that ends with the test, and returns its URL.
func (c *Cluster) Create(t testing.TB) string {
	t.Helper()
	return c.Clone(t, "template0")
}

// Clone makes a copy of a database that nobody is connected to. The copy ends with the test, whoever
// may still be connected to it. It may be called in a synctest bubble.
func (c *Cluster) Clone(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", made.Add(1))
	if err := c.run(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("postgrestest: copy %s: %v", template, err)
	}
	t.Cleanup(func() {
		if err := c.run(context.WithoutCancel(t.Context()), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("postgrestest: drop %s: %v", name, err)
		}
	})
	return c.URL(name)
}

// Template makes a database that outlives the test, to be cloned; fill is given its URL and must have
// left it when it returns. The error is of this process: it is remembered by whoever calls it once.
func (c *Cluster) Template(ctx context.Context, name string, fill func(url string) error) error {
	if err := c.run(ctx, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return fmt.Errorf("postgrestest: %w", err)
	}
	return fill(c.URL(name))
}

// run runs one statement on a connection of its own: pools would live on in goroutines that a bubble
// waits for.
func (c *Cluster) run(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is left to be lost
	_, err = conn.Exec(ctx, statement)
	return err
}
