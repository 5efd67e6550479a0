package main

// effectMutants lose or double what must be done in the world.
var effectMutants = []Mutant{
	{
		Name: "run/claimed-without-attempt", Guard: "I15 B8",
		Why:  "two processes do the same effect at the same time",
		File: effectSQL, Old: "due_at = $3, fence = $4 WHERE id = $1 AND attempt = $2 AND state = 'pending'\n`\n\ntype ClaimEffectParams", New: "due_at = $3, fence = $4 WHERE id = $1 AND attempt >= $2 AND state = 'pending'\n`\n\ntype ClaimEffectParams",
		Tests: []string{inRun, inStore},
	},
	{
		Name: "run/overtaken-result-counts", Guard: "I10 I15",
		Why:  "a try that was given up for dead writes its result over the newer one's",
		File: "internal/run/engine.go", Old: "stale = !ended", New: "stale = !ended && recordTries == 0",
		Tests: []string{inRun},
	},
	{
		Name: "run/timers-are-not-armed-at-start", Guard: "B9",
		Why:  "after a restart every timer waits for a sweep",
		File: "internal/run/engine.go", Old: "next, err := e.store.NextEffects(ctx, tx, larder.MillisOf(e.time.Now()), armAtStart)", New: "next, err := e.store.NextEffects(ctx, tx, larder.MillisOf(e.time.Now()), 0)",
		Tests: []string{inRun},
	},
	{
		Name: "run/waits-without-a-lease", Guard: "B4 I15",
		Why:  "two processes try at once what has waited in line for most of its lease",
		File: "internal/run/desk.go", Old: "w.Due = min(w.Due, larder.MillisOf(now))", New: "w.Due = max(w.Due, larder.MillisOf(now))",
		Tests: []string{inRun},
	},
	{
		Name: "app/alone-on-a-server", Guard: "B4 I15",
		Why:  "what a living process is trying is tried by the next one that starts",
		File: "internal/app/wire.go", Old: "if !postgres.IsURL(c.DB) {", New: "if !postgres.IsURL(c.DB) || c.DB != \"\" {",
		Tests: []string{inApp},
	},
	{
		Name: "run/case-without-timer-is-left", Guard: "I8 O2",
		Why:  "a case that nobody decides, and the session that waits for it, never end",
		File: "internal/core/care/service.go", Old: "err != nil || c.State != Open || !policyEnds(c.Cause) {\n\t\treturn err\n\t}\n\treturn s.Timers", New: "err != nil || c.State == Open || !policyEnds(c.Cause) {\n\t\treturn err\n\t}\n\treturn s.Timers",
		Tests: []string{inRun},
	},
	{
		Name: "run/poison-is-tried-for-ever", Guard: "B1 I20",
		Why:  "what can never succeed has no owner",
		File: "internal/run/engine.go", Old: "} else if k.Max > 0 && ef.Attempt >= k.Max {", New: "} else if k.Max > 0 && ef.Attempt > 1<<40 {",
		Tests: []string{inRun},
	},
	{
		Name: "visit/timer-is-lost", Guard: "I8 B9",
		Why:  "a session whose cabinet falls silent never ends",
		File: "internal/core/visit/service.go", Old: "if after.Deadline != before.Deadline {", New: "if after.Deadline != before.Deadline && after.Deadline == 0 {",
		Tests: []string{inVisit, inRun},
	},
	{
		Name: "visit/release-is-not-asked-for", Guard: "I15 I8",
		Why:  "the row says that the money goes back, and nobody tells the provider",
		File: settleFile, Old: "return s.Effects.AddTx(ctx, tx, p.Org, EffectRelease, int64(p.ID))", New: "return nil",
		Tests: []string{inVisit, inRun},
	},
	{
		Name: "store/bells-before-the-commit", Guard: "I17 L1",
		Why:  "a door opens for a consent that the disk refused",
		File: "internal/edge/store/sqlite/writer.go", Old: "\tstart := time.Now()\n\tif err := c.control(\"COMMIT\"); err != nil {",
		New:   "\tstart := time.Now()\n\tfor _, o := range applied {\n\t\tw.ring(o.tx)\n\t}\n\tif err := c.control(\"COMMIT\"); err != nil {",
		Tests: []string{inStore},
	},
	{
		Name: "store/failed-neighbor-stays", Guard: "L1 I3",
		Why:  "half of a refused settlement is committed with the next one",
		File: "internal/edge/store/sqlite/turn.go", Old: `[]string{"ROLLBACK TO turn", "RELEASE turn"}`, New: `[]string{"RELEASE turn"}`,
		Tests: []string{inStore},
	},
	{
		Name: "visit/notice-is-not-stored", Guard: "I16 I20",
		Why:  "what a provider said cannot be shown to anybody",
		File: "internal/edge/store/payment.go", Old: "AddNotice(ctx, sqlc.AddNoticeParams{", New: "AddNotice(ctx, sqlc.AddNoticeParams{}); _ = (sqlc.AddNoticeParams{",
		Tests: []string{inVisit},
	},
}
