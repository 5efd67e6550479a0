package audit_test

// books is a small database in order: a purchase that was charged (session 30), one that waits for
// its customer (60), one that waits for a person (70), one whose door did not open (80), and a door
// that was forced (case 90).
const books = `
INSERT INTO org VALUES (1, 'platform', 'Larder', 1), (2, 'acme', 'Acme', 1);
INSERT INTO customer VALUES (20, 1, 1);
INSERT INTO product VALUES (14, 2, '可乐', 'Cola', 330000, 2000), (15, 2, '水', 'Water', 550000, 2000);
INSERT INTO cabinet VALUES (10, 2, 'LD-1', 'native', 'One', 'Here', x'00', 1, 'active', 1);
INSERT INTO door VALUES (11, 2, 10, 1, 'token');
INSERT INTO lane VALUES (12, 2, 10, 11, 1, 1, 1000), (13, 2, 10, 11, 2, 1, 1000);
INSERT INTO planogram_lane VALUES (10, 1, 12, 2, 14, 300, 5), (10, 1, 13, 2, 15, 200, 5);
INSERT INTO session (id, org_id, cabinet_id, door_id, door, purpose, customer_id, planogram_version, state, outcome, door_state,
	fence, command_id, command_expires, unlocked, queries, deadline, created_at, opened_at, closed_at, ended_at, version) VALUES
	(30, 2, 10, 11, 1, 'purchase', 20, 1, 'ended', 'charged', 'closed', 1, 5, 9, 1, 0, 0, 2, 3, 4, 5, 5),
	(60, 2, 10, 11, 1, 'purchase', 20, 1, 'awaiting', '', 'closed', 4, 0, 0, 0, 0, 99, 20, 0, 0, 0, 1),
	(70, 2, 10, 11, 1, 'purchase', 20, 1, 'review', '', 'closed', 2, 6, 9, 1, 0, 0, 10, 11, 12, 0, 5),
	(80, 2, 10, 11, 1, 'purchase', 20, 1, 'ended', 'not_opened', 'closed', 3, 7, 9, 0, 5, 0, 15, 0, 0, 16, 3);
INSERT INTO lease VALUES (11, 2, 60, 'purchase', 4, 50);
INSERT INTO orders (id, org_id, session_id, customer_id, state, total_fen, created_at, settled_at) VALUES
	(31, 2, 30, 20, 'settled', 600, 2, 5), (61, 2, 60, 20, 'open', 0, 20, 0), (71, 2, 70, 20, 'open', 0, 10, 0), (81, 2, 80, 20, 'void', 0, 15, 16);
INSERT INTO order_line VALUES (31, 12, 2, 14, '可乐', 'Cola', 2, 300, 600);
INSERT INTO lane_stock VALUES (12, 2, 14, 3);
INSERT INTO lane_entry VALUES (12, 'restock', 1, 2, 14, 0, 5, 5, 1), (12, 'purchase', 30, 2, 14, 5, -2, 3, 5);
INSERT INTO payment (id, org_id, order_id, session_id, customer_id, provider, number, state, ceiling_fen, amount_fen, captured_fen,
	request, capture, phone, ref, trade, created_at, authorized_at, ended_at, version) VALUES
	(32, 2, 31, 30, 20, 'wechatpay', 'L31', 'captured', 20000, 600, 600, '', '', '', '', '', 2, 3, 6, 5),
	(62, 2, 61, 60, 20, 'wechatpay', 'L61', 'waiting', 20000, 0, 0, '', '', '', '', '', 20, 0, 0, 2),
	(72, 2, 71, 70, 20, 'wechatpay', 'L71', 'authorized', 20000, 0, 0, '', '', '', '', '', 10, 11, 0, 3),
	(82, 2, 81, 80, 20, 'wechatpay', 'L81', 'released', 20000, 0, 0, '', '', '', '', '', 15, 15, 17, 5);
INSERT INTO account VALUES (40, 2, 'receivable', 20, 0), (41, 2, 'sales', 0, -600), (42, 2, 'clearing:wechatpay', 0, 600);
INSERT INTO journal VALUES (50, 2, 'sale', 31, 5), (51, 2, 'capture', 32, 6);
INSERT INTO posting VALUES (50, 40, 2, 600), (50, 41, 2, -600), (51, 42, 2, 600), (51, 40, 2, -600);
INSERT INTO trace VALUES (30, 2, 'v1', x'00', '{}', 5);
INSERT INTO door_event VALUES (10, 1, 1, 2, 1, 'opened', 30, 3, 3), (10, 1, 2, 2, 1, 'closed', 30, 4, 4), (10, 1, 3, 2, 1, 'forced', 0, 30, 30);
INSERT INTO effect VALUES (55, 2, 'session.deadline', 60, 'pending', 1, 99, 0, '', '', 20, 0);
INSERT INTO care_case VALUES
	(75, 2, 'review', 70, 70, 10, 'open', 'support', 99, '{}', '', '', 0, 12, 0),
	(90, 2, 'unexplained_door', 90, 0, 10, 'decided', 'support', 99, '{}', 'noted', '', 0, 30, 31);
INSERT INTO audit VALUES (91, 2, 'staff', 1, 'case.noted', 'case', 90, '', 31);
`

