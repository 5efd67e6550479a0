// Package sqlc is the rooms' SQL as functions. Everything here but this card is generated from
// ../query by `make generate`; only the room files of package store call it.
//
// It owns no rule and no name of its own: a query's meaning is said beside its text in ../query. The
// texts run on both databases.
//
// 中文名：生成的查询。
package sqlc
