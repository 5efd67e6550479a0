package main

// linkMutants believe cabinets too much, or forget what they said.
var linkMutants = []Mutant{
	{
		Name: "tcp/acknowledged-before-the-commit", Guard: "I17",
		Why:  "the cabinet forgets a close that the database never had",
		File: "internal/edge/link/tcp/events.go", Old: "\terr := e.c.g.cfg.Handler.Event(ctx, e.c.cabinet.Epoch, ev)\n",
		New: "\tif keeper, ok := e.c.speaker.(driver.EventKeeper); ok {\n\t\tpacket, err := keeper.EncodeDurable(e.c.cabinet, ev.Boot, ev.Seq)\n\t\te.c.post(ctx, packet, err)\n\t}\n" +
			"\terr := e.c.g.cfg.Handler.Event(ctx, e.c.cabinet.Epoch, ev)\n",
		Tests: []string{inTCP},
	},
	{
		Name: "link/gap-is-skipped", Guard: "O8 I8",
		Why:  "an event that was lost on the way stays lost",
		File: "internal/edge/link/sequence/sequence.go", Old: "\ts.stuck = true\n\tif s.asked {", New: "\tif p.next = seq + 1; true {\n\t\treturn Pass\n\t}\n\tif s.asked {",
		Tests: []string{inLink, inTCP},
	},
	{
		Name: "tcp/any-proof-will-do", Guard: "S1 S2 H5",
		Why:  "whoever knows a serial number is that cabinet",
		File: "internal/edge/link/tcp/handshake.go", Old: "if !shake.VerifyCabinet(key, proof) || unknown {", New: "if unknown {",
		Tests: []string{inTCP},
	},
	{
		Name: "wire/checksum-not-checked", Guard: "H13",
		Why:  "a flipped bit on the line is a weight",
		File: "internal/edge/link/wire/frame.go", Old: "if crc32.Checksum(content, castagnoli) != binary.BigEndian.Uint32(sum) {", New: "if len(sum) != checksumSize {",
		Tests: []string{inWire},
	},
	{
		Name: "wire/length-not-bounded", Guard: "H12 I21",
		Why:  "four bytes make the platform allocate four gigabytes",
		File: "internal/edge/link/wire/frame.go", Old: "length > uint32(typeSize+r.limit) {", New: "length > 1<<30 {",
		Tests: []string{inWire},
	},
	{
		Name: "run/epoch-not-checked", Guard: "H4 H6 I6",
		Why:  "a connection that was replaced still speaks for its cabinet",
		File: "internal/run/floor.go", Old: "return p, ok && (epoch == 0 || p.epoch == epoch)", New: "return p, ok",
		Tests: []string{inRun},
	},
	{
		Name: "cabinet/epoch-goes-back", Guard: "H4 I6",
		Why:  "two connections of one cabinet both count as the latest",
		File: "internal/edge/store/sqlc/cabinet.sql.go", Old: "WHERE connection.epoch < excluded.epoch", New: "WHERE connection.epoch > 0",
		Tests: []string{inCabinet, inStore},
	},
	{
		Name: "cabinet/repeated-event-is-fresh", Guard: "I10 I16 O4",
		Why:  "a replay after an outage is applied a second time",
		File: "internal/core/visit/door.go", Old: "if err != nil || !fresh {\n\t\t\treturn err", New: "if err != nil || (!fresh && ev.Seq == 0) {\n\t\t\treturn err",
		Tests: []string{inVisit, inRun},
	},
}
