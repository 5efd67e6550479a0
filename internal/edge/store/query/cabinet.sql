-- name: AddCabinet :exec
INSERT INTO cabinet (id, org_id, serial, model, name, place, sealed_key, planogram_version, state, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9);

-- name: AddDoor :exec
INSERT INTO door (id, org_id, cabinet_id, number, token) VALUES ($1, $2, $3, $4, $5);

-- name: AddLane :exec
INSERT INTO lane (id, org_id, cabinet_id, door_id, number, shelf, noise_mg)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- Who connects names a serial number and nothing else: the organization follows from the row.
-- name: CabinetBySerial :one
SELECT * FROM cabinet WHERE serial = $1 AND state = 'active';

-- name: ActiveCabinet :one
SELECT * FROM cabinet WHERE id = $1 AND state = 'active';

-- name: CabinetOfOrg :one
SELECT * FROM cabinet WHERE id = $1 AND org_id = $2;

-- name: CabinetsOfOrg :many
SELECT * FROM cabinet WHERE org_id = $1 ORDER BY id;

-- name: DoorsOfOrg :many
SELECT * FROM door WHERE org_id = $1 ORDER BY cabinet_id, number;

-- name: DoorsOfCabinet :many
SELECT * FROM door WHERE cabinet_id = $1 AND org_id = $2 ORDER BY number;

-- name: LanesOfCabinet :many
SELECT * FROM lane WHERE cabinet_id = $1 AND org_id = $2 ORDER BY number;

-- A token is unique on earth, and whoever scans it belongs to no organization.
-- name: DoorByToken :one
SELECT sqlc.embed(cabinet), sqlc.embed(door)
FROM door JOIN cabinet ON cabinet.id = door.cabinet_id
WHERE door.token = $1 AND cabinet.state = 'active';

-- name: AdvancePlanogram :one
UPDATE cabinet SET planogram_version = planogram_version + 1
WHERE id = $1 AND org_id = $2 AND state = 'active'
RETURNING planogram_version;

-- name: ConnectionEpoch :one
SELECT CAST(COALESCE(max(epoch), 0) AS BIGINT) AS epoch FROM connection WHERE cabinet_id = $1;

-- The epoch only grows: a writer that read an older one changes no row.
-- name: PutConnection :execrows
INSERT INTO connection (cabinet_id, org_id, epoch, boot, connected_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (cabinet_id) DO UPDATE
SET org_id = excluded.org_id, epoch = excluded.epoch, boot = excluded.boot, connected_at = excluded.connected_at
WHERE connection.epoch < excluded.epoch;

-- name: AddDoorEvent :execrows
INSERT INTO door_event (cabinet_id, boot, seq, org_id, door, kind, session_id, at, arrived_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (cabinet_id, boot, seq) DO NOTHING;

-- name: DoorEventExtent :one
SELECT count(*) AS events, CAST(COALESCE(min(seq), 0) AS BIGINT) AS lowest, CAST(COALESCE(max(seq), 0) AS BIGINT) AS highest
FROM door_event WHERE cabinet_id = $1 AND boot = $2;

-- The last event before the first gap.
-- name: DoorEventBeforeGap :one
SELECT e.seq FROM door_event e
WHERE e.cabinet_id = $1 AND e.boot = $2 AND NOT EXISTS (
    SELECT 1 FROM door_event n WHERE n.cabinet_id = e.cabinet_id AND n.boot = e.boot AND n.seq = e.seq + 1
)
ORDER BY e.seq LIMIT 1;
