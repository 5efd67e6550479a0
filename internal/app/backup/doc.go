// Package backup makes copies of the database that are known to be good, and keeps the newest.
//
// It owns the folder of backups: one file a backup, named by its moment in UTC. A copy gets its name
// only after it was opened, its pages were checked and all invariants held in it; everything else in
// the folder is left alone. internal/app schedules it; `larder audit --integrity` does the same check
// by hand. On PostgreSQL, pg_dump does this work (docs/operations.md).
//
// It guarantees: a file with a backup's name was whole and consistent when it got that name; the
// platform goes on writing meanwhile; older backups are removed only after a newer one is good, and
// however many are made in a day, earlier days keep theirs.
//
// 中文名：备份。
package backup
