package invariant

import "strings"

var recordChecks = []Check{
	{
		Name: "charge_has_evidence", Invariant: "I17", Table: "session",
		Says: "what was charged can be explained: by readings that were committed, or by a person's decision",
		SQL: `SELECT s.id, 'outcome=' || s.outcome FROM session s
			WHERE {s.id} AND s.outcome = 'charged'
				AND NOT EXISTS (SELECT 1 FROM trace t WHERE t.session_id = s.id)
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id AND k.state = 'decided')`,
	},
	{
		Name: "notice_applied_once", Invariant: "I10", Table: "payment",
		Says: "of several callbacks that say the same of a payment, one took effect",
		SQL: `SELECT p.id, 'state=' || n.state || ' applied=' || count(*)
			FROM payment p JOIN notice n ON n.provider = p.provider AND n.number = p.number
			WHERE {p.id} AND n.effect = 'applied'
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.org_id = p.org_id AND k.cause = 'payment_surprise' AND k.subject_id = p.session_id)
			GROUP BY p.id, n.state HAVING count(*) > 1`,
	},
	{
		Name: "notice_is_applied", Invariant: "I20", Table: "payment",
		Says: "a callback that was accepted shows in its payment, or a person is asked",
		SQL: `SELECT p.id, 'payment=' || p.state || ' notice=' || n.state
			FROM payment p JOIN notice n ON n.provider = p.provider AND n.number = p.number
			WHERE {p.id} AND (n.org_id <> p.org_id
				OR n.effect = 'applied' AND n.state = 'authorized' AND p.authorized_at = 0
				OR n.effect = 'applied' AND n.state = 'captured' AND p.state <> 'captured'
				OR n.effect = 'applied' AND n.state = 'canceled' AND p.state <> 'released')
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.org_id = p.org_id AND k.cause = 'payment_surprise' AND k.subject_id = p.session_id)`,
	},
	{
		Name: "decision_is_recorded", Invariant: "I19", Table: "care_case",
		Says: "a decision has its audit row",
		SQL: `SELECT k.id, 'decision=' || k.decision FROM care_case k
			WHERE {k.id} AND k.state = 'decided'
				AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.org_id = k.org_id AND a.object_kind = 'case' AND a.object_id = k.id)`,
	},
	{
		Name: "cabinet_is_recorded", Invariant: "I19", Table: "cabinet", Near: never,
		Says: "a cabinet has the audit row of its registration",
		SQL: `SELECT c.id, 'serial=' || c.serial FROM cabinet c
			WHERE {c.id} AND NOT EXISTS (
				SELECT 1 FROM audit a WHERE a.org_id = c.org_id AND a.object_kind = 'cabinet' AND a.object_id = c.id AND a.action = 'cabinet.register')`,
	},
	{
		Name: "planogram_is_recorded", Invariant: "I19", Table: "cabinet", Near: never,
		Says: "each version of a planogram has the audit row of its publication",
		SQL: `SELECT x.id, 'version=' || x.version || ' published=' || x.published FROM (SELECT c.id AS id, c.planogram_version AS version,
				(SELECT count(*) FROM audit a
					WHERE a.org_id = c.org_id AND a.object_kind = 'cabinet' AND a.object_id = c.id AND a.action = 'catalog.publish') AS published
				FROM cabinet c WHERE {c.id}) AS x
			WHERE x.version <> x.published`,
	},
	{
		Name: "staff_is_recorded", Invariant: "I19", Table: "staff", Near: never,
		Says: "who works here has the audit row that let them in",
		SQL: `SELECT m.id, 'role=' || m.role FROM staff m
			WHERE {m.id} AND NOT EXISTS (
				SELECT 1 FROM audit a WHERE a.org_id = m.org_id AND a.object_kind = 'staff' AND a.object_id = m.id AND a.action = 'staff.add')`,
	},
	secretCheck("audit_holds_no_secret", "audit", "t.detail"),
	secretCheck("case_holds_no_secret", "care_case", "t.evidence || ' ' || t.note"),
	secretCheck("effect_holds_no_secret", "effect", "t.last_error"),
	secretCheck("command_holds_no_secret", "command", "t.reason"),
}

// secretCheck looks at a text that people read for what must not stand there: a private key, a
// bearer's token, a number of exactly eleven digits, as mobile phones have. Ids have more digits;
// the twelves that are taken out first are theirs.
func secretCheck(name, table, text string) Check {
	shape := text
	for digit := '0'; digit <= '9'; digit++ {
		shape = "replace(" + shape + ", '" + string(digit) + "', '#')"
	}
	twelve := strings.Repeat("#", 12)
	return Check{
		Name: name, Invariant: "I27", Table: table, Near: never,
		Says: "a text that people read holds no secret and no phone number",
		SQL: `SELECT t.id, 'length=' || length(` + text + `) FROM ` + table + ` t
			WHERE {t.id} AND (` + text + ` LIKE '%-----BEGIN%' OR ` + text + ` LIKE '%Bearer %'
				OR replace(` + shape + `, '` + twelve + `', '') LIKE '%` + twelve[1:] + `%')`,
	}
}
