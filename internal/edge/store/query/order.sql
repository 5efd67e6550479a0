-- name: AddOrder :exec
INSERT INTO orders (id, org_id, session_id, customer_id, state, total_fen, created_at, settled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: EndOrder :execrows
UPDATE orders SET state = $2, total_fen = $3, settled_at = $4 WHERE id = $1 AND state = 'open';

-- name: AddOrderLine :exec
INSERT INTO order_line (order_id, lane_id, org_id, product_id, name, name_en, quantity, price_fen, amount_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: OrderLines :many
SELECT l.lane_id, l.product_id, l.name, l.name_en, l.quantity, l.price_fen
FROM order_line l JOIN lane ON lane.id = l.lane_id
WHERE l.order_id = $1 ORDER BY lane.number;
