// Package migrations owns the schema's history, a folder a dialect. The two folders say the same in
// the words of each database, which a test compares; a file is never changed once it was released.
//
// internal/app and tests ask for it. It guarantees that what it hands out is part of the binary.
//
// 中文名：数据库迁移。
package migrations
