package invariant_test

// books is a small database in order: a purchase that was charged (session 30), one that waits for
// its customer (60), one that waits for a person (70), one whose door did not open (80), one that
// wanted nothing in the end (100), and a door that was forced (case 90).
const books = `
INSERT INTO org VALUES (1, 'platform', 'Larder', 1), (2, 'acme', 'Acme', 1);
INSERT INTO staff VALUES (3, 2, 'ann', 'Ann', 'admin', 'x', 0, 0, 1);
INSERT INTO customer VALUES (20, 1, 1);
INSERT INTO product VALUES (14, 2, '可乐', 'Cola', 330000, 2000), (15, 2, '水', 'Water', 550000, 2000);
INSERT INTO cabinet VALUES (10, 2, 'LD-1', 'native', 'One', 'Here', x'00', 1, 'active', 1);
INSERT INTO door VALUES (11, 2, 10, 1, 'token');
INSERT INTO lane VALUES (12, 2, 10, 11, 1, 1, 1000), (13, 2, 10, 11, 2, 1, 1000);
INSERT INTO planogram_lane VALUES (10, 1, 12, 2, 14, 300, 5), (10, 1, 13, 2, 15, 200, 5);
INSERT INTO session (id, org_id, cabinet_id, door_id, door, purpose, customer_id, planogram_version, state, outcome, door_state,
	fence, command_id, command_expires, unlocked, queries, deadline, created_at, opened_at, closed_at, ended_at, version) VALUES
	(30, 2, 10, 11, 1, 'purchase', 20, 1, 'ended', 'charged', 'closed', 1, 35, 9, 1, 0, 0, 2, 3, 4, 5, 5),
	(60, 2, 10, 11, 1, 'purchase', 20, 1, 'awaiting', '', 'closed', 5, 0, 0, 0, 0, 99, 20, 0, 0, 0, 1),
	(70, 2, 10, 11, 1, 'purchase', 20, 1, 'review', '', 'closed', 2, 76, 9, 1, 0, 0, 10, 11, 12, 0, 5),
	(80, 2, 10, 11, 1, 'purchase', 20, 1, 'ended', 'not_opened', 'closed', 3, 87, 9, 0, 5, 0, 15, 0, 0, 16, 3),
	(100, 2, 10, 11, 1, 'purchase', 20, 1, 'ended', 'canceled', 'closed', 4, 0, 0, 0, 0, 0, 17, 0, 0, 18, 2);
INSERT INTO lease VALUES (11, 2, 60, 'purchase', 5, 50);
INSERT INTO command VALUES (35, 2, 10, 30, 'open', 'done', '', 2, 3), (76, 2, 10, 70, 'open', 'done', '', 10, 11), (87, 2, 10, 80, 'open', 'expired', '', 15, 16);
INSERT INTO orders (id, org_id, session_id, customer_id, state, total_fen, created_at, settled_at) VALUES
	(31, 2, 30, 20, 'settled', 600, 2, 5), (61, 2, 60, 20, 'open', 0, 20, 0), (71, 2, 70, 20, 'open', 0, 10, 0), (81, 2, 80, 20, 'void', 0, 15, 16),
	(101, 2, 100, 20, 'void', 0, 17, 18);
INSERT INTO order_line VALUES (31, 12, 2, 14, '可乐', 'Cola', 2, 300, 600);
INSERT INTO lane_stock VALUES (12, 2, 14, 3);
INSERT INTO lane_entry VALUES (12, 'restock', 1, 2, 14, 0, 5, 5, 1), (12, 'purchase', 30, 2, 14, 5, -2, 3, 5);
INSERT INTO payment (id, org_id, order_id, session_id, customer_id, provider, number, state, ceiling_fen, amount_fen, captured_fen,
	request, capture, phone, ref, trade, created_at, authorized_at, ended_at, version) VALUES
	(32, 2, 31, 30, 20, 'wechatpay', 'L31', 'captured', 20000, 600, 600, '', '', '', '', 'T1', 2, 3, 6, 5),
	(62, 2, 61, 60, 20, 'wechatpay', 'L61', 'waiting', 20000, 0, 0, '', '', '', '', '', 20, 0, 0, 2),
	(72, 2, 71, 70, 20, 'wechatpay', 'L71', 'authorized', 20000, 0, 0, '', '', '', '', '', 10, 11, 0, 3),
	(82, 2, 81, 80, 20, 'wechatpay', 'L81', 'releasing', 20000, 0, 0, '', '', '', '', '', 15, 15, 0, 5),
	(102, 2, 101, 100, 20, 'wechatpay', 'L101', 'released', 20000, 0, 0, '', '', '', '', '', 17, 0, 18, 3);
INSERT INTO notice VALUES ('wechatpay', 'N1', 2, 'paid', 'L31', 'captured', 'applied', x'00', 6), ('wechatpay', 'N2', 2, 'paid', 'L31', 'captured', 'no_effect', x'00', 7);
INSERT INTO account VALUES (40, 2, 'receivable', 20, 0), (41, 2, 'sales', 0, -600), (42, 2, 'clearing:wechatpay', 0, 600), (43, 1, 'clearing:wechatpay', 0, 0);
INSERT INTO journal VALUES (50, 2, 'sale', 31, 5), (51, 2, 'capture', 32, 6);
INSERT INTO posting VALUES (50, 40, 2, 600), (50, 41, 2, -600), (51, 42, 2, 600), (51, 40, 2, -600);
INSERT INTO trace VALUES (30, 2, 'v1', x'00', '{}', 5);
INSERT INTO door_event VALUES (10, 1, 1, 2, 1, 'opened', 30, 3, 3), (10, 1, 2, 2, 1, 'closed', 30, 4, 4), (10, 1, 3, 2, 1, 'opened', 70, 11, 11),
	(10, 1, 4, 2, 1, 'closed', 70, 12, 12), (10, 1, 5, 2, 1, 'forced', 0, 30, 30);
INSERT INTO effect VALUES (36, 2, 'session.open', 30, 'done', 1, 9, 0, '', '', 2, 3), (37, 2, 'payment.capture', 32, 'done', 2, 9, 0, '', '', 5, 6),
	(38, 2, 'session.deadline', 30, 'void', 4, 9, 0, '', '', 2, 5), (55, 2, 'session.deadline', 60, 'pending', 1, 99, 0, '', '', 20, 0),
	(63, 2, 'payment.query', 62, 'pending', 1, 99, 0, '', '', 20, 0),
	(77, 2, 'session.open', 70, 'done', 1, 9, 0, '', '', 10, 11), (88, 2, 'session.open', 80, 'done', 1, 9, 0, '', '', 15, 16),
	(89, 2, 'payment.release', 82, 'pending', 3, 99, 0, '', 'connection refused', 16, 0), (78, 2, 'case.deadline', 75, 'pending', 1, 99, 0, '', '', 12, 0),
	(92, 2, 'case.deadline', 90, 'void', 2, 99, 0, '', '', 30, 31), (97, 2, 'case.deadline', 95, 'done', 2, 99, 0, '', '', 16, 19);
INSERT INTO care_case VALUES
	(75, 2, 'review', 70, 70, 10, 0, 'open', 'support', 99, 1, '{}', '', '', 0, 12, 0),
	(95, 2, 'door_abnormal', 80, 80, 10, 0, 'decided', 'support', 99, 1, '{}', 'by_policy', '', 0, 16, 19),
	(90, 2, 'unexplained_door', 90, 0, 10, 1, 'decided', 'support', 99, 1,
		'{"suggestion":null,"detail":{"at_ms":30,"boot":1,"door":1,"kind":"forced","seq":5,"session_id":"0"}}', 'noted', '', 0, 30, 31);
INSERT INTO audit VALUES (4, 2, 'system', 0, 'staff.add', 'staff', 3, 'role admin', 1), (5, 2, 'staff', 3, 'cabinet.register', 'cabinet', 10, 'LD-1', 1),
	(6, 2, 'staff', 3, 'catalog.publish', 'cabinet', 10, 'version 1', 1), (91, 2, 'staff', 3, 'case.noted', 'case', 90, '', 31),
	(96, 2, 'system', 0, 'case.by_policy', 'case', 95, '', 19);
`

