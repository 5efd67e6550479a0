-- name: AddCase :execrows
INSERT INTO care_case (id, org_id, cause, subject_id, session_id, cabinet_id, door, state, owner, deadline, events, evidence, decision,
    note, decided_by, created_at, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', 0, $13, 0)
ON CONFLICT (org_id, cause, subject_id) DO NOTHING;

-- The open case of a door counts one more event. Whoever opens one has asked for it here before: then
-- PostgreSQL repeats the later one of two that would open it at once, and SQLite has one writer.
-- name: JoinCase :one
UPDATE care_case SET events = events + 1
WHERE org_id = $1 AND cause = $2 AND cabinet_id = $3 AND door = $4 AND door <> 0 AND state = 'open'
RETURNING *;

-- name: SetCaseEvidence :execrows
UPDATE care_case SET evidence = $3 WHERE id = $1 AND org_id = $2 AND state = 'open';

-- name: CaseOfOrg :one
SELECT * FROM care_case WHERE id = $1 AND org_id = $2;

-- name: CasesOfOrg :many
SELECT * FROM care_case WHERE org_id = $1 AND state = $2 ORDER BY deadline, id LIMIT $3;

-- name: DecideCase :execrows
UPDATE care_case SET state = 'decided', decision = $3, note = $4, decided_by = $5, decided_at = $6
WHERE id = $1 AND org_id = $2 AND state = 'open';