// damages break one invariant each; the key is the check that must find it.
var damages = map[string]struct {
	sql string
	id  int64 // the row that must be named
}{
	"session_has_order":       {`DELETE FROM effect WHERE key = 62; DELETE FROM payment WHERE id = 62; DELETE FROM orders WHERE id = 61`, 60},
	"session_and_order_agree": {`UPDATE session SET outcome = 'nothing_taken' WHERE id = 30`, 30},
	"order_and_payment_agree": {`UPDATE payment SET captured_fen = 500 WHERE id = 32`, 31},
	"one_organization":        {`UPDATE orders SET org_id = 1 WHERE id = 71`, 70},
	"opening_was_authorized":  {`INSERT INTO door_event VALUES (10, 1, 4, 2, 1, 'opened', 60, 40, 40)`, 60},
	"door_event_has_owner":    {`INSERT INTO door_event VALUES (10, 1, 4, 2, 1, 'opened', 999, 40, 40)`, 10},
	"journal_balances":        {`UPDATE posting SET amount_fen = -500 WHERE journal_id = 50 AND account_id = 41`, 50},
	"account_balance":         {`UPDATE account SET balance_fen = -601 WHERE id = 41`, 41},
	"order_total":             {`UPDATE order_line SET quantity = 1, amount_fen = 300`, 31},
	"line_price":              {`UPDATE planogram_lane SET price_fen = 301 WHERE lane_id = 12`, 31},
	"sale_is_posted":          {`UPDATE journal SET ref_id = 999 WHERE id = 50`, 31},
	"capture_is_posted":       {`DELETE FROM posting WHERE journal_id = 51; DELETE FROM journal WHERE id = 51`, 32},
	"journal_has_cause":       {`INSERT INTO journal VALUES (52, 2, 'capture', 62, 9); INSERT INTO posting VALUES (52, 40, 2, 5), (52, 41, 2, -5)`, 52},
	"stock_is_its_entries":    {`UPDATE lane_stock SET quantity = 4`, 12},
	"sold_is_moved":           {`UPDATE lane_entry SET change_qty = -1, after_qty = 4 WHERE kind = 'purchase'`, 31},
	"session_goes_on":         {`UPDATE effect SET state = 'void' WHERE id = 55`, 60},
	"payment_goes_on":         {`UPDATE payment SET state = 'capturing', captured_fen = 0 WHERE id = 32`, 32},
	"lease_ends":              {`UPDATE lease SET session_id = 80`, 11},
	"charge_has_evidence":     {`DELETE FROM trace`, 30},
	"review_has_case":         {`UPDATE care_case SET state = 'decided' WHERE id = 75`, 70},
	"decision_is_recorded":    {`DELETE FROM audit`, 90},
}
