-- name: AddOrg :exec
INSERT INTO org (id, code, name, created_at) VALUES ($1, $2, $3, $4);

-- name: EnsureOrg :exec
INSERT INTO org (id, code, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING;

-- name: AddStaff :exec
INSERT INTO staff (id, org_id, login, name, role, password, failures, locked_until, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7);

-- name: StaffByLogin :one
SELECT staff.* FROM staff JOIN org ON org.id = staff.org_id WHERE org.code = $1 AND staff.login = $2;

-- name: SetStaffFailures :exec
UPDATE staff SET failures = $1, locked_until = $2 WHERE id = $3 AND org_id = $4;

-- name: AddLogin :exec
INSERT INTO login (token_hash, org_id, kind, subject_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- The role is the staff member's of now, not of the sign-in; a customer has none.
-- name: LoginByToken :one
SELECT login.org_id, login.kind, login.subject_id, login.expires_at, CAST(COALESCE(staff.role, '') AS TEXT) AS role
FROM login LEFT JOIN staff ON login.kind = 'staff' AND staff.id = login.subject_id AND staff.org_id = login.org_id
WHERE login.token_hash = $1;

-- name: DeleteLogin :exec
DELETE FROM login WHERE token_hash = $1;

-- name: DeleteExpiredLogins :exec
DELETE FROM login WHERE token_hash IN (
    SELECT old.token_hash FROM login old WHERE old.expires_at <= $1 ORDER BY old.expires_at LIMIT CAST(sqlc.arg(at_most) AS BIGINT)
);

-- name: AddAudit :exec
INSERT INTO audit (id, org_id, actor_kind, actor_id, action, object_kind, object_id, detail, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
