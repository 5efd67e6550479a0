package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/app/config"
	"larder/internal/edge/link/tcp"
	"larder/internal/edge/obs"
	"larder/internal/edge/store/postgres"
	"larder/internal/run"
)

// How long stages have to stop; with the last calls and the database's end, less than 10 s.
const (
	frontPatience = 4 * time.Second // connections of cabinets and clients
	backPatience  = 4 * time.Second // effects and verdicts under way
)

// Options are what a program adds to the settings.
type Options struct {
	Log  *slog.Logger // nil: nothing is logged
	Root http.Handler // answers every path that is not the platform's; nil: nobody does
}

// App is the platform in one process: all roles on one database. Its life is Open, Run, Close.
type App struct {
	*base
	registry *prometheus.Registry
	link     net.Listener
	gateway  *tcp.Gateway
	engine   *run.Engine
	floor    *run.Floor
	sweeper  *run.Sweeper
	scales   *run.Scales
	front    front

	schedules schedules
	listening atomic.Bool // the gateway accepts cabinets
}

// Open checks the settings, opens database and listeners and puts everything together; nothing moves
// before [App.Run]. The error is [*config.Invalid] if settings are wrong; then nothing was opened that
// is not closed again.
func Open(ctx context.Context, c config.Config, o Options) (*App, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &App{}
	if err := a.open(ctx, c, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// open does Open's work; what it has opened when it fails, Close closes.
func (a *App) open(ctx context.Context, c config.Config, o Options) (err error) {
	if a.registry, err = obs.NewRegistry(obs.ReadBuild()); err != nil {
		return err
	}
	if a.front.listener, err = listen(ctx, c.HTTP.Listen, c.HTTP.MaxConnections); err != nil {
		return err
	}
	p, err := newProviders(c, c.Notify(a.front.listener.Addr()), o.Log, a.registry)
	if err != nil {
		return err
	}
	sealer, err := newSealer(c)
	if err != nil {
		return err
	}
	if a.link, err = tcp.Listen(ctx, c.Link.Listen); err != nil {
		return err
	}
	if a.base, err = openBase(ctx, c, sealer, o.Log, a.registry); err != nil {
		return err
	}
	if err := claim(ctx, a.db, postgres.ClaimServe, 0); err != nil {
		return err
	}
	if a.schedules, err = openSchedules(ctx, c, o.Log, a.registry); err != nil {
		return err
	}
	return a.wire(c, p, o.Root)
}

// HTTPAddr is what the API listens on.
func (a *App) HTTPAddr() string { return a.front.listener.Addr().String() }

// LinkAddr is what cabinets connect to.
func (a *App) LinkAddr() string { return a.link.Addr().String() }

// Registry is where the process's metrics are.
func (a *App) Registry() *prometheus.Registry { return a.registry }

// Setup registers things while the platform runs, on its database.
func (a *App) Setup() *Setup { return &Setup{base: a.base} }

// Run serves until ctx ends and returns nil then, within 10 s. It runs once. The error says what
// ended by itself or did not stop; [sqlite.ErrFailed] is among it if the disk has failed,
// [postgres.ErrInUse] if another process has become what this one was.
func (a *App) Run(ctx context.Context) error {
	a.log.Info("serving", "http", a.HTTPAddr(), "link", a.LinkAddr(), "schema", a.schema.Database, "memory_limit", debug.SetMemoryLimit(-1))
	err := runStages(ctx, a.log, []stage{
		{patience: frontPatience, parts: []part{{"http", a.front.run}, {"gateway", a.runGateway}}},
		{patience: backPatience, parts: []part{{"effects", a.engine.Run}, {"floor", a.floor.Run}, {"sweep", a.sweeper.Run}, {"scales", a.scales.Run}, {"schedules", a.runSchedules}}},
	}, a.db.Failed(), failure(a.db))
	a.log.Info("stopped")
	return err
}

func (a *App) runGateway(ctx, _ context.Context) error {
	a.listening.Store(true)
	defer a.listening.Store(false)
	return a.gateway.Run(ctx)
}

// Close closes what Open has opened: listeners that never ran, and the database last. It is called
// once, after Run if that was called.
func (a *App) Close() error {
	var errs []error
	for _, l := range []net.Listener{a.front.listener, a.link} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if a.schedules.close != nil {
		errs = append(errs, a.schedules.close())
	}
	if a.base != nil {
		errs = append(errs, a.db.Close())
	}
	return errors.Join(errs...)
}

// Serve is the life of a platform: it logs to out and returns when ctx has ended and everything is
// closed.
func Serve(ctx context.Context, c config.Config, out io.Writer) error {
	if err := c.Check(); err != nil {
		return err
	}
	log, err := obs.NewLogger(out, c.Log.Level, c.Log.Format)
	if err != nil {
		return err
	}
	a, err := Open(ctx, c, Options{Log: log})
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}
