package plot

import (
	"math"

	"larder/internal/core/weigh/study"
)

// Times in seconds around what is drawn to scale.
const (
	lead  = 1.5 // before the opening
	trail = 1.0 // after the last fast reading
	fast  = 2.0 // readings closer than this are those of a door that is, or was just, open
)

// gutter is the share of a panel's width for what came long before, and likewise long after.
const gutter = 0.06

// span is what the panels' width shows: the time from the opening to the last fast reading to scale, what lies
// before and after in gutters.
type span struct {
	first, from, to, last float64 // seconds; first..from and to..last are the gutters
}

// spanOf finds out what there is to show.
func spanOf(s study.Session) span {
	p := span{first: 0, from: -lead, to: 10, last: 10}
	end := 0.0
	if known(s.Closed) {
		end = s.Closed
	}
	for _, l := range s.Lanes {
		for i, q := range l.Points {
			p.first, p.last = min(p.first, q.At), max(p.last, q.At)
			near := i > 0 && q.At-l.Points[i-1].At <= fast || i+1 < len(l.Points) && l.Points[i+1].At-q.At <= fast
			if near {
				end = max(end, q.At)
			}
		}
	}
	if known(s.Decided) && s.Decided <= end+3 {
		end = max(end, s.Decided)
	}
	p.to = max(end+trail, 2)
	if known(s.Decided) {
		p.last = max(p.last, s.Decided)
	}
	p.first, p.last = min(p.first, p.from), max(p.last, p.to)
	return p
}

// at returns where a moment lies, as a share of the width.
func (p span) at(t float64) float64 {
	switch {
	case t < p.from:
		if p.from == p.first {
			return 0
		}
		return gutter * max(t-p.first, 0) / (p.from - p.first) * 0.8
	case t > p.to:
		if p.last == p.to {
			return 1
		}
		return 1 - gutter + gutter*(0.2+0.8*min((t-p.to)/(p.last-p.to), 1))
	}
	return gutter + (1-2*gutter)*(t-p.from)/(p.to-p.from)
}

// ticks are round moments within the part that is to scale.
func (p span) ticks(most int) []float64 { return ticks(0, p.to, most) }

// ticks returns at most so many round numbers within a range.
func ticks(from, to float64, most int) []float64 {
	if !(to > from) || most < 1 || to-from > 1e9 {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10((to-from)/float64(most))))
	for _, k := range []float64{1, 2, 5, 10, 20} {
		if (to-from)/(step*k) <= float64(most) {
			step *= k
			break
		}
	}
	var out []float64
	for n := math.Ceil(from / step); n*step <= to && len(out) <= most+1; n++ {
		out = append(out, n*step+0) // and not -0
	}
	return out
}

func known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// heights returns the range of masses that a panel shows: the levels with some air around them, since
// hands and slams would dwarf them, or the readings where there are no levels.
func heights(l study.Lane) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range l.Levels {
		low, high = min(low, v.Mass), max(high, v.Mass)
	}
	if len(l.Levels) == 0 {
		for _, q := range l.Points {
			low, high = min(low, q.Mass), max(high, q.Mass)
		}
	}
	if !(low <= high) {
		return 0, 1
	}
	air := max(0.3*(high-low), 12)
	return low - air, high + air
}
