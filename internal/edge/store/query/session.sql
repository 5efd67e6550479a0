-- name: AddSession :exec
INSERT INTO session (id, org_id, cabinet_id, door_id, door, purpose, customer_id, planogram_version, state, outcome,
    door_state, fence, command_id, command_expires, unlocked, queries, deadline, created_at, opened_at, closed_at, ended_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22);

-- name: Session :one
SELECT * FROM session WHERE id = $1;

-- name: SaveSession :execrows
UPDATE session
SET state = $3, outcome = $4, door_state = $5, command_id = $6, command_expires = $7, unlocked = $8, queries = $9,
    deadline = $10, opened_at = $11, closed_at = $12, ended_at = $13, version = version + 1
WHERE id = $1 AND version = $2;

-- name: LiveSessionOfCustomer :one
SELECT id FROM session
WHERE customer_id = $1 AND state IN ('awaiting', 'opening', 'open')
ORDER BY id LIMIT 1;

-- The states are named so that the index of live sessions is used, and not every session looked at.
-- name: LiveSessions :many
SELECT * FROM session
WHERE state <> 'ended' AND state IN ('awaiting', 'opening', 'open', 'weighing', 'review') AND id > $1
ORDER BY id LIMIT $2;

-- name: SessionsOfCustomer :many
SELECT id FROM session WHERE customer_id = $1 ORDER BY id DESC LIMIT $2;

-- A door without a holder, or whose holder's time is over, goes to the new one; the fence only grows.
-- name: TakeLease :one
INSERT INTO lease (door_id, org_id, session_id, purpose, fence, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (door_id) DO UPDATE
SET session_id = excluded.session_id, purpose = excluded.purpose, expires_at = excluded.expires_at,
    fence = CASE WHEN excluded.fence > lease.fence THEN excluded.fence ELSE lease.fence + 1 END
WHERE lease.session_id = 0 OR (lease.expires_at > 0 AND lease.expires_at < @now)
RETURNING fence;

-- name: HoldLease :execrows
UPDATE lease SET expires_at = $4 WHERE door_id = $1 AND session_id = $2 AND fence = $3;

-- name: EndLease :execrows
UPDATE lease SET session_id = 0, expires_at = 0 WHERE door_id = $1 AND session_id = $2 AND fence = $3;

-- name: Holder :one
SELECT session_id FROM lease WHERE door_id = $1 AND session_id <> 0 AND (expires_at = 0 OR expires_at >= @now);
