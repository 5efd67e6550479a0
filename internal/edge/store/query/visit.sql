-- name: Request :one
SELECT hash, ref_id FROM request WHERE actor_kind = $1 AND actor_id = $2 AND key = $3;

-- name: AddRequest :exec
INSERT INTO request (actor_kind, actor_id, key, org_id, hash, ref_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: AddCommand :exec
INSERT INTO command (id, org_id, cabinet_id, session_id, kind, state, reason, created_at, ended_at)
VALUES ($1, $2, $3, $4, 'open', 'pending', '', $5, 0);

-- name: EndCommand :execrows
UPDATE command SET state = $2, reason = $3, ended_at = $4 WHERE id = $1 AND state = 'pending';

-- name: AddTrace :execrows
INSERT INTO trace (session_id, org_id, rule_version, readings, verdict, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (session_id) DO NOTHING;

-- Without the readings: they are for replaying, and large.
-- name: TraceVerdict :one
SELECT verdict FROM trace WHERE session_id = $1;

-- name: Trace :one
SELECT session_id, rule_version, readings, verdict, at FROM trace WHERE session_id = $1;

-- name: TracesAfter :many
SELECT session_id, rule_version, readings, verdict, at FROM trace WHERE session_id > $1 AND at >= $2 ORDER BY session_id LIMIT $3;

-- name: Purchase :one
SELECT sqlc.embed(session), sqlc.embed(orders), sqlc.embed(payment)
FROM session JOIN orders ON orders.session_id = session.id JOIN payment ON payment.session_id = session.id
WHERE session.id = $1;

-- name: PurchaseOfPayment :one
SELECT sqlc.embed(session), sqlc.embed(orders), sqlc.embed(payment)
FROM payment JOIN session ON session.id = payment.session_id JOIN orders ON orders.session_id = payment.session_id
WHERE payment.id = $1;

-- name: PurchaseByNumber :one
SELECT sqlc.embed(session), sqlc.embed(orders), sqlc.embed(payment)
FROM payment JOIN session ON session.id = payment.session_id JOIN orders ON orders.session_id = payment.session_id
WHERE payment.provider = $1 AND payment.number = $2;

-- name: Place :one
SELECT door.org_id, door.cabinet_id, door.id, door.number, cabinet.serial, cabinet.name, cabinet.planogram_version
FROM door JOIN cabinet ON cabinet.id = door.cabinet_id
WHERE door.token = $1 AND cabinet.state = 'active';

-- name: DoorEventsOfSession :many
SELECT * FROM door_event WHERE session_id = $1 AND cabinet_id = $2 ORDER BY boot, seq;

-- Both numbers only grow: what comes after an event is found by the primary key.
-- name: NextOpening :one
SELECT * FROM door_event
WHERE cabinet_id = @cabinet_id AND (boot, seq) > (@boot, @seq) AND door = @door AND kind = 'opened' AND session_id <> @session_id
ORDER BY boot, seq LIMIT 1;
