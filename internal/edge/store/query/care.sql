-- name: AddCase :execrows
INSERT INTO care_case (id, org_id, cause, subject_id, session_id, cabinet_id, state, owner, deadline, evidence, decision, note,
    decided_by, created_at, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', 0, $11, 0)
ON CONFLICT (org_id, cause, subject_id) DO NOTHING;

-- name: CaseOfOrg :one
SELECT * FROM care_case WHERE id = $1 AND org_id = $2;

-- name: CasesOfOrg :many
SELECT * FROM care_case WHERE org_id = $1 AND state = $2 ORDER BY deadline, id LIMIT $3;

-- name: DecideCase :execrows
UPDATE care_case SET state = 'decided', decision = $3, note = $4, decided_by = $5, decided_at = $6
WHERE id = $1 AND org_id = $2 AND state = 'open';