// damages break one invariant each; the key is the check that must find it, and that no other does.
var damages = map[string]struct {
	sql string
	id  int64 // the row that must be named
}{
	"session_has_order":       {`DELETE FROM payment WHERE id = 102`, 100},
	"session_state":           {`UPDATE session SET deadline = 0 WHERE id = 60`, 60},
	"session_outcome":         {`UPDATE session SET command_id = 0, outcome = 'not_opened' WHERE id = 100`, 100},
	"session_and_order_agree": {`UPDATE session SET outcome = 'nothing_taken' WHERE id = 30`, 30},
	"order_state":             {`UPDATE orders SET settled_at = 0 WHERE id = 31`, 31},
	"one_organization":        {`UPDATE door SET number = 2 WHERE id = 11`, 30},
	"one_customer":            {`UPDATE session SET customer_id = 21 WHERE id = 100`, 100},

	"case_of_one_organization": {`UPDATE care_case SET cabinet_id = 999 WHERE id = 75`, 75},

	"command_was_authorized":  {`UPDATE payment SET state = 'released', authorized_at = 0, ended_at = 17 WHERE id = 82`, 80},
	"command_is_single":       {`INSERT INTO command VALUES (36, 2, 10, 30, 'open', 'done', '', 2, 3)`, 30},
	"opening_was_authorized":  {`INSERT INTO door_event VALUES (10, 1, 6, 2, 1, 'opened', 60, 40, 40)`, 60},
	"door_event_has_owner":    {`INSERT INTO door_event VALUES (10, 1, 6, 2, 2, 'opened', 999, 40, 40)`, 10},
	"door_event_is_counted":   {`INSERT INTO door_event VALUES (10, 1, 6, 2, 1, 'opened', 999, 40, 40)`, 10},
	"door_events_in_sequence": {`UPDATE door_event SET seq = 7 WHERE seq = 4`, 10},
	"door_event_is_applied":   {`UPDATE session SET state = 'open', closed_at = 0, deadline = 99, fence = 6 WHERE id = 70; UPDATE lease SET fence = 6, session_id = 70`, 70},
	"close_is_durable":        {`UPDATE door_event SET kind = 'opened' WHERE seq = 4`, 70},
	"lease_has_holder":        {`UPDATE lease SET session_id = 80`, 11},
	"fence_grows":             {`UPDATE session SET fence = 6 WHERE id = 100`, 100},
	"fence_is_single":         {`UPDATE session SET fence = 4 WHERE id = 80`, 80},
	"open_door_is_held":       {`UPDATE session SET state = 'opening', opened_at = 0, closed_at = 0, command_expires = 99, deadline = 99 WHERE id = 70; UPDATE command SET created_at = 12 WHERE id = 76`, 70},

	"order_and_payment_agree": {`UPDATE payment SET state = 'authorized', authorized_at = 17, ended_at = 0 WHERE id = 102`, 101},
	"payment_state":           {`UPDATE payment SET ended_at = 0 WHERE id = 32`, 32},
	"trade_is_single":         {`UPDATE payment SET trade = 'T1' WHERE id = 102`, 32},
	"collected_once":          {`INSERT INTO account VALUES (44, 1, 'receivable', 20, 0), (45, 1, 'opening', 0, -5); UPDATE account SET balance_fen = 5 WHERE id = 43; INSERT INTO journal VALUES (53, 1, 'capture', 32, 6), (54, 1, 'opening', 1, 6); INSERT INTO posting VALUES (53, 43, 1, 5), (53, 44, 1, -5), (54, 44, 1, 5), (54, 45, 1, -5)`, 32},
	"journal_balances":        {`UPDATE posting SET amount_fen = -500 WHERE journal_id = 50 AND account_id = 41; UPDATE account SET balance_fen = -500 WHERE id = 41`, 50},
	"journal_accounts":        {`UPDATE account SET kind = 'sold' WHERE id = 41`, 50},
	"journal_has_cause":       {`INSERT INTO journal VALUES (54, 2, 'sale', 999, 9); INSERT INTO posting VALUES (54, 40, 2, 5), (54, 41, 2, -5); UPDATE account SET balance_fen = 5 WHERE id = 40; UPDATE account SET balance_fen = -605 WHERE id = 41`, 54},
	"account_balance":         {`UPDATE account SET balance_fen = 1 WHERE id = 40`, 40},
	"account_limit":           {`INSERT INTO journal VALUES (52, 2, 'refund', 32, 9); INSERT INTO posting VALUES (52, 40, 2, -5), (52, 41, 2, 5); UPDATE account SET balance_fen = -5 WHERE id = 40; UPDATE account SET balance_fen = -595 WHERE id = 41`, 40},
	"order_total":             {`UPDATE order_line SET price_fen = 299, amount_fen = 598; UPDATE planogram_lane SET price_fen = 299 WHERE lane_id = 12`, 31},
	"line_price":              {`UPDATE planogram_lane SET price_fen = 301 WHERE lane_id = 12`, 31},
	"sale_is_posted":          {`UPDATE posting SET amount_fen = amount_fen * 2 WHERE journal_id = 50; UPDATE account SET balance_fen = 600 WHERE id = 40; UPDATE account SET balance_fen = -1200 WHERE id = 41`, 31},
	"capture_is_posted":       {`DELETE FROM posting WHERE journal_id = 51; DELETE FROM journal WHERE id = 51; UPDATE account SET balance_fen = 0 WHERE id = 42; UPDATE account SET balance_fen = 600 WHERE id = 40`, 32},

	"stock_is_its_entries": {`UPDATE lane_stock SET quantity = 4`, 12},
	"sold_is_moved":        {`UPDATE lane_entry SET product_id = 15 WHERE kind = 'purchase'`, 31},

	"session_goes_on":    {`UPDATE effect SET state = 'void', ended_at = 21 WHERE id = 55`, 60},
	"review_has_case":    {`UPDATE care_case SET cause = 'late_open' WHERE id = 75`, 70},
	"ended_is_quiet":     {`UPDATE effect SET state = 'pending', ended_at = 0 WHERE id = 38`, 30},
	"payment_goes_on":    {`UPDATE effect SET state = 'done', ended_at = 17 WHERE id = 89`, 82},
	"payment_was_told":   {`DELETE FROM effect WHERE id = 37`, 32},
	"door_was_told":      {`DELETE FROM effect WHERE id = 36`, 30},
	"effect_state":       {`UPDATE effect SET ended_at = 0 WHERE id = 36`, 36},
	"effect_is_owned":    {`UPDATE effect SET state = 'dead' WHERE id = 36`, 36},
	"effect_has_subject": {`UPDATE effect SET key = 999 WHERE id = 92`, 92},
	"case_state":         {`UPDATE care_case SET owner = '' WHERE id = 75`, 75},
	"case_goes_on":       {`UPDATE effect SET state = 'done', ended_at = 13 WHERE id = 78`, 75},

	"charge_has_evidence":     {`DELETE FROM trace`, 30},
	"notice_applied_once":     {`UPDATE notice SET effect = 'applied' WHERE notice_id = 'N2'`, 32},
	"notice_is_applied":       {`UPDATE notice SET number = 'L81' WHERE notice_id = 'N1'`, 82},
	"decision_is_recorded":    {`DELETE FROM audit WHERE id = 96`, 95},
	"cabinet_is_recorded":     {`DELETE FROM audit WHERE id = 5`, 10},
	"planogram_is_recorded":   {`DELETE FROM audit WHERE id = 6`, 10},
	"staff_is_recorded":       {`DELETE FROM audit WHERE id = 4`, 3},
	"audit_holds_no_secret":   {`UPDATE audit SET detail = 'told 13812345678 about it' WHERE id = 91`, 91},
	"case_holds_no_secret":    {`UPDATE care_case SET note = '-----BEGIN PRIVATE KEY-----' WHERE id = 75`, 75},
	"effect_holds_no_secret":  {`UPDATE effect SET last_error = 'get https://x: 401, Authorization: Bearer abc' WHERE id = 89`, 89},
	"command_holds_no_secret": {`UPDATE command SET reason = 'call 13812345678' WHERE id = 87`, 87},
}
