-- name: AddEffect :execrows
INSERT INTO effect (id, org_id, kind, key, state, attempt, due_at, fence, payload, last_error, created_at, ended_at)
VALUES ($1, $2, $3, $4, 'pending', 1, $5, $6, '', '', $7, 0)
ON CONFLICT (org_id, kind, key) DO NOTHING;

-- A timer is one row per kind and key. Every setting counts as an attempt, so that a firing that was
-- claimed before it finds its attempt gone.
-- name: SetTimer :one
INSERT INTO effect (id, org_id, kind, key, state, attempt, due_at, fence, payload, last_error, created_at, ended_at)
VALUES ($1, $2, $3, $4, 'pending', 1, $5, 0, '', '', $6, 0)
ON CONFLICT (org_id, kind, key) DO UPDATE
SET state = 'pending', due_at = excluded.due_at, fence = 0, attempt = effect.attempt + 1, last_error = '', ended_at = 0
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

-- fence is the process that tries the effect now, 0 while nobody does.
-- name: ClaimEffect :execrows
UPDATE effect SET attempt = attempt + 1, due_at = $3, fence = $4 WHERE id = $1 AND attempt = $2 AND state = 'pending';

-- name: PostponeEffect :execrows
UPDATE effect SET due_at = $3, fence = 0, last_error = $4 WHERE id = $1 AND attempt = $2 AND state = 'pending';

-- name: EndEffect :execrows
UPDATE effect SET state = $3, last_error = $4, ended_at = $5 WHERE id = $1 AND attempt = $2 AND state = 'pending';

-- name: FreeEffects :execrows
UPDATE effect SET due_at = @now, fence = 0 WHERE state = 'pending' AND fence <> 0 AND fence <> @mine;

-- Sessions that wait for a moment and have no timer, or whose moment is long over and which nobody is
-- trying to move.
-- name: StalledSessions :many
SELECT session.id, CAST(CASE WHEN EXISTS (SELECT 1 FROM effect e
    WHERE e.org_id = session.org_id AND e.kind = 'session.deadline' AND e.key = session.id AND e.state = 'pending')
    THEN 1 ELSE 0 END AS BIGINT) AS timed
FROM session
WHERE session.state <> 'ended' AND session.state IN ('awaiting', 'opening', 'open', 'weighing') AND session.deadline <> 0 AND (
    NOT EXISTS (SELECT 1 FROM effect e
        WHERE e.org_id = session.org_id AND e.kind = 'session.deadline' AND e.key = session.id AND e.state = 'pending')
    OR session.deadline < CAST(@late AS BIGINT) AND NOT EXISTS (SELECT 1 FROM effect e
        WHERE e.org_id = session.org_id AND e.kind = 'session.deadline' AND e.key = session.id AND e.state = 'pending'
            AND e.fence <> 0 AND e.due_at > @now))
ORDER BY session.id LIMIT CAST(@most AS BIGINT);

-- Payments that have not ended while nothing is left that would move them, nor waits for a person.
-- name: StalledPayments :many
SELECT payment.id FROM payment
WHERE payment.state IN ('asking', 'waiting', 'capturing', 'releasing')
    AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = payment.org_id AND e.key = payment.id AND e.state IN ('pending', 'dead')
        AND e.kind IN ('payment.ask', 'payment.query', 'payment.capture', 'payment.release'))
    AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = payment.org_id AND e.key = payment.session_id AND e.state = 'pending'
        AND e.kind = 'session.deadline')
ORDER BY payment.id LIMIT CAST(@most AS BIGINT);

-- Open cases that end by policy and have no timer, or one whose moment is neither their deadline nor
-- about to come. What was given up waits for the person who was told.
-- name: StalledCases :many
SELECT care_case.id, care_case.org_id FROM care_case
WHERE care_case.state = 'open' AND care_case.cause NOT IN ('payment_surprise', 'effect_stuck')
    AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.org_id = care_case.org_id AND e.kind = 'case.deadline' AND e.key = care_case.id
        AND (e.state = 'dead' OR e.state = 'pending' AND (e.due_at <= care_case.deadline OR e.due_at <= CAST(@soon AS BIGINT))))
ORDER BY care_case.id LIMIT CAST(@most AS BIGINT);

-- name: CountEffects :many
SELECT kind, state, count(*) AS number FROM effect GROUP BY kind, state;
