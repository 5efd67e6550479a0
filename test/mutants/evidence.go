package main

// evidenceMutants charge for what the scales did not show.
var evidenceMutants = []Mutant{
	{
		Name: "run/next-opening-is-forgotten", Guard: "W8 EX9",
		Why:  "after a restart a shopper is judged by what the next one took",
		File: "internal/run/eye.go", Old: "if scene.Next != nil {", New: "if scene.Next != nil && scene.Next.Boot == 0 {",
		Tests: []string{inRun},
	},
	{
		Name: "weigh/grey-band-is-charged", Guard: "W3",
		Why:  "a loss that fits no count is billed all the same",
		File: "internal/core/weigh/outcome.go", Old: "if math.Abs(rest[i]) > l.tolerance(n, c.sd, r.policy) {", New: "if math.Abs(rest[i]) > 1e9*l.tolerance(n, c.sd, r.policy) {",
		Tests: []string{inWeigh},
	},
	{
		Name: "weigh/weight-from-before-the-close", Guard: "W2",
		Why:  "the last weight of the open door counts as what was left",
		File: "internal/core/weigh/scale.go", Old: "i >= 0 && frames[i].at >= closed+restAfter; i--", New: "i >= 0; i--",
		Tests: []string{inWeigh},
	},
	{
		Name: "weigh/unsettled-is-decided", Guard: "W1",
		Why:  "lanes that never came to rest are billed",
		File: "internal/core/weigh/ruling.go", Old: "reasons := words(slices.Clone(b.Doubts))", New: "reasons := words(slices.Clone(b.Doubts[:0]))",
		Tests: []string{inWeigh},
	},
	{
		Name: "weigh/quarantined-lane-is-charged", Guard: "BY6",
		Why:  "a scale that is not to be believed bills all the same, for whoever charges first",
		File: "internal/core/weigh/ruling.go", Old: "ReasonTooMany, ReasonQuarantined,", New: "ReasonTooMany,",
		Tests: []string{inWeigh},
	},
	{
		Name: "health/quarantine-ends-at-once", Guard: "BY6",
		Why:  "a scale that is sick now and then charges in between",
		File: "internal/core/weigh/health/grade.go", Old: "case at-f.Clear >= dwell:", New: "case at >= f.Clear:",
		Tests: []string{inWeigh + "/health"},
	},
	{
		Name: "learn/alerts-teach", Guard: "BY10",
		Why:  "a lane learns what pieces weigh from a visit in which something odd happened",
		File: "internal/core/weigh/learn/event.go", Old: "case l.Alerted:", New: "case l.Alerted && l.Reviewed:",
		Tests: []string{inWeigh + "/learn"},
	},
	{
		Name: "learn/no-bound-a-session", Guard: "BY10",
		Why:  "one wrong visit makes another unit mass, by which everybody after it pays",
		File: "internal/core/weigh/learn/unit.go", Old: "step := min(max(now.mean-value, -MostStep), MostStep)", New: "step := now.mean - value",
		Tests: []string{inWeigh + "/learn"},
	},
	{
		Name: "run/old-batch-is-believed", Guard: "BY10",
		Why:  "the goods of today are judged by what those of last week weighed",
		File: "internal/run/lessons.go", Old: "if err == nil && m.Restocked > state.BatchAt {", New: "if err == nil && m.Restocked > state.BatchAt && m.Version == 0 {",
		Tests: []string{inRun},
	},
	{
		Name: "run/another-cabinets-readings", Guard: "W8 S8",
		Why:  "a cabinet that names somebody else's session weighs for them",
		File: "internal/run/floor.go", Old: "of, kept := watched{r.Cabinet, r.Session}, false", New: "of, kept := watched{r.Cabinet, r.Session}, false\n\tfor other := range f.watches {\n\t\tif other.session == r.Session {\n\t\t\tof = other\n\t\t}\n\t}",
		Tests: []string{inRun},
	},
	{
		Name: "visit/price-of-today", Guard: "I13",
		Why:  "the shelf said 3.00 when the door was opened and the bill says 5.00",
		File: settleFile, Old: "s.Planograms.SlotsTx(ctx, tx, of.Door, of.Planogram)", New: "s.Planograms.SlotsTx(ctx, tx, of.Door, of.Planogram+1)",
		Tests: []string{inVisit},
	},
}
