-- Lanes of a door of which nothing was learned yet have version 0; restocked_at is 0 without a restock. How
-- their scales are comes along: a session wants both.
-- name: LearningOfDoor :many
SELECT lane.id AS lane_id, COALESCE(m.product_id, 0) AS product_id, COALESCE(m.state, '') AS state,
    COALESCE(m.version, 0) AS version, CAST(COALESCE((
        SELECT MAX(e.at) FROM lane_entry e WHERE e.lane_id = lane.id AND e.kind = 'restock'
    ), 0) AS BIGINT) AS restocked_at,
    lane.org_id, lane.number, COALESCE(h.status, 'healthy') AS scale_status, COALESCE(h.state, '') AS scale_state,
    COALESCE(h.restocked_at, 0) AS scale_restocked_at, COALESCE(h.at, 0) AS scale_at, COALESCE(h.version, 0) AS scale_version
FROM lane LEFT JOIN lane_learning m ON m.lane_id = lane.id LEFT JOIN lane_health h ON h.lane_id = lane.id
WHERE lane.door_id = $1 ORDER BY lane.number;

-- name: AddLearning :execrows
INSERT INTO lane_learning (lane_id, org_id, product_id, state, version, at)
VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (lane_id) DO NOTHING;

-- name: SetLearning :execrows
UPDATE lane_learning SET product_id = $3, state = $4, version = version + 1, at = $5
WHERE lane_id = $1 AND org_id = $2 AND version = $6;
