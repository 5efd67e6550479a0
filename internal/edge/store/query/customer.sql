-- name: AddCustomer :exec
INSERT INTO customer (id, org_id, created_at) VALUES ($1, $2, $3);

-- name: AddIdentity :exec
INSERT INTO identity (org_id, provider, payer, customer_id) VALUES ($1, $2, $3, $4);

-- name: CustomerByIdentity :one
SELECT customer_id FROM identity WHERE org_id = $1 AND provider = $2 AND payer = $3;

-- A customer may have several identities at one provider; the same one is chosen every time.
-- name: PayerOfCustomer :one
SELECT payer FROM identity WHERE customer_id = $1 AND provider = $2 AND org_id = $3 ORDER BY payer LIMIT 1;
