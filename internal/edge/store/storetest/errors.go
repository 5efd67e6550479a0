package storetest

import (
	"larder"
	"larder/internal/edge/store"
)

// errorCases are about the translation of drivers' errors: by code, alike on every engine.
var errorCases = map[string]func(env){
	"Translate/a_broken_key_is_a_conflict": func(e env) {
		for name, text := range map[string]string{
			"primary": `INSERT INTO account (id, org_id, code, balance, note) VALUES (1, 1, 'x', 0, '')`,
			"unique":  `INSERT INTO account (id, org_id, code, balance, note) VALUES (10, 1, 'cash', 0, '')`,
		} {
			err := e.Store.Update(e.ctx, e.exec(text))
			if larder.CodeOf(err) != larder.CodeConflict || store.ConstraintOf(err) != store.ConstraintUnique {
				e.t.Errorf("%s: %v", name, err)
			}
		}
	},
	"Translate/a_broken_key_is_a_conflict_through_RETURNING": func(e env) {
		err := e.Store.Update(e.ctx, func(tx larder.Tx) error {
			var id int64
			return store.From(tx).QueryRowContext(e.ctx,
				`INSERT INTO account (id, org_id, code, balance, note) VALUES (1, 1, 'x', 0, '') RETURNING id`).Scan(&id)
		})
		if larder.CodeOf(err) != larder.CodeConflict {
			e.t.Errorf("got %v", err)
		}
	},
	"Translate/other_rules_are_mistakes_of_ours": func(e env) {
		for kind, text := range map[store.ConstraintKind]string{
			store.ConstraintCheck:      `UPDATE account SET balance = -1 WHERE id = 1`,
			store.ConstraintNotNull:    `UPDATE account SET note = NULL WHERE id = 1`,
			store.ConstraintForeignKey: `INSERT INTO posting (id, account_id, amount) VALUES (1, 999, 1)`,
		} {
			err := e.Store.Update(e.ctx, e.exec(text))
			if larder.CodeOf(err) != larder.CodeInternal || store.ConstraintOf(err) != kind {
				e.t.Errorf("%s: %v", kind, err)
			}
		}
	},
	"Translate/no_row_is_not_found": func(e env) {
		read := func(tx larder.Tx) error {
			var n int64
			return store.From(tx).QueryRowContext(e.ctx, `SELECT id FROM account WHERE id = 999`).Scan(&n)
		}
		for name, err := range map[string]error{"View": e.Store.View(e.ctx, read), "Update": e.Store.Update(e.ctx, read)} {
			if larder.CodeOf(err) != larder.CodeNotFound {
				e.t.Errorf("%s: %v", name, err)
			}
		}
	},
	"Translate/a_code_of_a_room_is_kept": func(e env) {
		err := e.Store.Update(e.ctx, func(larder.Tx) error { return larder.E(larder.CodeDoorTaken, "door", 1) })
		if larder.CodeOf(err) != larder.CodeDoorTaken {
			e.t.Errorf("got %v", err)
		}
	},
}
