package audit

// Check is one invariant over the rows of one table.
type Check struct {
	Name      string // a word for reports
	Invariant string // its number in the requirements, and what it says
	Table     string // whose rows are looked at
	Key       string // the BIGINT column that numbers them; "" is id
	// SQL returns id and detail of the rows with $1 < id <= $2 that break it.
	SQL string
}

// Checks returns the list: first that the rows of a purchase belong together, then money, stock, and
// that everything has a way to its end.
func Checks() []Check {
	var all []Check
	for _, some := range [][]Check{purchaseChecks, moneyChecks, stockChecks, endChecks} {
		all = append(all, some...)
	}
	return all
}

var purchaseChecks = []Check{
	{
		Name: "session_has_order", Table: "session",
		Invariant: "I1: a purchase has one order and one payment",
		SQL: `SELECT s.id, 'orders=' || count(DISTINCT o.id) || ' payments=' || count(DISTINCT p.id)
			FROM session s LEFT JOIN orders o ON o.session_id = s.id LEFT JOIN payment p ON p.session_id = s.id
			WHERE s.id > $1 AND s.id <= $2 AND s.purpose = 'purchase'
			GROUP BY s.id HAVING count(DISTINCT o.id) <> 1 OR count(DISTINCT p.id) <> 1`,
	},
	{
		Name: "session_and_order_agree", Table: "session",
		Invariant: "I9: the bill stands as the session ended",
		SQL: `SELECT s.id, 'state=' || s.state || ' outcome=' || s.outcome || ' order=' || o.state || ' total_fen=' || o.total_fen
			FROM session s JOIN orders o ON o.session_id = s.id
			WHERE s.id > $1 AND s.id <= $2 AND NOT (
				s.state <> 'ended' AND s.outcome = '' AND o.state = 'open'
				OR s.state = 'ended' AND s.outcome = 'charged' AND o.state = 'settled'
				OR s.state = 'ended' AND s.outcome IN ('nothing_taken', 'written_off') AND o.state = 'settled' AND o.total_fen = 0
				OR s.state = 'ended' AND s.outcome IN ('canceled', 'not_opened') AND o.state = 'void')`,
	},
	{
		Name: "order_and_payment_agree", Table: "orders",
		Invariant: "I2: what was settled is collected up to the ceiling, everything else is given back",
		SQL: `SELECT o.id, 'order=' || o.state || ' total_fen=' || o.total_fen || ' payment=' || p.state ||
				' amount_fen=' || p.amount_fen || ' captured_fen=' || p.captured_fen || ' ceiling_fen=' || p.ceiling_fen
			FROM orders o JOIN payment p ON p.order_id = o.id
			WHERE o.id > $1 AND o.id <= $2 AND NOT (
				o.state = 'open' AND p.state IN ('asking', 'waiting', 'authorized') AND p.amount_fen = 0 AND p.captured_fen = 0
				OR (o.state = 'void' OR o.state = 'settled' AND o.total_fen = 0)
					AND p.state IN ('releasing', 'released') AND p.amount_fen = 0 AND p.captured_fen = 0
				OR o.state = 'settled' AND o.total_fen > 0
					AND p.amount_fen = CASE WHEN o.total_fen < p.ceiling_fen THEN o.total_fen ELSE p.ceiling_fen END
					AND (p.state = 'capturing' AND p.captured_fen = 0 OR p.state = 'captured' AND p.captured_fen = p.amount_fen))`,
	},
	{
		Name: "one_organization", Table: "session",
		Invariant: "I18: session, cabinet, order and payment belong to one organization",
		SQL: `SELECT s.id, 'session=' || s.org_id || ' cabinet=' || c.org_id || ' order=' || o.org_id || ' payment=' || p.org_id
			FROM session s JOIN cabinet c ON c.id = s.cabinet_id
				LEFT JOIN orders o ON o.session_id = s.id LEFT JOIN payment p ON p.session_id = s.id
			WHERE s.id > $1 AND s.id <= $2 AND (c.org_id <> s.org_id OR o.org_id <> s.org_id OR p.org_id <> s.org_id)`,
	},
	{
		Name: "opening_was_authorized", Table: "session",
		Invariant: "I6: a door opens for a session that was authorized, or a person is told",
		SQL: `SELECT s.id, 'payment=' || p.state || ' opened_at=' || s.opened_at
			FROM session s JOIN payment p ON p.session_id = s.id
			WHERE s.id > $1 AND s.id <= $2 AND p.authorized_at = 0
				AND (s.opened_at <> 0 OR EXISTS (SELECT 1 FROM door_event e WHERE e.session_id = s.id AND e.kind = 'opened' AND e.cabinet_id = s.cabinet_id AND e.door = s.door))
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id)`,
	},
	{
		Name: "door_event_has_owner", Table: "cabinet",
		Invariant: "I1: an opening that belongs to no session is a case",
		SQL: `SELECT c.id, 'events=' || x.events || ' cases=' || x.cases FROM cabinet c JOIN (
				SELECT c.id AS id,
					(SELECT count(*) FROM door_event e LEFT JOIN session s ON s.id = e.session_id AND s.cabinet_id = e.cabinet_id AND s.door = e.door
						WHERE e.cabinet_id = c.id AND (e.kind = 'forced' OR s.id IS NULL)) AS events,
					(SELECT count(*) FROM care_case k WHERE k.cabinet_id = c.id AND k.cause = 'unexplained_door') AS cases
				FROM cabinet c WHERE c.id > $1 AND c.id <= $2) x ON x.id = c.id
			WHERE x.events <> x.cases`,
	},
}

