// Package postgres is the store's engine on a PostgreSQL server, 15 or newer, through pgx's database/sql.
//
// It owns the connections: a pool that writes and a pool that reads, each with its bound. internal/app
// opens it; rooms see it as a [larder.Transactor]; `larder audit` reads through [OpenReadOnly].
//
// How a write goes: Update takes a connection, begins a SERIALIZABLE transaction, runs the closure on its
// caller's goroutine and commits. A transaction that the server refuses because another one was in its way
// (SQLSTATE 40001, 40P01) is run again, closure included, up to a bound; from the second try on one
// operation of this process at a time, so that what collides does not go on colliding. So rules mean the
// same here as behind SQLite's one writer (docs/decisions/0013). A view is one REPEATABLE READ snapshot.
// Order of resources, outermost first: turn to try again → connection → locks of the server.
//
// It guarantees: nil means that the server has made the commit durable (synchronous_commit is never off);
// an operation that fails leaves nothing; a statement never runs under its caller's context; after a
// statement that failed nothing more runs in its transaction, and nobody is told that it worked; a commit
// whose answer was lost is told as such ([store.TroubleUnknown]) and not tried again; every transaction
// ends within 30 s and every view within one.
//
// 中文名：服务器存储。
package postgres
