package drawing

import (
	"fmt"
	"slices"
)

// Sizes of the drawing, in pixels.
const (
	boxWidth, boxHeight = 190, 70
	rowGap              = 78 // between two states of the spine
	sideGap             = 330
	margin              = 24
	laneGap             = 16
	letter              = 6.3 // width of a letter of a label
	labelHeight         = 16
)

// box is a state on the drawing.
type box struct {
	state       string
	x, y, w, h  float64
	row         int // on the spine, from 0; the side has none
	side        bool
	left, right []*line // ports, top to bottom
}

// line is an edge on the drawing: a path of right angles, and where its label stands.
type line struct {
	edge   Edge
	points [][2]float64
	label  [2]float64
	anchor string // of the label: start, middle, end
	lane   int    // left of the spine, from 0; -1 for none
}

// layout is the drawing: the spine, a state under the other in the order of a purchase; the side; ways
// that skip a state run in lanes left of the spine.
type layout struct {
	boxes         []*box
	lines         []*line
	width, height float64
}

// place lays the machine out. The error names an edge that it has no way for.
func place(m Machine) (*layout, error) {
	l := &layout{}
	rows := 0
	for _, s := range m.States {
		b := &box{state: s, w: boxWidth, h: boxHeight, side: states[s].side}
		if !b.side {
			b.row = rows
			rows++
		}
		l.boxes = append(l.boxes, b)
	}
	for _, e := range m.Edges() {
		l.lines = append(l.lines, &line{edge: e, lane: -1})
	}
	laneWidth := l.lanes()
	for _, b := range l.boxes {
		b.x, b.y = margin+laneWidth, margin+float64(b.row)*(boxHeight+rowGap)
		if b.side {
			b.x += boxWidth + sideGap
		}
	}
	l.stretch()
	if err := l.ports(); err != nil {
		return nil, err
	}
	for _, ln := range l.lines {
		l.route(ln)
	}
	l.width = margin + laneWidth + boxWidth + sideGap + boxWidth + margin
	l.height = 2*margin + float64(rows)*(boxHeight+rowGap) - rowGap
	return l, nil
}

func (l *layout) box(state string) *box {
	i := slices.IndexFunc(l.boxes, func(b *box) bool { return b.state == state })
	return l.boxes[i] // edges join states of the machine
}

// lanes gives each edge that skips a state a lane, short ones inside, and returns how wide they are.
func (l *layout) lanes() float64 {
	var skips []*line
	for _, ln := range l.lines {
		if from, to := l.box(ln.edge.From), l.box(ln.edge.To); !from.side && !to.side && to.row > from.row+1 {
			skips = append(skips, ln)
		}
	}
	slices.SortStableFunc(skips, func(a, b *line) int { return l.span(a) - l.span(b) })
	x := float64(laneGap)
	for i, ln := range skips {
		ln.lane = i
		ln.label[0] = x // from the spine to the left, until the boxes have their place
		x += laneGap + labelWidth(ln.edge)
	}
	return x
}

func (l *layout) span(ln *line) int { return l.box(ln.edge.To).row - l.box(ln.edge.From).row }

// labelWidth returns how wide an edge's label is.
func labelWidth(e Edge) float64 {
	longest := 0
	for _, text := range e.Labels {
		longest = max(longest, len(text))
	}
	return letter * float64(longest)
}

// stretch makes a side's box stand beside all states that lead to it.
func (l *layout) stretch() {
	for _, b := range l.boxes {
		if !b.side {
			continue
		}
		top, bottom := -1.0, 0.0
		for _, ln := range l.lines {
			if from := l.box(ln.edge.From); ln.edge.To == b.state && !from.side {
				if top < 0 {
					top = from.y
				}
				bottom = from.y + from.h
			}
		}
		if top >= 0 {
			b.y, b.h = top, bottom-top
		}
	}
}

// ports says which lines touch which side of a box, in an order that lets none cross another: lanes
// leave from outside to inside and arrive from inside to outside.
func (l *layout) ports() error {
	byLane := slices.Clone(l.lines)
	slices.SortStableFunc(byLane, func(a, b *line) int { return a.lane - b.lane })
	for _, ln := range byLane {
		if ln.lane >= 0 {
			to := l.box(ln.edge.To)
			to.left = append(to.left, ln)
		}
	}
	slices.Reverse(byLane)
	for _, ln := range byLane {
		from, to := l.box(ln.edge.From), l.box(ln.edge.To)
		switch {
		case ln.lane >= 0:
			from.left = append(from.left, ln)
		case !from.side && to.side:
			from.right = append(from.right, ln)
		case from.side && !to.side && to.y > from.y+from.h:
			to.right = append(to.right, ln)
		case !from.side && !to.side && to.row == from.row+1:
		default:
			return fmt.Errorf("the drawing has no way from %s to %s", ln.edge.From, ln.edge.To)
		}
	}
	return nil
}

// port returns the height at which a line touches one side of a box.
func (b *box) port(side []*line, ln *line) float64 {
	return b.y + b.h*float64(slices.Index(side, ln)+1)/float64(len(side)+1)
}

// route gives a line its path and its label a place.
func (l *layout) route(ln *line) {
	from, to := l.box(ln.edge.From), l.box(ln.edge.To)
	half := labelHeight * float64(len(ln.edge.Labels)-1) / 2
	switch {
	case ln.lane >= 0:
		x := from.x - ln.label[0]
		y0, y1 := from.port(from.left, ln), to.port(to.left, ln)
		ln.points = [][2]float64{{from.x, y0}, {x, y0}, {x, y1}, {to.x, y1}}
		ln.label, ln.anchor = [2]float64{x - 6, (y0+y1)/2 - half + 4}, "end"
	case to.side:
		y := from.port(from.right, ln)
		ln.points = [][2]float64{{from.x + from.w, y}, {to.x, y}}
		ln.label, ln.anchor = [2]float64{(from.x + from.w + to.x) / 2, y - 7 - 2*half}, "middle"
	case from.side:
		x, y := from.x+from.w/2, to.port(to.right, ln)
		ln.points = [][2]float64{{x, from.y + from.h}, {x, y}, {to.x + to.w, y}}
		ln.label, ln.anchor = [2]float64{(x + to.x + to.w) / 2, y - 7 - 2*half}, "middle"
	default:
		x := from.x + from.w/2
		ln.points = [][2]float64{{x, from.y + from.h}, {x, to.y}}
		ln.label, ln.anchor = [2]float64{x + 8, (from.y+from.h+to.y)/2 - half + 4}, "start"
	}
}
