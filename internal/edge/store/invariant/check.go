package invariant

import (
	"regexp"
	"slices"
)

// Check is one invariant over the rows of one table.
type Check struct {
	Name      string // a word for reports
	Invariant string // its number, "I1" to "I27"
	Says      string // what holds
	Table     string // whose rows are looked at
	Key       string // the BIGINT column that numbers them; "" is id
	// SQL returns id and detail of the rows that break it, in words that SQLite and PostgreSQL share.
	// {s.id} stands for the condition that s.id is one of the rows to be looked at.
	SQL string
	// Near is that condition for the rows around session $1 where the table's own, see near, would
	// look at too much; never leaves them to whole runs.
	Near string
}

// never is for what takes longer to look at the longer the platform has run.
const never = "never"

// Checks returns the list: that the rows of a visit belong together, doors, money, stock, that
// everything has a way to its end, and what is kept for those who look later.
func Checks() []Check {
	return slices.Concat(visitChecks, doorChecks, moneyChecks, stockChecks, endChecks, recordChecks)
}

var rowsForm = regexp.MustCompile(`\{([a-z.]+\.[a-z_]+)\}`)

// paged is the text over the rows with $1 < key <= $2.
func (c Check) paged() string {
	return rowsForm.ReplaceAllString(c.SQL, "(${1} > $$1 AND ${1} <= $$2)")
}

// touched is the text over the rows around session $1, "" for none.
func (c Check) touched() string {
	switch {
	case c.Near == never:
		return ""
	case c.Near != "":
		return rowsForm.ReplaceAllLiteralString(c.SQL, c.Near)
	}
	return rowsForm.ReplaceAllString(c.SQL, "${1} "+near[c.Table])
}

// near tells which rows of a table stand around session $1.
var near = map[string]string{
	"session":    `= $$1`,
	"orders":     `IN (SELECT id FROM orders WHERE session_id = $$1)`,
	"payment":    `IN (SELECT id FROM payment WHERE session_id = $$1)`,
	"care_case":  `IN (SELECT id FROM care_case WHERE session_id = $$1)`,
	"lease":      `IN (SELECT door_id FROM session WHERE id = $$1)`,
	"lane_stock": `IN (SELECT l.lane_id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.session_id = $$1)`,
	// An organization's own accounts have postings of every visit: the customer's stand for them.
	"account": `IN (SELECT a.id FROM session s JOIN account a ON a.org_id = s.org_id AND a.kind = 'receivable' AND a.owner_id = s.customer_id
		WHERE s.id = $$1)`,
	"journal": `IN (SELECT j.id FROM orders o JOIN journal j ON j.org_id = o.org_id AND j.kind = 'sale' AND j.ref_id = o.id WHERE o.session_id = $$1
		UNION ALL
		SELECT j.id FROM payment p JOIN journal j ON j.org_id = p.org_id AND j.kind = 'capture' AND j.ref_id = p.id WHERE p.session_id = $$1)`,
	"effect": `IN (SELECT e.id FROM session s JOIN effect e ON e.org_id = s.org_id AND e.kind IN ('session.open', 'session.deadline') AND e.key = s.id
		WHERE s.id = $$1
		UNION ALL
		SELECT e.id FROM payment p JOIN effect e ON e.org_id = p.org_id AND e.key = p.id
			AND e.kind IN ('payment.ask', 'payment.query', 'payment.capture', 'payment.release')
		WHERE p.session_id = $$1
		UNION ALL
		SELECT e.id FROM care_case k JOIN effect e ON e.org_id = k.org_id AND e.kind = 'case.deadline' AND e.key = k.id WHERE k.session_id = $$1)`,
	"cabinet": `IN (SELECT cabinet_id FROM session WHERE id = $$1)`,
}

// key is the column that numbers the table's rows.
func (c Check) key() string {
	if c.Key == "" {
		return "id"
	}
	return c.Key
}
