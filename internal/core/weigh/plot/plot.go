package plot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"larder/internal/core/weigh/study"
)

// MaxBytes is more than any picture has.
const MaxBytes = 200_000

// Sizes of the page and of what is on it, in units that are pixels unless somebody scales them.
const (
	pageWidth   = 1_000
	margin      = 16
	gap         = 12
	panelHeight = 214
	smallHeight = 52
	smallColumn = 8 // small lanes beside each other, an even number
	shelfLabel  = 54
)

// How much is drawn at most, so that a picture stays small.
const (
	maxLarge     = 12    // lanes that are drawn large
	maxSmall     = 120   // and small
	fewDoubted   = 4     // doubted lanes that are drawn large
	largePoints  = 400   // readings of a large lane ...
	smallPoints  = 90    // ... and of a small one
	pointsBudget = 6_000 // of all lanes together
)

// Options are what a page adds to a picture.
type Options struct {
	Notes []string // lines below the title, such as the truth, or why the verdict was wrong
}

// SVG draws a session.
func SVG(s study.Session, o Options) []byte {
	large, small := sorted(s)
	hidden := 0
	if len(large) > maxLarge {
		small = append(large[maxLarge:], small...)
		slices.SortStableFunc(small, byShelf)
		large = large[:maxLarge]
	}
	if len(small) > maxSmall {
		hidden, small = len(small)-maxSmall, small[:maxSmall]
	}
	wanted := len(large)*largePoints + len(small)*smallPoints
	scale := min(1, float64(pointsBudget)/float64(max(wanted, 1)))
	p := page{Session: s, span: spanOf(s), scale: scale, y: margin}
	p.header(o)
	p.larges(large)
	p.smalls(small, hidden)
	p.legend()
	return p.finish()
}

