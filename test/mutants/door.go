package main

// doorMutants go wrong at the door: sessions and leases.
var doorMutants = []Mutant{
	{
		Name: "care/flood", Guard: "I20 PL5",
		Why:  "a sensor that rattles has one person asked a thousand times",
		File: "internal/core/visit/door.go", Old: "Cause: CauseUnexplainedDoor, Cabinet: ev.Cabinet, Door: ev.Door,", New: "Cause: CauseUnexplainedDoor, Cabinet: ev.Cabinet,",
		Tests: []string{inVisit},
	},
	{
		Name: "session/version-not-checked", Guard: "I9 I10",
		Why:  "two steps taken from the same state both count",
		File: sessionSQL, Old: "WHERE id = $1 AND version = $2", New: "WHERE id = $1 AND version >= $2 - 1",
		Tests: []string{inSession, inStore, inVisit, inRun},
	},
	{
		Name: "session/lease-fence-not-checked", Guard: "I7",
		Why:  "a holder that was paused frees the door of the one who came after",
		File: sessionSQL, Old: "expires_at = 0 WHERE door_id = $1 AND session_id = $2 AND fence = $3",
		New:   "expires_at = 0 WHERE door_id = $1 AND (session_id = $2 OR fence >= $3)",
		Tests: []string{inSession, inStore, inVisit, inRun},
	},
	{
		Name: "session/held-door-is-free", Guard: "I7 X5",
		Why:  "a door that stands open is leased to the next shopper once the first one's time would have been over",
		File: sessionSQL, Old: "(lease.expires_at > 0 AND lease.expires_at < $7)", New: "lease.expires_at < $7",
		Tests: []string{inSession, inStore, inVisit, inRun},
	},
	{
		Name: "session/fence-stands-still", Guard: "I7",
		Why:  "after a restored backup two holders have the same fence",
		File: sessionSQL, Old: "ELSE lease.fence + 1 END", New: "ELSE lease.fence END",
		Tests: []string{inSession, inStore},
	},
	{
		Name: "session/late-consent-opens", Guard: "P4 I6",
		Why:  "a door opens for somebody who went away half an hour ago",
		File: stepFile, Old: "if t.now >= t.s.Deadline {", New: "if t.now >= t.s.Deadline && t.s.Queries > 0 {",
		Tests: []string{inSession, inVisit},
	},
	{
		Name: "session/close-overtaking-is-dropped", Guard: "O3 I11",
		Why:  "a close that comes before its opening is lost, and the visit never ends",
		File: stepFile, Old: "KindDoorClosed: on(doorClosed), // overtook its opening (DV13, O3)", New: "KindDoorClosed: nothing,",
		Tests: []string{inSession, inVisit},
	},
	{
		Name: "session/second-close-counts", Guard: "O4 I10",
		Why:  "a repeated close moves the moment of the close, and the evidence with it",
		File: stepFile, Old: "KindDoorClosed: nothing, // repeated (O4)", New: "KindDoorClosed: on(doorClosed),",
		Tests: []string{inSession, inVisit},
	},
	{
		Name: "session/refused-command-keeps-the-money", Guard: "O2 I8",
		Why:  "the door did not open and the shopper's authorization is never given back",
		File: stepFile, Old: "t.emit(Release{}, EndLease{})\n}\n\n// leftOpen", New: "t.emit(EndLease{})\n}\n\n// leftOpen",
		Tests: []string{inSession, inVisit},
	},
	{
		Name: "session/stale-closed-ends-it", Guard: "O1",
		Why:  "one stale sensor word ends a session whose door is open",
		File: stepFile, Old: "if t.s.Queries < t.w.Queries || t.now < t.s.Expires {", New: "if t.now < t.s.Created {",
		Tests: []string{inSession, inRun},
	},
	{
		Name: "session/changed-lanes-are-not-looked-at", Guard: "DV6 O2",
		Why:  "goods left through a door that was reported closed, and nobody is told",
		File: stepFile, Old: "case ev.Lanes == LanesChanged:", New: "case ev.Lanes == LanesChanged && t.s.Unlocked:",
		Tests: []string{inSession, inRun},
	},
	{
		Name: "visit/foreign-event-moves-a-session", Guard: "I11 H5",
		Why:  "a cabinet closes the session of another cabinet's door",
		File: doorFile, Old: "ours := err == nil && of.Cabinet == ev.Cabinet && of.Number == ev.Door", New: "ours := err == nil",
		Tests: []string{inVisit, inRun},
	},
	{
		Name: "visit/ghost-door-is-forgotten", Guard: "O5 I1",
		Why:  "a forced door leaves no case",
		File: doorFile, Old: "if !ours || ev.Kind == larder.DoorForced {", New: "if !ours {\n\t\t\treturn nil\n\t\t}\n\t\tif ev.Kind == larder.DoorForced {",
		Tests: []string{inVisit, inRun},
	},
}
