-- name: AddPayment :exec
INSERT INTO payment (id, org_id, order_id, session_id, customer_id, provider, number, state, ceiling_fen, amount_fen,
    captured_fen, request, capture, phone, ref, trade, created_at, authorized_at, ended_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20);

-- name: Payment :one
SELECT * FROM payment WHERE id = $1;

-- name: SavePayment :execrows
UPDATE payment
SET state = @state, amount_fen = @amount_fen, captured_fen = @captured_fen, capture = @capture, phone = @phone,
    ref = @ref, trade = @trade, authorized_at = @authorized_at, ended_at = @ended_at, version = version + 1
WHERE id = @id AND version = @version AND state = @from_state;

-- name: AddNotice :execrows
INSERT INTO notice (provider, notice_id, org_id, kind, number, state, effect, body, arrived_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (provider, notice_id) DO NOTHING;