var moneyChecks = []Check{
	{
		Name: "journal_balances", Table: "journal",
		Invariant: "I3: the postings of a journal sum to zero",
		SQL: `SELECT j.id, 'kind=' || j.kind || ' postings=' || count(p.account_id) || ' sum_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM journal j LEFT JOIN posting p ON p.journal_id = j.id
			WHERE j.id > $1 AND j.id <= $2
			GROUP BY j.id, j.kind HAVING count(p.account_id) < 2 OR coalesce(sum(p.amount_fen), 0) <> 0`,
	},
	{
		Name: "account_balance", Table: "account",
		Invariant: "I3: a balance is the sum of its postings",
		SQL: `SELECT a.id, 'kind=' || a.kind || ' balance_fen=' || a.balance_fen || ' sum_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM account a LEFT JOIN posting p ON p.account_id = a.id
			WHERE a.id > $1 AND a.id <= $2
			GROUP BY a.id, a.kind, a.balance_fen HAVING a.balance_fen <> coalesce(sum(p.amount_fen), 0)`,
	},
	{
		Name: "order_total", Table: "orders",
		Invariant: "I12: a bill is the sum of its lines",
		SQL: `SELECT o.id, 'state=' || o.state || ' total_fen=' || o.total_fen || ' lines_fen=' || coalesce(sum(l.amount_fen), 0)
			FROM orders o LEFT JOIN order_line l ON l.order_id = o.id
			WHERE o.id > $1 AND o.id <= $2
			GROUP BY o.id, o.state, o.total_fen HAVING o.total_fen <> coalesce(sum(l.amount_fen), 0)`,
	},
	{
		Name: "line_price", Table: "orders",
		Invariant: "I13: a line is priced as of the opening",
		SQL: `SELECT o.id, 'lane=' || l.lane_id || ' price_fen=' || l.price_fen || ' planogram_fen=' || coalesce(g.price_fen, -1)
			FROM orders o JOIN order_line l ON l.order_id = o.id JOIN session s ON s.id = o.session_id
				LEFT JOIN planogram_lane g ON g.cabinet_id = s.cabinet_id AND g.version = s.planogram_version AND g.lane_id = l.lane_id
			WHERE o.id > $1 AND o.id <= $2
				AND (g.lane_id IS NULL OR g.price_fen <> l.price_fen OR g.product_id <> l.product_id)`,
	},
	{
		Name: "sale_is_posted", Table: "orders",
		Invariant: "I3: what was sold is owed, once",
		SQL: `SELECT o.id, 'state=' || o.state || ' total_fen=' || o.total_fen || ' posted_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM orders o LEFT JOIN journal j ON j.kind = 'sale' AND j.ref_id = o.id AND j.org_id = o.org_id
				LEFT JOIN posting p ON p.journal_id = j.id AND p.amount_fen > 0
			WHERE o.id > $1 AND o.id <= $2
			GROUP BY o.id, o.state, o.total_fen HAVING o.total_fen <> coalesce(sum(p.amount_fen), 0)`,
	},
	{
		Name: "capture_is_posted", Table: "payment",
		Invariant: "I3: what was collected is in the books, once",
		SQL: `SELECT q.id, 'state=' || q.state || ' captured_fen=' || q.captured_fen || ' posted_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM payment q LEFT JOIN journal j ON j.kind = 'capture' AND j.ref_id = q.id AND j.org_id = q.org_id
				LEFT JOIN posting p ON p.journal_id = j.id AND p.amount_fen > 0
			WHERE q.id > $1 AND q.id <= $2
			GROUP BY q.id, q.state, q.captured_fen HAVING q.captured_fen <> coalesce(sum(p.amount_fen), 0)`,
	},
	{
		Name: "journal_has_cause", Table: "journal",
		Invariant: "I3: nothing is posted without a bill or a collection",
		SQL: `SELECT j.id, 'kind=' || j.kind || ' ref=' || j.ref_id
			FROM journal j LEFT JOIN orders o ON j.kind = 'sale' AND o.id = j.ref_id AND o.state = 'settled'
				LEFT JOIN payment p ON j.kind = 'capture' AND p.id = j.ref_id AND p.state = 'captured'
			WHERE j.id > $1 AND j.id <= $2 AND j.kind IN ('sale', 'capture') AND o.id IS NULL AND p.id IS NULL`,
	},
}

