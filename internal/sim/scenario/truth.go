package scenario

import (
	"cmp"
	"slices"

	"larder/internal/sim/physics"
)

// lines returns what left the cabinet since the opening.
func lines(body *physics.Cabinet) []Line {
	var out []Line
	for lane, n := range body.Taken() {
		out = append(out, Line{Lane: lane, Count: n})
	}
	slices.SortFunc(out, func(a, b Line) int { return a.Lane - b.Lane })
	return out
}

// moves returns what lies in a lane that is not its own.
func moves(body *physics.Cabinet) []Move {
	var out []Move
	for to := 1; to <= body.Lanes(); to++ {
		for _, it := range body.Contents(to) {
			if it.Foreign() || it.Home == to {
				continue
			}
			same := func(m Move) bool { return m.From == it.Home && m.To == to }
			if i := slices.IndexFunc(out, same); i >= 0 {
				out[i].Count++
			} else {
				out = append(out, Move{From: it.Home, To: to, Count: 1})
			}
		}
	}
	slices.SortFunc(out, func(a, b Move) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	return out
}

// faultsOf returns the rare faults that had something to do with a session.
func faultsOf(body *physics.Cabinet, wire *physics.Transport, p *person) []Fault {
	var lane physics.Defects
	frozen := false
	for n := 1; n <= body.Lanes(); n++ {
		d := body.Defects(n)
		frozen = frozen || d.Frozen
		if p.touched[n] {
			lane.Uncalibrated = lane.Uncalibrated || d.Uncalibrated
			lane.Glitchy = lane.Glitchy || d.Glitchy
			lane.BatchShifted = lane.BatchShifted || d.BatchShifted
			lane.LedgerOff = lane.LedgerOff || d.LedgerOff
		}
	}
	cabinet, network := body.Tally(), wire.Tally()
	var out []Fault
	for _, f := range []struct {
		fault Fault
		fired bool
	}{
		{FaultBatchShift, lane.BatchShifted},
		{FaultBurst, network.Bursts > 0},
		{FaultCompressor, body.Loud()},
		{FaultFrozen, frozen},
		{FaultGlitchy, lane.Glitchy},
		{FaultLedgerOff, lane.LedgerOff},
		{FaultLostClose, network.LostCloses > 0},
		{FaultLostOpen, network.LostOpens > 0},
		{FaultLostTail, network.LostTails > 0},
		{FaultOutlier, p.odd},
		{FaultStall, network.Stalled > 0},
		{FaultSteadyHand, cabinet.SteadyHands > 0},
		{FaultUncalibrated, lane.Uncalibrated},
		{FaultZeros, cabinet.ZeroFrames > 0},
	} {
		if f.fired {
			out = append(out, f.fault)
		}
	}
	return out
}