// sorted splits the lanes, each part in the order of shelves. Doubted lanes are large as long as they are
// few.
func sorted(s study.Session) (large, small []study.Lane) {
	doubted := 0
	for _, l := range s.Lanes {
		doubted += count(l.Doubted())
	}
	for _, l := range s.Lanes {
		if l.Active() || l.Doubted() && doubted <= fewDoubted {
			large = append(large, l)
		} else {
			small = append(small, l)
		}
	}
	slices.SortStableFunc(large, byShelf)
	slices.SortStableFunc(small, byShelf)
	return large, small
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func byShelf(a, b study.Lane) int { return cmp.Compare(a.Shelf, b.Shelf) }

// page is a picture while it is drawn; y is where the next part begins.
type page struct {
	study.Session
	canvas
	span  span
	scale float64 // of the points that are drawn
	y     float64
}

func (p *page) points(n int) int { return max(int(float64(n)*p.scale), 8) }

func (p *page) header(o Options) {
	kind := string(p.Verdict.Kind)
	words := kinds[p.Verdict.Kind]
	w := width(words, 14) + 20
	p.empty("rect", "x", margin, "y", p.y, "width", w, "height", 26, "rx", 13, "class", kind)
	p.text(margin+w/2, p.y+18, "badge", "middle", words)
	title := "Session 会话 " + cut(p.ID, 40)
	if p.Charged > 0 {
		title += "  ¥" + p.Charged.String()
	}
	p.text(margin+w+12, p.y+20, "title", "", title)
	p.y += 48
	p.text(margin, p.y, "name", "", cut(basket(p.Session), 130))
	p.y += 19
	if c := certainty(p.Session); c != "" {
		p.text(margin, p.y, "soft", "", c)
		p.y += 19
	}
	var why []string
	why = append(why, p.Verdict.Reasons...)
	why = append(why, p.Verdict.Alerts...)
	if len(why) > 0 {
		p.text(margin, p.y, "note", "", cut(notes(why), 130))
		p.y += 19
	}
	for _, n := range o.Notes[:min(len(o.Notes), 8)] {
		p.text(margin, p.y, "", "", cut(n, 140))
		p.y += 19
	}
}

// larges draws the lanes on which something happened: one across the page, more in two columns.
func (p *page) larges(lanes []study.Lane) {
	w := (pageWidth - 2*margin - gap) / 2.0
	if len(lanes) == 1 {
		w = pageWidth - 2*margin
	}
	for i, l := range lanes {
		x := float64(margin) + float64(i%2)*(w+gap)
		p.large(p.Session, l, p.span, box{x, p.y, w, panelHeight}, p.points(largePoints))
		if i%2 == 1 || i == len(lanes)-1 {
			p.y += panelHeight + gap
		}
	}
}

// smalls draws the others by shelf: two shelves beside each other where both are short, else rows of one.
func (p *page) smalls(lanes []study.Lane, hidden int) {
	if len(lanes) == 0 {
		return
	}
	p.y += 10
	p.text(margin, p.y, "soft", "", fmt.Sprintf("%d other lanes, by shelf 其余货道（按层）", len(lanes)+hidden))
	p.y += 8
	left := true
	for len(lanes) > 0 {
		n := 1
		for n < len(lanes) && n < smallColumn && lanes[n].Shelf == lanes[0].Shelf {
			n++
		}
		short := n <= smallColumn/2
		if !left && !short {
			p.y += smallHeight + gap/2
			left = true
		}
		x := float64(margin)
		if !left {
			x += (pageWidth - 2*margin + gap) / 2.0
		}
		p.shelf(lanes[:n], x)
		lanes = lanes[n:]
		left = !short || !left
		if left || len(lanes) == 0 {
			p.y += smallHeight + gap/2
		}
	}
	if hidden > 0 {
		p.text(margin, p.y+12, "small", "", fmt.Sprintf("… and %d more 及另外 %d 条", hidden, hidden))
		p.y += 16
	}
}

// shelf draws small lanes of one shelf beside each other.
func (p *page) shelf(lanes []study.Lane, x float64) {
	p.text(x, p.y+smallHeight/2+4, "small", "", fmt.Sprintf("shelf 层 %d", lanes[0].Shelf))
	const room = (pageWidth - 2*margin - gap) / 2.0
	const w = (room - shelfLabel) / (smallColumn / 2)
	for i, l := range lanes {
		p.small(p.Session, l, p.span, box{x + shelfLabel + float64(i)*w, p.y, w - gap/2, smallHeight}, p.points(smallPoints))
	}
}

// legend says what the marks mean.
func (p *page) legend() {
	p.y += 18
	x := float64(margin)
	entry := func(words string, mark func(x, y float64)) {
		mark(x, p.y-4)
		p.text(x+24, p.y, "small", "", words)
		x += 24 + width(words, 10) + 16
	}
	entry("reading 读数", func(x, y float64) {
		p.line(x, y, x+18, y, "read")
		p.empty("circle", "cx", x+9, "cy", y, "r", 1.6, "class", "dot")
	})
	entry("level at rest 静止重量", func(x, y float64) { p.line(x, y, x+18, y, "level") })
	entry("taken off 减少", func(x, y float64) { p.line(x+9, y-5, x+9, y+5, "off") })
	entry("put on 增加", func(x, y float64) { p.line(x+9, y-5, x+9, y+5, "on") })
	entry("door open 门开着", func(x, y float64) { p.empty("rect", "x", x, "y", y-6, "width", 18, "height", 12, "class", "band") })
	entry("verdict 判定", func(x, y float64) { p.line(x+9, y-6, x+9, y+6, "verdict") })
	if known(p.Bounded) {
		entry("next customer 下一位", func(x, y float64) { p.line(x+9, y-6, x+9, y+6, "next") })
	}
	entry("not to scale 非比例", func(x, y float64) { p.empty("rect", "x", x, "y", y-6, "width", 18, "height", 12, "class", "later") })
	p.y += margin
}

// finish puts the page around what was drawn, now that its height is known.
func (p *page) finish() []byte {
	var out canvas
	h := number(p.y)
	out.open("svg", "xmlns", "http://www.w3.org/2000/svg", "viewBox", "0 0 "+number(pageWidth)+" "+h, "width", number(pageWidth), "height", h, "role", "img")
	out.WriteString("<title>")
	out.escaped(strings.TrimSpace("Session " + cut(p.ID, 40) + ": " + kinds[p.Verdict.Kind] + ", " + cut(basket(p.Session), 130)))
	out.WriteString("</title><style>" + style + "</style>\n")
	out.empty("rect", "width", number(pageWidth), "height", h, "class", "paper")
	out.Write(p.Bytes())
	out.close("svg")
	return out.Bytes()
}
