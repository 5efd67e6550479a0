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
