-- name: ChangeStock :one
UPDATE lane_stock SET quantity = quantity + $3 WHERE lane_id = $1 AND org_id = $2
RETURNING product_id, quantity;

-- name: AddLaneEntry :exec
INSERT INTO lane_entry (lane_id, kind, ref_id, org_id, product_id, before_qty, change_qty, after_qty, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: SetLaneProduct :exec
INSERT INTO lane_stock (lane_id, org_id, product_id, quantity) VALUES ($1, $2, $3, 0)
ON CONFLICT (lane_id) DO UPDATE SET product_id = excluded.product_id;

-- name: StockOfDoor :many
SELECT s.lane_id, s.quantity FROM lane_stock s JOIN lane ON lane.id = s.lane_id WHERE lane.door_id = $1;
