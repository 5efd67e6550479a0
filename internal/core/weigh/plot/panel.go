package plot

import (
	"fmt"
	"math"
	"strconv"

	"larder/internal/core/weigh/study"
)

// box is a rectangle on the canvas.
type box struct{ x, y, w, h float64 }

// panel draws one lane.
type panel struct {
	*canvas
	lane   study.Lane
	span   span
	plot   box // where the readings go
	low    float64
	high   float64
	points int // at most so many readings are drawn
}

func (p *panel) x(t float64) float64 { return p.plot.x + p.plot.w*p.span.at(t) }

func (p *panel) y(mass float64) float64 {
	share := (mass - p.low) / (p.high - p.low)
	return p.plot.y + p.plot.h*(1-min(max(share, -0.02), 1.02))
}

// How much of a lane is drawn at most: more than hands can do.
const (
	mostDots   = 160
	mostLevels = 48
	mostSteps  = 11
)

// smallAir is how many grams more a small panel shows on both sides, so that noise looks like noise.
const smallAir = 20

// large draws a lane on which something happened.
func (c *canvas) large(s study.Session, l study.Lane, t span, b box, points int) {
	p := panel{canvas: c, lane: l, span: t, plot: box{b.x + 46, b.y + 44, b.w - 58, b.h - 66}, points: points}
	p.low, p.high = heights(l)
	c.empty("rect", "x", b.x, "y", b.y, "width", b.w, "height", b.h, "rx", 6, "class", "card")
	name := "lane 货道 " + cut(l.Name, 20)
	c.text(b.x+12, b.y+19, "name", "", name)
	c.text(b.x+20+width(name, 14), b.y+19, "soft", "", caption(l))
	words, class := became(l)
	c.text(b.x+b.w-12, b.y+19, class, "end", words)
	c.text(b.x+12, b.y+36, "small", "", weighed(l))
	if len(l.Evidence.Notes) > 0 {
		c.text(b.x+b.w-12, b.y+36, "small note", "end", cut(notes(l.Evidence.Notes), 60))
	}
	p.background(s)
	p.grid()
	p.readings(true)
	p.levels()
	p.steps()
	p.verdict(s)
}

// small draws a lane on which nothing happened.
func (c *canvas) small(s study.Session, l study.Lane, t span, b box, points int) {
	p := panel{canvas: c, lane: l, span: t, plot: box{b.x, b.y + 14, b.w, b.h - 16}, points: points}
	p.low, p.high = heights(l)
	p.low, p.high = p.low-smallAir, p.high+smallAir
	class := "card"
	if l.Doubted() {
		class = "card doubted"
	}
	c.empty("rect", "x", b.x, "y", b.y, "width", b.w, "height", b.h, "rx", 4, "class", class)
	c.text(b.x+5, b.y+11, "small", "", cut(l.Name, 12))
	if n := len(l.Levels); n > 0 {
		c.text(b.x+b.w-5, b.y+11, "small", "end", grams(l.Levels[n-1].Mass))
	}
	if known(s.Closed) {
		c.empty("rect", "x", p.x(0), "y", p.plot.y, "width", max(p.x(s.Closed)-p.x(0), 0), "height", p.plot.h, "class", "band")
	}
	p.readings(false)
}

// background shows the time that the door was open, and what came long before or after.
func (p *panel) background(s study.Session) {
	b := p.plot
	p.empty("rect", "x", b.x, "y", b.y, "width", b.w*gutter*0.9, "height", b.h, "class", "later")
	p.empty("rect", "x", b.x+b.w*(1-gutter*0.9), "y", b.y, "width", b.w*gutter*0.9, "height", b.h, "class", "later")
	if !known(s.Closed) {
		p.line(p.x(0), b.y, p.x(0), b.y+b.h, "door")
		return
	}
	p.empty("rect", "x", p.x(0), "y", b.y, "width", max(p.x(s.Closed)-p.x(0), 0), "height", b.h, "class", "band")
	p.line(p.x(0), b.y, p.x(0), b.y+b.h, "door")
	p.line(p.x(s.Closed), b.y, p.x(s.Closed), b.y+b.h, "door")
}

func (p *panel) grid() {
	for _, g := range ticks(p.low, p.high, 4) {
		p.line(p.plot.x, p.y(g), p.plot.x+p.plot.w, p.y(g), "grid")
		p.text(p.plot.x-5, p.y(g)+3.5, "small", "end", minus(strconv.FormatFloat(g+0, 'f', -1, 64)))
	}
	for _, t := range p.span.ticks(8) {
		p.text(p.x(t), p.plot.y+p.plot.h+13, "small", "middle", strconv.FormatFloat(t, 'f', -1, 64)+" s")
	}
}

