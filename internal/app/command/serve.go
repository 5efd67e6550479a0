package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"larder/internal/app"
	"larder/internal/app/config"
)

// serve is `larder serve`.
type serve struct {
	Roles  []string      `arg:"" optional:"" name:"role" help:"What this process does: gateway, worker, api. All of them by default; fewer need the fleet, which is not there yet."`
	Config config.Config `embed:""`

	CPUProfile string `name:"cpu-profile" hidden:"" type:"path" placeholder:"FILE" help:"Write where this process spends its time, in pprof's format, when it stops."`
}

// Help has the examples.
func (*serve) Help() string {
	return `All roles run in this process, on an SQLite file or on a PostgreSQL server. SIGTERM stops it cleanly within 10 s; a door that is open then is settled after the restart.

  larder serve --config larder.json
  LARDER_MASTER_KEY=… larder serve --db /var/lib/larder/larder.db --public-url https://larder.example
  LARDER_DB='postgres://larder@db.example/larder?sslmode=verify-full' larder serve --config larder.json

Before the first start, make a master key, an organization and somebody who may sign in:

  (umask 077; openssl rand -hex 32 > master.key)
  larder org add --code acme --name "Acme Snacks"
  larder staff add --org acme --login ann --name Ann --role admin < password.txt

The same address has /livez, /readyz and /metrics.`
}

// check reads the secrets and judges roles, secrets and settings at once.
func (c *serve) check(w World) error {
	read := c.Config.ReadSecrets(w.Env)
	return config.Join(app.CheckRoles(c.Roles), read, c.Config.Check())
}

// Run serves until ctx ends.
func (c *serve) Run(ctx context.Context, w World) (err error) {
	if c.CPUProfile != "" {
		stop, profileErr := profileTo(c.CPUProfile)
		if profileErr != nil {
			return profileErr
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	return app.Serve(ctx, c.Config, w.Err)
}

// profileTo samples this process until stop is called, into a file that nobody else may read.
func profileTo(path string) (stop func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("profile: %w", err), f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
