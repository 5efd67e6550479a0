package store

// Stats counts what a database did since it was opened.
type Stats struct {
	WriteTx     int64 // operations of Update that were committed; each counts once, however it was grouped or repeated
	Views       int64 // views that ended
	Statements  int64 // statements that closures ran, of Update and of View; BEGIN and the like are not theirs
	Groups      int64 // transactions that were begun for Updates; on PostgreSQL as many as were committed
	Commits     int64 // transactions that were committed: on SQLite one sync of the WAL each, if anything was written
	Checkpoints int64 // SQLite: times the WAL was copied into the database, two syncs each
	Repeats     int64 // PostgreSQL: runs of operations again because another one was in the way
}