// readings draws a line through the readings, with a dot for each if there are few enough.
func (p *panel) readings(dots bool) {
	points := thinned(p.lane.Points, p.points)
	if len(points) == 0 {
		return
	}
	path, last := make([]byte, 0, 12*len(points)), math.Inf(-1)
	for _, q := range points {
		mark := byte('L')
		if q.At-last > 5*fast { // a line would claim what nobody saw
			mark = 'M'
		}
		last = q.At
		path = append(path, mark)
		path = append(path, number(p.x(q.At))+" "+number(p.y(q.Mass))...)
	}
	p.empty("path", "d", string(path), "class", "read")
	if !dots || len(points) > mostDots {
		return
	}
	path = path[:0]
	for _, q := range points {
		path = append(path, "M"+number(p.x(q.At))+" "+number(p.y(q.Mass))+"h0"...)
	}
	p.empty("path", "d", string(path), "class", "dots")
}

func (p *panel) levels() {
	var path []byte
	for _, v := range p.lane.Levels[:min(len(p.lane.Levels), mostLevels)] {
		path = append(path, "M"+number(p.x(v.From))+" "+number(p.y(v.Mass))+"H"+number(max(p.x(v.To), p.x(v.From)+1))...)
	}
	if len(path) > 0 {
		p.empty("path", "d", string(path), "class", "level")
	}
}

// steps draws an arrow from level to level with its words, none over another.
func (p *panel) steps() {
	var taken []box
	for i, s := range p.lane.Steps {
		if i == mostSteps {
			return
		}
		x := p.x((s.From + s.To) / 2)
		from, to := p.before(s), p.after(s)
		class, words := "off", step(s)
		if s.Grams > 0 {
			class = "on"
		}
		tip := 4.0
		if to < from {
			tip = -4
		}
		p.empty("path", "d", "M"+number(x)+" "+number(from)+"V"+number(to)+"m-3.5 "+number(-tip)+"l3.5 "+number(tip)+"l3.5 "+number(-tip), "class", class)
		at := p.room(&taken, x, (from+to)/2, width(words, 12))
		p.text(at.x, at.y+11, map[string]string{"off": "took halo", "on": "back halo"}[class], "", words)
	}
}

// before and after are the heights of the levels that a step goes between.
func (p *panel) before(s study.Step) float64 {
	for _, v := range p.lane.Levels {
		if v.To == s.From {
			return p.y(v.Mass)
		}
	}
	return p.y(p.low)
}

func (p *panel) after(s study.Step) float64 {
	for _, v := range p.lane.Levels {
		if v.From == s.To {
			return p.y(v.Mass)
		}
	}
	return p.y(p.low)
}

// room finds a place for words of a width beside x, near a height.
func (p *panel) room(taken *[]box, x, y, w float64) box {
	b := box{x + 6, y - 8, w, 15}
	if b.x+w > p.plot.x+p.plot.w {
		b.x = x - 6 - w
	}
	for k := range 12 {
		try := b
		try.y += 16 * float64((k+1)/2) * (1 - 2*float64(k%2)) // beside, below, above, further below …
		if try.y < p.plot.y || try.y+try.h > p.plot.y+p.plot.h || overlaps(*taken, try) {
			continue
		}
		b = try
		break
	}
	*taken = append(*taken, b)
	return b
}

func overlaps(taken []box, b box) bool {
	for _, t := range taken {
		if b.x < t.x+t.w && t.x < b.x+b.w && b.y < t.y+t.h && t.y < b.y+b.h {
			return true
		}
	}
	return false
}

func (p *panel) verdict(s study.Session) {
	if known(s.Bounded) {
		p.line(p.x(s.Bounded), p.plot.y, p.x(s.Bounded), p.plot.y+p.plot.h, "next")
	}
	if known(s.Decided) {
		p.line(p.x(s.Decided), p.plot.y-4, p.x(s.Decided), p.plot.y+p.plot.h, "verdict")
	}
}

// thinned keeps at most n points of a lane: of each stretch the lowest and the highest.
func thinned(points []study.Point, n int) []study.Point {
	if len(points) <= n {
		return points
	}
	stretch := (2*len(points) + n - 1) / max(n, 2)
	var out []study.Point
	for i := 0; i < len(points); i += stretch {
		low, high := i, i
		for k := i; k < min(i+stretch, len(points)); k++ {
			if points[k].Mass < points[low].Mass {
				low = k
			}
			if points[k].Mass > points[high].Mass {
				high = k
			}
		}
		out = append(out, points[min(low, high)])
		if low != high {
			out = append(out, points[max(low, high)])
		}
	}
	return out
}

func grams(x float64) string { return minus(fmt.Sprintf("%.0f g", x)) }
