package store

import (
	"encoding/json"
	"fmt"

	"larder"
)

// flag is a truth as both databases keep it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// orNone turns "no row" into nil, for queries whose empty answer is the zero value.
func orNone(err error) error {
	err = Translate(err)
	if larder.CodeOf(err) == larder.CodeNotFound {
		return nil
	}
	return err
}

// each turns rows into what a room speaks of.
func each[R, T any](rows []R, of func(R) T) []T {
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		out = append(out, of(r))
	}
	return out
}

// text is a value as the database keeps it: JSON as text, because bytes become a BLOB in SQLite.
func text(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("store: %T as text: %w", v, err)
	}
	return string(b), nil
}

// value reads what text wrote; column names it in the error.
func value(column, text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("store: column %s: %w", column, err)
	}
	return nil
}
