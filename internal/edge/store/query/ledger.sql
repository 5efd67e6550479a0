-- The update that changes nothing makes the row come back where it was there before.
-- name: OpenAccount :one
INSERT INTO account (id, org_id, kind, owner_id, balance_fen) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (org_id, kind, owner_id) DO UPDATE SET kind = excluded.kind
RETURNING id;

-- name: AddJournal :exec
INSERT INTO journal (id, org_id, kind, ref_id, at) VALUES ($1, $2, $3, $4, $5);

-- name: AddPosting :exec
INSERT INTO posting (journal_id, account_id, org_id, amount_fen) VALUES ($1, $2, $3, $4);

-- Most journals have two sides.
-- name: AddTwoPostings :exec
INSERT INTO posting (journal_id, account_id, org_id, amount_fen)
VALUES (@journal_id, @account_id, @org_id, @amount_fen), (@journal_id, @other_account_id, @org_id, @other_amount_fen);

-- An account that is not there yet begins with what is moved.
-- name: MoveBalance :one
INSERT INTO account (id, org_id, kind, owner_id, balance_fen) VALUES (@id, @org_id, @kind, @owner_id, @change)
ON CONFLICT (org_id, kind, owner_id) DO UPDATE SET balance_fen = account.balance_fen + excluded.balance_fen
RETURNING id;
