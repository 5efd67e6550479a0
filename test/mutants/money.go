package main

// moneyMutants go wrong with bills, collections and books.
var moneyMutants = []Mutant{
	{
		Name: "order/settled-twice", Guard: "I2 B2",
		Why:  "a bill that stands is written again",
		File: "internal/edge/store/sqlc/order.sql.go", Old: "WHERE id = $1 AND state = 'open'", New: "WHERE id = $1",
		Tests: []string{inOrder, inStore, inVisit},
	},
	{
		Name: "order/quantity-is-not-multiplied", Guard: "I12",
		Why:  "three cans cost as much as one",
		File: "internal/core/order/order.go", Old: "return larder.Fen(l.Quantity) * l.Price", New: "return l.Price",
		Tests: []string{inOrder, inVisit},
	},
	{
		Name: "payment/state-not-checked", Guard: "I9 P5",
		Why:  "a consent and a cancellation both win",
		File: paymentSQL, Old: "WHERE id = $10 AND version = $11 AND state = $12", New: "WHERE id = $10 AND (version = $11 OR state <> $12)",
		Tests: []string{inPayment, inStore, inVisit},
	},
	{
		Name: "payment/second-consent-wins-again", Guard: "P1",
		Why:  "every repeated notice opens the door once more",
		File: payFile, Old: "case Authorized:\n\t\tif st.State ==", New: "case Authorized:\n\t\tif st.State == ProviderAuthorized {\n\t\t\treturn p, Won\n\t\t}\n\t\tif st.State ==",
		Tests: []string{inPayment, inVisit},
	},
	{
		Name: "payment/amount-not-compared", Guard: "P8 I2",
		Why:  "what the provider collected differs from the bill, and the books say it does not",
		File: payFile, Old: "if st.Amount != p.Amount {", New: "if st.Amount < 0 {",
		Tests: []string{inPayment, inVisit},
	},
	{
		Name: "payment/captured-after-release-is-hidden", Guard: "I2",
		Why:  "money was collected for a visit without a bill, and nobody is told",
		File: payFile, Old: "case Released:\n\t\tif st.State == ProviderCaptured || st.State == ProviderCollecting {", New: "case Released:\n\t\tif st.State == ProviderWaiting {",
		Tests: []string{inPayment, inVisit},
	},
	{
		Name: "payment/no-ceiling", Guard: "I12 PR2",
		Why:  "more is asked for than the shopper authorized",
		File: settleFile, Old: "Amount: min(bill.Total, p.Ceiling)", New: "Amount: bill.Total",
		Tests: []string{inVisit},
	},
	{
		Name: "payment/unknown-number-counts-as-given-back", Guard: "P9",
		Why:  "an authorization that was on its way stays with the provider for ever",
		File: "internal/run/money.go", Old: "if st.State == payment.ProviderNotFound && c.Time.Now().Sub(p.Created.Time()) < settleDown {",
		New:   "if st.State == payment.ProviderNotFound && c.Time.Now().Sub(p.Created.Time()) < 0 {",
		Tests: []string{inRun},
	},
	{
		Name: "visit/late-consent-is-kept", Guard: "P4 P5",
		Why:  "a consent that comes after the end is never given back",
		File: moneyFile, Old: "if p.State != payment.Released || st.State != payment.ProviderAuthorized {", New: "if p.State == payment.Released || st.State != payment.ProviderAuthorized {",
		Tests: []string{inVisit, inRun},
	},
	{
		Name: "visit/collection-is-not-posted", Guard: "I3",
		Why:  "the shopper owes what they have paid",
		File: moneyFile, Old: "return change, s.collectedTx(ctx, tx, of, after)", New: "return change, s.queryTx(ctx, tx, after, 0)",
		Tests: []string{inVisit, inRun},
	},
	{
		Name: "catalog/undone-version-is-remembered", Guard: "I13 L1",
		Why:  "a price that was never published is charged",
		File: "internal/core/catalog/service.go", Old: "tx.AfterCommit(func() { s.memory.remember(of, kept) })", New: "s.memory.remember(of, kept)",
		Tests: []string{inCatalog},
	},
	{
		Name: "ledger/unbalanced-journal", Guard: "I3 L1",
		Why:  "money appears",
		File: "internal/core/ledger/ledger.go", Old: "if sum != 0 || len(j.Lines) < 2 {", New: "if len(j.Lines) < 2 {",
		Tests: []string{inLedger},
	},
	{
		Name: "ledger/balance-is-overwritten", Guard: "I3 L2",
		Why:  "an account shows its latest posting for its balance",
		File: "internal/edge/store/sqlc/ledger.sql.go", Old: "SET balance_fen = account.balance_fen + excluded.balance_fen", New: "SET balance_fen = excluded.balance_fen",
		Tests: []string{inLedger, inStore, inVisit},
	},
	{
		Name: "stock/goods-come-back", Guard: "I5",
		Why:  "every sale fills the lane",
		File: settleFile, Old: "Change: -l.Quantity", New: "Change: l.Quantity",
		Tests: []string{inVisit, inRun},
	},
}
