// Package sqlite is the store's embedded engine: one SQLite file, one writer, many readers.
//
// It owns the database file, its lock file, the one connection that writes, the pool that reads, and
// the goroutine that groups writes. internal/app opens it; rooms see it as a [larder.Transactor];
// `larder audit` reads a live file through [OpenReadOnly].
//
// How a write goes: Update queues an operation; what queued while the last group was committed is the
// next group; the writer begins one transaction, offers each operation its turn inside a savepoint of
// its own, commits, and answers everyone. The closure runs on its caller's goroutine while the writer
// waits, so a panic unwinds the caller that caused it, and a caller that has left is never run behind
// its back. Order of resources, outermost first: queue → writer's connection → one turn. A read
// takes one connection of its own and nothing else, except in memory, where it shares the writer's.
//
// It guarantees: nil means that the commit was synced (synchronous=FULL, WAL); an operation that fails
// undoes itself and not its neighbors; a statement never runs under its caller's context; when the
// engine rolls a transaction back by itself, nothing more runs in it and nobody is told that it
// worked; after an error of the disk at a commit or a checkpoint nothing is acknowledged any more
// ([DB.Failed]); a second process on the same file is refused.
//
// 中文名：嵌入式存储。
package sqlite
