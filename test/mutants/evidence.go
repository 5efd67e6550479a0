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
