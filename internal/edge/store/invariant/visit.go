package invariant

var visitChecks = []Check{
	{
		Name: "session_has_order", Invariant: "I1", Table: "session",
		Says: "a purchase has one order and one payment",
		SQL: `SELECT x.id, 'orders=' || x.orders || ' payments=' || x.payments FROM (SELECT s.id AS id,
				(SELECT count(*) FROM orders o WHERE o.session_id = s.id) AS orders,
				(SELECT count(*) FROM payment p WHERE p.session_id = s.id) AS payments
				FROM session s WHERE {s.id} AND s.purpose = 'purchase') AS x
			WHERE x.orders <> 1 OR x.payments <> 1`,
	},
	{
		Name: "session_state", Invariant: "I9", Table: "session",
		Says: "what is written of a session fits the state that it is in",
		SQL: `SELECT s.id, 'state=' || s.state || ' outcome=' || s.outcome || ' command=' || s.command_id || ' opened_at=' || s.opened_at ||
				' closed_at=' || s.closed_at || ' ended_at=' || s.ended_at || ' deadline=' || s.deadline
			FROM session s
			WHERE {s.id} AND NOT (
				s.state = 'ended' AND s.ended_at <> 0 AND s.deadline = 0
				OR s.state <> 'ended' AND s.outcome = '' AND s.ended_at = 0 AND (
					s.state = 'awaiting' AND s.command_id = 0 AND s.opened_at = 0 AND s.closed_at = 0 AND s.deadline <> 0
					OR s.state = 'opening' AND s.command_id <> 0 AND s.opened_at = 0 AND s.closed_at = 0 AND s.deadline <> 0
					OR s.state = 'open' AND s.command_id <> 0 AND s.opened_at <> 0 AND s.closed_at = 0 AND s.deadline <> 0
					OR s.state = 'weighing' AND s.command_id <> 0 AND s.opened_at <> 0 AND s.closed_at <> 0 AND s.deadline <> 0
					OR s.state = 'review' AND s.command_id <> 0 AND s.deadline = 0))`,
	},
	{
		Name: "session_outcome", Invariant: "I9", Table: "session",
		Says: "a session ends as what happened at its door allows",
		SQL: `SELECT s.id, 'outcome=' || s.outcome || ' command=' || s.command_id || ' opened_at=' || s.opened_at || ' closed_at=' || s.closed_at
			FROM session s
			WHERE {s.id} AND s.state = 'ended' AND NOT (
				s.outcome = 'canceled' AND s.command_id = 0 AND s.opened_at = 0
				OR s.outcome = 'not_opened' AND s.command_id <> 0 AND s.opened_at = 0
				OR s.outcome = 'nothing_taken' AND s.command_id <> 0 AND s.opened_at <> 0 AND s.closed_at <> 0
				OR s.outcome IN ('charged', 'written_off') AND s.command_id <> 0)`,
	},
	{
		Name: "session_and_order_agree", Invariant: "I9", Table: "session",
		Says: "the bill stands as the session ended",
		SQL: `SELECT s.id, 'state=' || s.state || ' outcome=' || s.outcome || ' order=' || o.state || ' total_fen=' || o.total_fen
			FROM session s JOIN orders o ON o.session_id = s.id
			WHERE {s.id} AND NOT (
				s.state <> 'ended' AND o.state = 'open'
				OR s.state = 'ended' AND s.outcome = 'charged' AND o.state = 'settled'
				OR s.state = 'ended' AND s.outcome IN ('nothing_taken', 'written_off') AND o.state = 'settled' AND o.total_fen = 0
				OR s.state = 'ended' AND s.outcome IN ('canceled', 'not_opened') AND o.state = 'void')`,
	},
	{
		Name: "order_state", Invariant: "I9", Table: "orders",
		Says: "only a settled order has lines, and only an open one has no end",
		SQL: `SELECT x.id, 'state=' || x.state || ' lines=' || x.lines || ' settled_at=' || x.settled_at FROM (SELECT o.id AS id, o.state AS state,
				o.settled_at AS settled_at, (SELECT count(*) FROM order_line l WHERE l.order_id = o.id) AS lines
				FROM orders o WHERE {o.id}) AS x
			WHERE NOT (x.state = 'open' AND x.settled_at = 0 AND x.lines = 0
				OR x.state = 'void' AND x.settled_at <> 0 AND x.lines = 0
				OR x.state = 'settled' AND x.settled_at <> 0)`,
	},
	{
		Name: "one_organization", Invariant: "I18", Table: "session",
		Says: "session, cabinet, door, order and payment belong to one organization",
		SQL: `SELECT s.id, 'session=' || s.org_id || ' cabinet=' || c.org_id || ' door=' || d.org_id || ' order=' || coalesce(o.org_id, 0) ||
				' payment=' || coalesce(p.org_id, 0)
			FROM session s JOIN cabinet c ON c.id = s.cabinet_id JOIN door d ON d.id = s.door_id
				LEFT JOIN orders o ON o.session_id = s.id LEFT JOIN payment p ON p.session_id = s.id
			WHERE {s.id} AND (c.org_id <> s.org_id OR d.org_id <> s.org_id OR o.org_id <> s.org_id OR p.org_id <> s.org_id
				OR d.cabinet_id <> s.cabinet_id OR d.number <> s.door)`,
	},
	{
		Name: "one_customer", Invariant: "I2", Table: "session",
		Says: "who pays is who opened, and for the order of that opening",
		SQL: `SELECT s.id, 'session=' || s.customer_id || ' order=' || o.customer_id || ' payment=' || p.customer_id
			FROM session s JOIN orders o ON o.session_id = s.id JOIN payment p ON p.session_id = s.id
			WHERE {s.id} AND (o.customer_id <> s.customer_id OR p.customer_id <> s.customer_id OR p.order_id <> o.id)`,
	},
	{
		Name: "case_of_one_organization", Invariant: "I18", Table: "care_case",
		Says: "a case belongs to the organization and the cabinet of its session",
		SQL: `SELECT k.id, 'case=' || k.org_id || ' session=' || s.org_id || ' cabinet=' || k.cabinet_id
			FROM care_case k JOIN session s ON s.id = k.session_id
			WHERE {k.id} AND (k.org_id <> s.org_id OR k.cabinet_id <> 0 AND k.cabinet_id <> s.cabinet_id)`,
	},
}
