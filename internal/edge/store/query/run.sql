-- name: AddEffect :execrows
INSERT INTO effect (id, org_id, kind, key, state, attempt, due_at, fence, payload, last_error, created_at, ended_at)
VALUES ($1, $2, $3, $4, 'pending', 1, $5, 0, '', '', $6, 0)
ON CONFLICT (org_id, kind, key) DO NOTHING;

-- A timer is one row per kind and key. Every setting counts as an attempt, so that a firing that was
-- claimed before it finds its attempt gone.
-- name: SetTimer :one
INSERT INTO effect (id, org_id, kind, key, state, attempt, due_at, fence, payload, last_error, created_at, ended_at)
VALUES ($1, $2, $3, $4, 'pending', 1, $5, 0, '', '', $6, 0)
ON CONFLICT (org_id, kind, key) DO UPDATE
SET state = 'pending', due_at = excluded.due_at, attempt = effect.attempt + 1, last_error = '', ended_at = 0
RETURNING id, attempt;

-- name: StopTimer :execrows
UPDATE effect SET state = 'void', attempt = attempt + 1, ended_at = $4
WHERE org_id = $1 AND kind = $2 AND key = $3 AND state = 'pending';

-- Some of each kind, so that a kind which gets nowhere hides no other.
-- name: DueEffects :many
WITH due AS (
    SELECT e.id AS effect_id, CAST(row_number() OVER (PARTITION BY e.kind ORDER BY e.due_at, e.id) AS BIGINT) AS place
    FROM effect e WHERE e.state = 'pending' AND e.due_at <= @now
)
SELECT effect.id, effect.org_id, effect.kind, effect.key, effect.attempt, effect.due_at, effect.created_at
FROM effect JOIN due ON due.effect_id = effect.id
WHERE due.place <= CAST(@per_kind AS BIGINT) ORDER BY effect.due_at, effect.id;

-- name: NextEffects :many
SELECT id, org_id, kind, key, attempt, due_at, created_at FROM effect
WHERE state = 'pending' AND due_at > $1 ORDER BY due_at, id LIMIT $2;

-- name: ClaimEffect :execrows
UPDATE effect SET attempt = attempt + 1, due_at = $3 WHERE id = $1 AND attempt = $2 AND state = 'pending';

-- name: PostponeEffect :execrows
UPDATE effect SET due_at = $3, last_error = $4 WHERE id = $1 AND attempt = $2 AND state = 'pending';

-- name: EndEffect :execrows
UPDATE effect SET state = $3, last_error = $4, ended_at = $5 WHERE id = $1 AND attempt = $2 AND state = 'pending';

-- name: CountEffects :many
SELECT kind, state, count(*) AS number FROM effect GROUP BY kind, state;