var stockChecks = []Check{
	{
		Name: "stock_is_its_entries", Table: "lane_stock", Key: "lane_id",
		Invariant: "I5: the stock of a lane is the sum of its movements",
		SQL: `SELECT k.lane_id, 'quantity=' || k.quantity || ' sum=' || coalesce(sum(e.change_qty), 0)
			FROM lane_stock k LEFT JOIN lane_entry e ON e.lane_id = k.lane_id
			WHERE k.lane_id > $1 AND k.lane_id <= $2
			GROUP BY k.lane_id, k.quantity HAVING k.quantity <> coalesce(sum(e.change_qty), 0)`,
	},
	{
		Name: "sold_is_moved", Table: "orders",
		Invariant: "I5: what was sold has left its lane, once, and nothing else has",
		SQL: `SELECT o.id, 'sold=' || x.sold || ' moved=' || x.moved || ' matched=' || x.matched FROM orders o JOIN (
				SELECT o.id AS id,
					(SELECT count(*) FROM order_line l WHERE l.order_id = o.id) AS sold,
					(SELECT count(*) FROM session s
						JOIN lane n ON n.org_id = s.org_id AND n.cabinet_id = s.cabinet_id AND n.door_id = s.door_id
						JOIN lane_entry e ON e.lane_id = n.id AND e.kind = 'purchase' AND e.ref_id = s.id
						WHERE s.id = o.session_id) AS moved,
					(SELECT count(*) FROM order_line l JOIN lane_entry e ON e.lane_id = l.lane_id AND e.kind = 'purchase' AND e.ref_id = o.session_id
						WHERE l.order_id = o.id AND e.change_qty = -l.quantity) AS matched
				FROM orders o WHERE o.id > $1 AND o.id <= $2) x ON x.id = o.id
			WHERE x.sold <> x.moved OR x.sold <> x.matched`,
	},
}

var endChecks = []Check{
	{
		Name: "session_goes_on", Table: "session",
		Invariant: "I8: a session that has not ended has a timer or an open case",
		SQL: `SELECT s.id, 'state=' || s.state || ' deadline=' || s.deadline FROM session s
			WHERE s.id > $1 AND s.id <= $2 AND s.state <> 'ended'
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = s.org_id AND e.kind = 'session.deadline' AND e.key = s.id AND e.state = 'pending')
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id AND k.state = 'open')`,
	},
	{
		Name: "payment_goes_on", Table: "payment",
		Invariant: "I15: a payment that has not ended has something to do, or a person",
		SQL: `SELECT p.id, 'state=' || p.state FROM payment p
			WHERE p.id > $1 AND p.id <= $2 AND p.state IN ('asking', 'waiting', 'capturing', 'releasing')
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = p.org_id AND e.key = p.id AND e.state = 'pending'
					AND e.kind IN ('payment.ask', 'payment.query', 'payment.capture', 'payment.release'))
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = p.org_id AND e.key = p.session_id AND e.state = 'pending'
					AND e.kind = 'session.deadline')
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = p.session_id AND k.state = 'open')`,
	},
	{
		Name: "lease_ends", Table: "lease", Key: "door_id",
		Invariant: "I7: only a session that lives holds a door",
		SQL: `SELECT l.door_id, 'session=' || l.session_id || ' state=' || coalesce(s.state, 'none') || ' expires=' || l.expires_at
			FROM lease l LEFT JOIN session s ON s.id = l.session_id
			WHERE l.door_id > $1 AND l.door_id <= $2 AND l.session_id <> 0 AND (s.id IS NULL OR s.door_id <> l.door_id OR s.state = 'ended')`,
	},
	{
		Name: "charge_has_evidence", Table: "session",
		Invariant: "promise 1: what was charged can be explained",
		SQL: `SELECT s.id, 'outcome=' || s.outcome FROM session s
			WHERE s.id > $1 AND s.id <= $2 AND s.outcome = 'charged'
				AND NOT EXISTS (SELECT 1 FROM trace t WHERE t.session_id = s.id)
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id AND k.state = 'decided')`,
	},
	{
		Name: "review_has_case", Table: "session",
		Invariant: "I8: a session that waits for a person has one who is asked",
		SQL: `SELECT s.id, 'state=' || s.state FROM session s
			WHERE s.id > $1 AND s.id <= $2 AND s.state = 'review'
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id AND k.state = 'open')`,
	},
	{
		Name: "decision_is_recorded", Table: "care_case",
		Invariant: "I19: a decision has its audit row",
		SQL: `SELECT k.id, 'decision=' || k.decision FROM care_case k
			WHERE k.id > $1 AND k.id <= $2 AND k.state = 'decided'
				AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.org_id = k.org_id AND a.object_kind = 'case' AND a.object_id = k.id)`,
	},
}
