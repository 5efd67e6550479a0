package sqlite

import (
	"sync/atomic"
	"time"
)

// Stats counts what a database did since it was opened.
type Stats struct {
	WriteTx     int64 // operations of Update that were committed; each counts once, however it was grouped
	Views       int64 // views that were begun
	Statements  int64 // statements that closures ran, of Update and of View; BEGIN and the like are not theirs
	Groups      int64 // transactions that were begun for Updates
	Commits     int64 // groups that were committed: one sync of the WAL each, if anything was written
	Checkpoints int64 // times the WAL was copied into the database: two syncs each
}

// The ends of an operation.
const (
	outcomeCommitted = "committed"
	outcomeRefused   = "refused" // the closure returned an error, panicked, or lost the transaction
	outcomeSkipped   = "skipped" // its caller had left before its turn
	outcomeFailed    = "failed"  // the group could not be begun or committed
)

// The sides of the engine.
const (
	sideWrite = "write"
	sideRead  = "read"
)

// metrics is everything that the engine tells of itself.
type metrics struct{ writeTx, views, statements, groups, commits, checkpoints atomic.Int64 }

func newMetrics(func() int) *metrics { return &metrics{} }

func (m *metrics) stats() Stats {
	return Stats{
		WriteTx: m.writeTx.Load(), Views: m.views.Load(), Statements: m.statements.Load(),
		Groups: m.groups.Load(), Commits: m.commits.Load(), Checkpoints: m.checkpoints.Load(),
	}
}

// statement counts one statement of a closure.
func (m *metrics) statement(string) { m.statements.Add(1) }

// operation counts one end of an operation.
func (m *metrics) operation(outcome string) {
	if outcome == outcomeCommitted {
		m.writeTx.Add(1)
	}
}

// group counts a transaction begun for n operations.
func (m *metrics) group(int) { m.groups.Add(1) }

// commit counts a COMMIT that took took.
func (m *metrics) commit(time.Duration) { m.commits.Add(1) }

// checkpoint counts a checkpoint that took took.
func (m *metrics) checkpoint(time.Duration) { m.checkpoints.Add(1) }

// view counts a view that held its connection for took.
func (m *metrics) view(time.Duration) { m.views.Add(1) }

// abandon counts a group whose transaction the engine rolled back by itself.
func (m *metrics) abandon() {}

// bellPanic counts a panic of a function given to AfterCommit.
func (m *metrics) bellPanic() {}
