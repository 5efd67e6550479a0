-- Lanes of a cabinet of which nothing is remembered have version 0; restock_at is 0 without a restock.
-- name: ScalesOfCabinet :many
SELECT lane.id AS lane_id, lane.org_id, lane.number, COALESCE(h.status, 'healthy') AS status, COALESCE(h.state, '') AS state,
    COALESCE(h.restocked_at, 0) AS restocked_at, COALESCE(h.at, 0) AS at, COALESCE(h.version, 0) AS version,
    CAST(COALESCE((
        SELECT MAX(e.at) FROM lane_entry e WHERE e.lane_id = lane.id AND e.kind = 'restock'
    ), 0) AS BIGINT) AS restock_at
FROM lane LEFT JOIN lane_health h ON h.lane_id = lane.id
WHERE lane.org_id = $1 AND lane.cabinet_id = $2 ORDER BY lane.number;

-- name: AddScale :execrows
INSERT INTO lane_health (lane_id, org_id, status, state, restocked_at, version, at)
VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (lane_id) DO NOTHING;

-- name: SetScale :execrows
UPDATE lane_health SET status = $3, state = $4, restocked_at = $5, version = version + 1, at = $6
WHERE lane_id = $1 AND org_id = $2 AND version = $7;

-- Where a lane of an organization is.
-- name: PlaceOfLane :one
SELECT lane.cabinet_id, cabinet.serial, door.number AS door, lane.number AS lane
FROM lane JOIN door ON door.id = lane.door_id JOIN cabinet ON cabinet.id = lane.cabinet_id
WHERE lane.id = $1 AND lane.org_id = $2;

-- The worst first.
-- name: UnwellScales :many
SELECT h.lane_id, h.state, h.status, h.at, lane.cabinet_id, cabinet.serial, door.number AS door, lane.number AS lane
FROM lane_health h JOIN lane ON lane.id = h.lane_id JOIN door ON door.id = lane.door_id
    JOIN cabinet ON cabinet.id = lane.cabinet_id
WHERE h.org_id = $1 AND h.status <> 'healthy'
ORDER BY CASE h.status WHEN 'quarantined' THEN 0 WHEN 'calibrate' THEN 1 ELSE 2 END, h.lane_id LIMIT $2;

-- Over all organizations.
-- name: CountUnwellScales :many
SELECT status, COUNT(*) AS lanes FROM lane_health WHERE status <> 'healthy' GROUP BY status;
