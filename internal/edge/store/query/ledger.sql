-- The update that changes nothing makes the row come back where it was there before.
-- name: OpenAccount :one
INSERT INTO account (id, org_id, kind, owner_id, balance_fen) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (org_id, kind, owner_id) DO UPDATE SET kind = excluded.kind
RETURNING id;

-- name: AddJournal :exec
INSERT INTO journal (id, org_id, kind, ref_id, at) VALUES ($1, $2, $3, $4, $5);

-- name: AddPosting :exec
INSERT INTO posting (journal_id, account_id, org_id, amount_fen) VALUES ($1, $2, $3, $4);

-- name: MoveBalance :execrows
UPDATE account SET balance_fen = balance_fen + @change WHERE id = @id;
