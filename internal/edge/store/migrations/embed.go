// Package migrations holds the schema's history, a folder a dialect. The two folders say the same
// in the words of each database (a test compares them); files are never changed once released.
//
// Only internal/app and tests ask for it. 中文名：数据库迁移。
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite returns the migrations of the embedded database.
func SQLite() fs.FS { return folder("sqlite") }

// Postgres returns the migrations of the fleet's database.
func Postgres() fs.FS { return folder("postgres") }

func folder(dialect string) fs.FS {
	sub, err := fs.Sub(files, dialect)
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	return sub
}
