// Package store keeps the rooms' rows: a file per room with that room's SQL, and the pieces that
// every engine shares.
//
// It owns the transaction value ([Tx], [From]), the translation of drivers' errors ([Translate]) and
// the running of migrations ([Migrate]). Rooms never see it: they declare ports, and internal/app
// connects them. Engines live below: store/sqlite and store/postgres open transactions
// ([larder.Transactor]); store/storetest is the suite that both pass; store/sqlc is generated.
//
// It guarantees: a statement runs inside the transaction that the caller holds or panics; errors are
// told apart by the driver's code, never by its text; a binary refuses only a database whose
// compatible_from lies above the binary's own schema version.
//
// 中文名：存储。
package store
