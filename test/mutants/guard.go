package main

// guardMutants let in whom they should not, or leave no trace of who it was.
var guardMutants = []Mutant{
	{
		Name: "wechatpay/signature-not-needed", Guard: "P8 S18",
		Why:  "anybody can say that a visit was paid",
		File: noticeFile, Old: "case !*verified:", New: "case !*verified && err == nil:",
		Tests: []string{inWeChat},
	},
	{
		Name: "wechatpay/old-callback-is-fresh", Guard: "P8 S18",
		Why:  "a callback that was recorded last year is heard",
		File: noticeFile, Old: "away >= noticeWindow {", New: "away >= 1000*noticeWindow {",
		Tests: []string{inWeChat},
	},
	{
		Name: "wechatpay/another-merchants-callback", Guard: "P8",
		Why:  "somebody else's purchase pays for ours",
		File: noticeFile, Old: "if !c.ours(o) {", New: "if false {",
		Tests: []string{inWeChat},
	},
	{
		Name: "visit/anybodys-visit", Guard: "S10 I18",
		Why:  "a shopper reads and cancels somebody else's visit",
		File: "internal/core/visit/start.go", Old: "return of.Customer == actor.Customer", New: "return of.Customer != 0",
		Tests: []string{inVisit, inAPI},
	},
	{
		Name: "visit/key-with-another-input", Guard: "I10",
		Why:  "a client's mistake is answered with another door's visit",
		File: "internal/core/visit/start.go", Old: "if earlier.Hash != hash {", New: "if false {",
		Tests: []string{inVisit, inAPI},
	},
	{
		Name: "care/any-conflict-is-an-end", Guard: "I9 L1",
		Why:  "a case is closed whose session nobody has ended",
		File: "internal/core/care/service.go", Old: "!errors.Is(err, visit.ErrNotWaiting)", New: "!errors.Is(err, visit.ErrNotWaiting) && larder.CodeOf(err) != larder.CodeConflict",
		Tests: []string{inCare},
	},
	{
		Name: "care/decision-without-audit", Guard: "I19",
		Why:  "money moved and nobody can say who moved it",
		File: "internal/core/care/service.go", Old: "\treturn s.Audit.RecordTx(ctx, tx, actor, larder.AuditRecord{\n", New: "\t_ = s.Audit\n\treturn nil\n\treturn s.Audit.RecordTx(ctx, tx, actor, larder.AuditRecord{\n",
		Tests: []string{inCare, inVisit},
	},
	{
		Name: "care/anybody-decides", Guard: "S12",
		Why:  "a restocker writes off bills",
		File: "internal/core/care/service.go", Old: "return a.Role == larder.RoleAdmin || a.Role == larder.RoleOperator || a.Role == larder.RoleSupport", New: "return a.Role != \"\"",
		Tests: []string{inCare, inVisit, inAPI},
	},
	{
		Name: "staff/locked-out-gets-in", Guard: "S23",
		Why:  "a password can be guessed at leisure",
		File: "internal/core/staff/signin.go", Old: "case larder.MillisOf(tx.Now()) < c.LockedUntil:", New: "case c.LockedUntil < 0:",
		Tests: []string{inStaff},
	},
	{
		Name: "api/policy-is-not-asked", Guard: "S10 S12",
		Why:  "every route is everybody's",
		File: "internal/edge/api/register.go", Old: "err = policy.check(actor)", New: "_ = policy.check(actor)",
		Tests: []string{inAPI},
	},
	{
		Name: "api/unknown-tokens-cost-nothing", Guard: "S15 S24",
		Why:  "door tokens can be tried by the million",
		File: "internal/edge/api/limit.go", Old: "\tl.bucket(asker).left--\n}\n\nfunc (l *limiter) refuse", New: "\tl.bucket(asker)\n}\n\nfunc (l *limiter) refuse",
		Tests: []string{inAPI},
	},
}
