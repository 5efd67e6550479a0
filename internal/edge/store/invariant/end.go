package invariant

var endChecks = []Check{
	{
		Name: "session_goes_on", Invariant: "I8", Table: "session",
		Says: "a session that has not ended has a timer or a person",
		SQL: `SELECT s.id, 'state=' || s.state || ' deadline=' || s.deadline FROM session s
			WHERE {s.id} AND s.state NOT IN ('ended', 'review')
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = s.org_id AND e.kind = 'session.deadline' AND e.key = s.id AND e.state = 'pending')
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id AND k.state = 'open')`,
	},
	{
		Name: "review_has_case", Invariant: "I8", Table: "session",
		Says: "a session that waits for a person has one who is asked",
		SQL: `SELECT s.id, 'state=' || s.state FROM session s
			WHERE {s.id} AND s.state = 'review'
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id AND k.state = 'open'
					AND k.cause IN ('review', 'no_verdict', 'left_open', 'cabinet_lost', 'hidden_change'))`,
	},
	{
		Name: "ended_is_quiet", Invariant: "I9", Table: "session",
		Says: "nothing is due for a session that has ended",
		SQL: `SELECT s.id, 'effect=' || e.id || ' due_at=' || e.due_at
			FROM session s JOIN effect e ON e.org_id = s.org_id AND e.kind = 'session.deadline' AND e.key = s.id
			WHERE {s.id} AND s.state = 'ended' AND e.state = 'pending'`,
	},
	{
		Name: "payment_goes_on", Invariant: "I15", Table: "payment",
		Says: "a payment that has not ended has something to do, or a person",
		SQL: `SELECT p.id, 'state=' || p.state FROM payment p
			WHERE {p.id} AND p.state IN ('asking', 'waiting', 'capturing', 'releasing')
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = p.org_id AND e.key = p.id AND e.state = 'pending'
					AND e.kind IN ('payment.ask', 'payment.query', 'payment.capture', 'payment.release'))
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = p.org_id AND e.key = p.session_id AND e.state = 'pending'
					AND e.kind = 'session.deadline')
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = p.session_id AND k.state = 'open')`,
	},
	{
		Name: "payment_was_told", Invariant: "I15", Table: "payment",
		Says: "a decision to collect or to give back has left its effect",
		SQL: `SELECT p.id, 'state=' || p.state FROM payment p
			WHERE {p.id} AND (
				p.state IN ('capturing', 'captured')
					AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = p.org_id AND e.kind = 'payment.capture' AND e.key = p.id)
				OR p.state = 'releasing'
					AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = p.org_id AND e.kind = 'payment.release' AND e.key = p.id))`,
	},
	{
		Name: "door_was_told", Invariant: "I15", Table: "session",
		Says: "a session that may open has left the effect that tells the lock",
		SQL: `SELECT s.id, 'state=' || s.state || ' command=' || s.command_id FROM session s
			WHERE {s.id} AND s.command_id <> 0
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = s.org_id AND e.kind = 'session.open' AND e.key = s.id)`,
	},
	{
		Name: "effect_state", Invariant: "I15", Table: "effect",
		Says: "an effect is due or has ended, and counts its attempts",
		SQL: `SELECT e.id, 'kind=' || e.kind || ' state=' || e.state || ' attempt=' || e.attempt || ' due_at=' || e.due_at || ' ended_at=' || e.ended_at
			FROM effect e
			WHERE {e.id} AND NOT (e.attempt >= 1 AND (e.state = 'pending' AND e.due_at <> 0 AND e.ended_at = 0 OR e.state <> 'pending' AND e.ended_at <> 0))`,
	},
	{
		Name: "effect_is_owned", Invariant: "I15", Table: "effect",
		Says: "an effect that was given up has a person",
		SQL: `SELECT e.id, 'kind=' || e.kind || ' key=' || e.key FROM effect e
			WHERE {e.id} AND e.state = 'dead'
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.org_id = e.org_id AND k.cause = 'effect_stuck' AND k.subject_id = e.id)`,
	},
	{
		Name: "effect_has_subject", Invariant: "I15", Table: "effect", Near: never, // what is found by its subject has one
		Says: "what is to be done is about something of the same organization",
		SQL: `SELECT e.id, 'kind=' || e.kind || ' key=' || e.key FROM effect e
			WHERE {e.id} AND (
				e.kind IN ('session.open', 'session.deadline') AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = e.key AND s.org_id = e.org_id)
				OR e.kind IN ('payment.ask', 'payment.query', 'payment.capture', 'payment.release')
					AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = e.key AND p.org_id = e.org_id)
				OR e.kind = 'case.deadline' AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.id = e.key AND k.org_id = e.org_id))`,
	},
	{
		Name: "case_state", Invariant: "I8", Table: "care_case",
		Says: "an open case has owner, cause and deadline; a decided one has its decision",
		SQL: `SELECT k.id, 'state=' || k.state || ' owner=' || k.owner || ' cause=' || k.cause || ' deadline=' || k.deadline || ' decision=' || k.decision
			FROM care_case k
			WHERE {k.id} AND NOT (k.owner <> '' AND k.cause <> '' AND k.created_at <> 0 AND (
				k.state = 'open' AND k.deadline <> 0 AND k.decision = '' AND k.decided_at = 0
				OR k.state = 'decided' AND k.decision <> '' AND k.decided_at <> 0))`,
	},
	{
		Name: "case_goes_on", Invariant: "I8", Table: "care_case",
		Says: "an open case has a timer, unless it is one that only a person may end",
		SQL: `SELECT k.id, 'cause=' || k.cause || ' deadline=' || k.deadline FROM care_case k
			WHERE {k.id} AND k.state = 'open' AND k.cause NOT IN ('payment_surprise', 'effect_stuck')
				AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = k.org_id AND e.kind = 'case.deadline' AND e.key = k.id AND e.state IN ('pending', 'dead'))`,
	},
}
