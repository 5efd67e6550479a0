package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/sqlite"
	"larder/internal/sim/fault"
	"larder/internal/sim/history"
	"larder/internal/sim/kernel"
)

// start is when every simulated world begins.
var start = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)

// world is everything: the platform, and what is around it. One goroutine at a time touches it.
type world struct {
	cfg     Config
	kernel  *kernel.Kernel
	chance  *rand.Rand
	faults  *fault.Injector
	history *history.History

	db   *sqlite.DB
	ids  *larder.IDs
	town *kernel.Life // people and the provider: nobody kills them
	ctx  context.Context

	platform *platform // nil while it is down
	org      larder.OrgID
	support  larder.Actor
	goods    []larder.ProductID
	bank     *bank
	crowd    []*shopper
	machines []*machine // of this round
	books    books

	started, target int // sessions
	busy            int // errands under way
	deviceTime      time.Duration
	failed          error
}

// newWorld furnishes a world: a database in memory, an organization, goods, customers. Nothing moves.
func newWorld(ctx context.Context, cfg Config) (*world, error) {
	w := &world{
		cfg: cfg, chance: rand.New(rand.NewPCG(cfg.Seed, 1)), //nolint:gosec // the seed decides
		history: history.New(start),
	}
	w.kernel = kernel.New(start, w.fork())
	w.faults = fault.NewInjector(cfg.Faults, w.fork())
	w.town = w.kernel.NewLife()
	w.ctx, _ = w.town.WithCancel(context.Background())
	w.bank = newBank(w)
	w.books = newBooks(w)
	var err error
	if w.ids, err = larder.NewIDs(1, w.kernel.Now); err != nil {
		return nil, err
	}
	if w.db, err = sqlite.Open(ctx, sqlite.Config{Path: sqlite.Memory, Clock: w.kernel.Now, View: patience}); err != nil {
		return nil, err
	}
	if _, err = w.db.Migrate(ctx, migrations.SQLite()); err == nil {
		err = w.furnish(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	return w, nil
}

// patience is how long a view may last in real time: a slow machine must not change a seed's history.
const patience = 10 * time.Minute

// fork returns chance of its own, so that one part's draws are none of another's.
func (w *world) fork() *rand.Rand {
	return rand.New(rand.NewPCG(w.chance.Uint64(), w.chance.Uint64())) //nolint:gosec // the seed decides
}

// between draws a duration.
func (w *world) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.chance.Int64N(int64(to-from)+1))
}

// say writes down what happened.
func (w *world) say(about history.About, format string, args ...any) {
	w.history.Add(w.kernel.Now(), about, fmt.Sprintf(format, args...))
}

// of is what a line about a session concerns.
func of(id larder.SessionID, cabinet larder.CabinetID) history.About {
	return history.About{Session: int64(id), Cabinet: int64(cabinet)}
}

// everybody is what a line concerns that explains nothing by itself: it is in the hash, and in no window.
var everybody = history.About{Session: -1, Cabinet: -1}

// sleep lets the present task of the town wait.
func (w *world) sleep(d time.Duration) { w.town.Sleep(w.ctx, d) }

// errDown is what a request gets while the platform is down, errNoAnswer when it died over it.
var (
	errDown     = errors.New("the platform is down")
	errNoAnswer = errors.New("no answer")
)

// ask runs a request at the platform for a task of the town, over a network that takes its time.
func (w *world) ask(fn func(ctx context.Context, p *platform) error) error {
	w.sleep(w.between(5*time.Millisecond, 60*time.Millisecond))
	p := w.platform
	if p == nil {
		return errDown
	}
	answered, err := false, errNoAnswer
	done := w.town.NewSignal()
	p.life.Go(func() {
		err = fn(p.ctx, p)
		answered = true
		done.Set()
	})
	for until := w.kernel.Now().Add(requestTime); !answered && !p.life.Dead() && w.kernel.Now().Before(until); {
		done.Wait(w.ctx, 500*time.Millisecond)
	}
	w.sleep(w.between(5*time.Millisecond, 60*time.Millisecond))
	if !answered {
		return errNoAnswer
	}
	return err
}

// requestTime is how long a phone waits for an answer.
const requestTime = 10 * time.Second

// close gives the memory back.
func (w *world) close() error {
	if w.platform != nil {
		w.platform.life.Kill()
	}
	w.town.Kill()
	return w.db.Close()
}

// rang is called after each commit that changed a session.
func (w *world) rang(s session.Session) {
	w.say(of(s.ID, s.Cabinet), "session %s %s %s door=%s v%d due=%d", s.ID, s.State, s.Outcome, s.DoorState, s.Version, s.Deadline)
	w.books.rang(s)
}

// window writes what led to a violation.
func (w *world) window(out io.Writer, about history.About) { w.history.Window(out, about, windowLines) }

const windowLines = 80
