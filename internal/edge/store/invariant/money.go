package invariant

var moneyChecks = []Check{
	{
		Name: "order_and_payment_agree", Invariant: "I2", Table: "orders",
		Says: "what was settled is collected up to the ceiling, everything else is given back",
		SQL: `SELECT o.id, 'order=' || o.state || ' total_fen=' || o.total_fen || ' payment=' || p.state ||
				' amount_fen=' || p.amount_fen || ' ceiling_fen=' || p.ceiling_fen
			FROM orders o JOIN payment p ON p.session_id = o.session_id
			WHERE {o.id} AND NOT (
				o.state = 'open' AND p.state IN ('asking', 'waiting', 'authorized') AND p.amount_fen = 0
				OR (o.state = 'void' OR o.state = 'settled' AND o.total_fen = 0) AND p.state IN ('releasing', 'released') AND p.amount_fen = 0
				OR o.state = 'settled' AND o.total_fen > 0 AND p.state IN ('capturing', 'captured')
					AND p.amount_fen = CASE WHEN o.total_fen < p.ceiling_fen THEN o.total_fen ELSE p.ceiling_fen END)`,
	},
	{
		Name: "payment_state", Invariant: "I9", Table: "payment",
		Says: "what is written of a payment fits the state that it is in",
		SQL: `SELECT p.id, 'state=' || p.state || ' authorized_at=' || p.authorized_at || ' amount_fen=' || p.amount_fen ||
				' captured_fen=' || p.captured_fen || ' ended_at=' || p.ended_at
			FROM payment p
			WHERE {p.id} AND NOT (
				p.state IN ('asking', 'waiting') AND p.authorized_at = 0 AND p.captured_fen = 0 AND p.ended_at = 0
				OR p.state = 'authorized' AND p.authorized_at <> 0 AND p.captured_fen = 0 AND p.ended_at = 0
				OR p.state = 'capturing' AND p.authorized_at <> 0 AND p.amount_fen > 0 AND p.captured_fen = 0 AND p.ended_at = 0
				OR p.state = 'captured' AND p.authorized_at <> 0 AND p.amount_fen > 0 AND p.captured_fen = p.amount_fen AND p.ended_at <> 0
				OR p.state = 'releasing' AND p.captured_fen = 0 AND p.ended_at = 0
				OR p.state = 'released' AND p.captured_fen = 0 AND p.ended_at <> 0)`,
	},
	{
		Name: "trade_is_single", Invariant: "I2", Table: "payment",
		Says: "a provider's trade has paid for one order",
		SQL: `SELECT p.id, 'provider=' || p.provider || ' trade=' || p.trade
			FROM payment p
			WHERE {p.id} AND p.trade <> ''
				AND EXISTS (SELECT 1 FROM payment q WHERE q.provider = p.provider AND q.trade = p.trade AND q.trade <> '' AND q.id <> p.id)`,
	},
	{
		Name: "collected_once", Invariant: "I2", Table: "payment",
		Says: "by the ledger, the platform's included, nothing is collected twice",
		SQL: `SELECT x.id, 'captures=' || x.captures FROM (SELECT p.id AS id,
				(SELECT count(*) FROM journal j WHERE j.org_id IN (p.org_id, 1) AND j.kind = 'capture' AND j.ref_id = p.id) AS captures
				FROM payment p WHERE {p.id}) AS x
			WHERE x.captures > 1`,
	},
	{
		Name: "journal_balances", Invariant: "I3", Table: "journal",
		Says: "the postings of a journal sum to zero",
		SQL: `SELECT j.id, 'kind=' || j.kind || ' postings=' || count(p.account_id) || ' sum_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM journal j LEFT JOIN posting p ON p.journal_id = j.id
			WHERE {j.id}
			GROUP BY j.id, j.kind HAVING count(p.account_id) < 2 OR coalesce(sum(p.amount_fen), 0) <> 0`,
	},
	{
		Name: "journal_accounts", Invariant: "I3", Table: "journal",
		Says: "a sale is owed by its customer, a collection is paid to its provider's account, in one organization's books",
		SQL: `SELECT j.id, 'kind=' || j.kind || ' account=' || a.kind || ' owner=' || a.owner_id || ' amount_fen=' || t.amount_fen
			FROM journal j JOIN posting t ON t.journal_id = j.id JOIN account a ON a.id = t.account_id
				LEFT JOIN orders o ON j.kind = 'sale' AND o.id = j.ref_id LEFT JOIN payment p ON j.kind = 'capture' AND p.id = j.ref_id
			WHERE {j.id} AND (t.org_id <> j.org_id OR a.org_id <> j.org_id
				OR j.kind = 'sale' AND NOT (t.amount_fen > 0 AND a.kind = 'receivable' AND a.owner_id = o.customer_id
					OR t.amount_fen < 0 AND a.kind = 'sales' AND a.owner_id = 0)
				OR j.kind = 'capture' AND NOT (t.amount_fen > 0 AND a.kind = 'clearing:' || p.provider AND a.owner_id = 0
					OR t.amount_fen < 0 AND a.kind = 'receivable' AND a.owner_id = p.customer_id))`,
	},
	{
		Name: "journal_has_cause", Invariant: "I3", Table: "journal", Near: never, // around a session, sale_is_posted and capture_is_posted see it
		Says: "nothing is posted without a bill or a collection",
		SQL: `SELECT j.id, 'kind=' || j.kind || ' ref=' || j.ref_id
			FROM journal j LEFT JOIN orders o ON j.kind = 'sale' AND o.id = j.ref_id AND o.state = 'settled'
				LEFT JOIN payment p ON j.kind = 'capture' AND p.id = j.ref_id AND p.state = 'captured'
			WHERE {j.id} AND j.kind IN ('sale', 'capture') AND o.id IS NULL AND p.id IS NULL`,
	},
	{
		Name: "account_balance", Invariant: "I3", Table: "account",
		Says: "a balance is the sum of its postings",
		SQL: `SELECT a.id, 'kind=' || a.kind || ' balance_fen=' || a.balance_fen || ' sum_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM account a LEFT JOIN posting p ON p.account_id = a.id
			WHERE {a.id}
			GROUP BY a.id, a.kind, a.balance_fen HAVING a.balance_fen <> coalesce(sum(p.amount_fen), 0)`,
	},
	{
		Name: "account_limit", Invariant: "I4", Table: "account",
		Says: "nobody has paid more than was owed, and an account of sales or of collections is on its own side",
		SQL: `SELECT a.id, 'kind=' || a.kind || ' balance_fen=' || a.balance_fen
			FROM account a
			WHERE {a.id} AND (a.kind = 'receivable' AND a.balance_fen < 0 OR a.kind = 'sales' AND a.balance_fen > 0
				OR a.kind LIKE 'clearing:%' AND a.balance_fen < 0)`,
	},
	{
		Name: "order_total", Invariant: "I12", Table: "orders",
		Says: "a bill is the sum of its lines",
		SQL: `SELECT o.id, 'state=' || o.state || ' total_fen=' || o.total_fen || ' lines_fen=' || coalesce(sum(l.amount_fen), 0)
			FROM orders o LEFT JOIN order_line l ON l.order_id = o.id
			WHERE {o.id}
			GROUP BY o.id, o.state, o.total_fen HAVING o.total_fen <> coalesce(sum(l.amount_fen), 0)`,
	},
	{
		Name: "line_price", Invariant: "I13", Table: "orders",
		Says: "a line is priced as of the opening",
		SQL: `SELECT o.id, 'lane=' || l.lane_id || ' price_fen=' || l.price_fen || ' planogram_fen=' || coalesce(g.price_fen, -1)
			FROM orders o JOIN order_line l ON l.order_id = o.id JOIN session s ON s.id = o.session_id
				LEFT JOIN planogram_lane g ON g.cabinet_id = s.cabinet_id AND g.version = s.planogram_version AND g.lane_id = l.lane_id
			WHERE {o.id} AND (g.lane_id IS NULL OR g.price_fen <> l.price_fen OR g.product_id <> l.product_id)`,
	},
	{
		Name: "sale_is_posted", Invariant: "I3", Table: "orders",
		Says: "what was sold is owed, once",
		SQL: `SELECT o.id, 'state=' || o.state || ' total_fen=' || o.total_fen || ' posted_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM orders o LEFT JOIN journal j ON j.kind = 'sale' AND j.ref_id = o.id AND j.org_id = o.org_id
				LEFT JOIN posting p ON p.journal_id = j.id AND p.amount_fen > 0
			WHERE {o.id}
			GROUP BY o.id, o.state, o.total_fen HAVING o.total_fen <> coalesce(sum(p.amount_fen), 0)`,
	},
	{
		Name: "capture_is_posted", Invariant: "I3", Table: "payment",
		Says: "what was collected is in the books, once",
		SQL: `SELECT q.id, 'state=' || q.state || ' captured_fen=' || q.captured_fen || ' posted_fen=' || coalesce(sum(p.amount_fen), 0)
			FROM payment q LEFT JOIN journal j ON j.kind = 'capture' AND j.ref_id = q.id AND j.org_id = q.org_id
				LEFT JOIN posting p ON p.journal_id = j.id AND p.amount_fen > 0
			WHERE {q.id}
			GROUP BY q.id, q.state, q.captured_fen HAVING q.captured_fen <> coalesce(sum(p.amount_fen), 0)`,
	},
}
