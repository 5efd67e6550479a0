package invariant

import (
	"context"
	"errors"
	"fmt"

	"larder"
	"larder/internal/edge/store"
)

const (
	page          = 1000 // rows of the checked table in one view, which lasts a second at most
	maxViolations = 100  // told of one check; the rest is counted
)

// Viewer opens views of a database.
type Viewer interface {
	View(ctx context.Context, fn func(larder.Tx) error) error
}

// Violation is one row that breaks an invariant.
type Violation struct {
	ID     int64  `json:"id,string"` // of the row in the check's table
	Detail string `json:"detail"`    // figures, as "name=value name=value"
}

// Result is what one check has found.
type Result struct {
	Check      string      `json:"check"`
	Invariant  string      `json:"invariant"` // "I1" to "I27"
	Says       string      `json:"says"`
	Table      string      `json:"table"`
	Rows       int64       `json:"rows"`       // looked at
	Broken     int64       `json:"broken"`     // findings; one row may have several
	Violations []Violation `json:"violations"` // the first 100 of them
}

// Report is what a whole run has found.
type Report struct {
	Clean   bool     `json:"clean"`
	Results []Result `json:"results"` // one a check, in the order of [Checks]
}

// Broken returns the results that found something.
func (r Report) Broken() (broken []Result) {
	for _, res := range r.Results {
		if res.Broken > 0 {
			broken = append(broken, res)
		}
	}
	return broken
}

// Run looks at every row once. The error says that the database could not be read.
func Run(ctx context.Context, db Viewer) (Report, error) {
	report := Report{Clean: true}
	for _, c := range Checks() {
		r, err := c.run(ctx, db)
		if err != nil {
			return report, fmt.Errorf("audit: %s: %w", c.Name, err)
		}
		report.Clean = report.Clean && r.Broken == 0
		report.Results = append(report.Results, r)
	}
	return report, nil
}

// run goes through the check's table page by page. A page that takes longer than a view may last is
// cut in half: some rows have much behind them.
func (c Check) run(ctx context.Context, db Viewer) (Result, error) {
	r := Result{Check: c.Name, Invariant: c.Invariant, Says: c.Says, Table: c.Table, Violations: []Violation{}}
	for after, limit := int64(-1), page; ; {
		var rows, last int64
		var broken []Violation
		err := db.View(ctx, func(tx larder.Tx) error {
			var err error
			rows, last, broken, err = c.page(ctx, store.From(tx), after, limit)
			return err
		})
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && limit > 1 {
			limit /= 2
			continue
		}
		if err != nil || rows == 0 {
			return r, err
		}
		after = last
		r.Rows += rows
		r.Broken += int64(len(broken))
		r.Violations = append(r.Violations, broken[:min(len(broken), maxViolations-len(r.Violations))]...)
	}
}

// page looks at the next rows behind after; last is the highest id among them.
func (c Check) page(ctx context.Context, db store.DBTX, after int64, limit int) (rows, last int64, broken []Violation, err error) {
	bounds := `SELECT count(*), coalesce(max(p.id), 0) FROM (SELECT ` + c.key() + ` AS id FROM ` + c.Table +
		` WHERE ` + c.key() + ` > $1 ORDER BY 1 LIMIT $2) AS p`
	if err := db.QueryRowContext(ctx, bounds, after, limit).Scan(&rows, &last); err != nil || rows == 0 {
		return 0, 0, nil, store.Translate(err)
	}
	found, err := db.QueryContext(ctx, c.paged(), after, last)
	if err != nil {
		return 0, 0, nil, err
	}
	defer found.Close()
	for found.Next() {
		var v Violation
		if err := found.Scan(&v.ID, &v.Detail); err != nil {
			return 0, 0, nil, store.Translate(err)
		}
		broken = append(broken, v)
	}
	return rows, last, broken, store.Translate(found.Err())
}
