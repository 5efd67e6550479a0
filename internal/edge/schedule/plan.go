package schedule

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// plan is the row of a schedule: what the program said of it last, and what people have set.
type plan struct {
	name, what string
	standard   When // the program's
	set        When // somebody's; Spec "" is none
	tries      int
	paused     bool
}

// when is what counts.
func (p plan) when() When {
	if p.set.Spec != "" {
		return p.set
	}
	return p.standard
}

// plans keeps the rows. prefix is the schema with its dot.
type plans struct{ prefix string }

// sql is a text for the table where it is; the columns are always the same.
func (p plans) sql(text string) string {
	return strings.NewReplacer("{plan}", p.prefix+"plan",
		"{columns}", "name, what, tries, paused, standard_spec, standard_zone, set_spec, set_zone").Replace(text)
}

func (p plans) create(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, p.sql(`CREATE TABLE IF NOT EXISTS {plan} (
		name TEXT PRIMARY KEY, what TEXT NOT NULL, tries BIGINT NOT NULL, paused BIGINT NOT NULL,
		standard_spec TEXT NOT NULL, standard_zone TEXT NOT NULL, set_spec TEXT NOT NULL, set_zone TEXT NOT NULL)`))
	if err != nil {
		return fmt.Errorf("schedule: table of plans: %w", err)
	}
	return nil
}

// get reads a row; ok is false if there is none.
func (p plans) get(ctx context.Context, tx *sql.Tx, name string) (found plan, ok bool, err error) {
	row := tx.QueryRowContext(ctx, p.sql(`SELECT {columns} FROM {plan} WHERE name = $1`), name)
	found, err = scanPlan(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return plan{}, false, nil
	}
	return found, err == nil, err
}

func (p plans) all(ctx context.Context, tx *sql.Tx) (all []plan, err error) {
	rows, err := tx.QueryContext(ctx, p.sql(`SELECT {columns} FROM {plan} ORDER BY name`))
	if err != nil {
		return nil, fmt.Errorf("schedule: plans: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scanPlan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func scanPlan(scan func(...any) error) (p plan, err error) {
	var paused int
	err = scan(&p.name, &p.what, &p.tries, &paused, &p.standard.Spec, &p.standard.Zone, &p.set.Spec, &p.set.Zone)
	p.paused = paused != 0
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("schedule: plan: %w", err)
	}
	return p, err
}

func (p plans) put(ctx context.Context, tx *sql.Tx, row plan) error {
	paused := 0
	if row.paused {
		paused = 1
	}
	_, err := tx.ExecContext(ctx, p.sql(`INSERT INTO {plan} ({columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (name) DO UPDATE SET what = excluded.what, tries = excluded.tries, paused = excluded.paused,
			standard_spec = excluded.standard_spec, standard_zone = excluded.standard_zone,
			set_spec = excluded.set_spec, set_zone = excluded.set_zone`),
		row.name, row.what, row.tries, paused, row.standard.Spec, row.standard.Zone, row.set.Spec, row.set.Zone)
	if err != nil {
		return fmt.Errorf("schedule: plan %s: %w", row.name, err)
	}
	return nil
}
