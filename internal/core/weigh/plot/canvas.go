package plot

import (
	"bytes"
	"encoding/xml"
	"math"
	"strconv"
	"unicode/utf8"
)

// canvas writes elements. Numbers have one decimal, so that the bytes are the same everywhere and few.
type canvas struct{ bytes.Buffer }

// number writes a coordinate; what is none becomes 0.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "0"
	}
	x = math.Round(min(max(x, -1e6), 1e6)*10) / 10
	if x == 0 {
		return "0" // and not -0
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// open writes a start tag with attributes in pairs: a string is escaped, a float is a coordinate.
func (c *canvas) open(name string, pairs ...any) {
	c.tag(name, pairs)
	c.WriteByte('>')
}

func (c *canvas) close(name string) { c.WriteString("</" + name + ">\n") }

// empty writes an element without content.
func (c *canvas) empty(name string, pairs ...any) {
	c.tag(name, pairs)
	c.WriteString("/>\n")
}

func (c *canvas) tag(name string, pairs []any) {
	c.WriteString("<" + name)
	for i := 0; i+1 < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		c.WriteString(" " + key + `="`)
		switch v := pairs[i+1].(type) {
		case float64:
			c.WriteString(number(v))
		case int:
			c.WriteString(strconv.Itoa(v))
		case string:
			c.escaped(v)
		}
		c.WriteByte('"')
	}
}

// escaped writes text; characters that XML cannot hold become U+FFFD.
func (c *canvas) escaped(text string) { _ = xml.EscapeText(&c.Buffer, []byte(text)) } // a buffer does not fail

// text writes words at a place.
func (c *canvas) text(x, y float64, class, anchor, words string) {
	pairs := []any{"x", x, "y", y, "class", class}
	if anchor != "" {
		pairs = append(pairs, "text-anchor", anchor)
	}
	c.open("text", pairs...)
	c.escaped(words)
	c.close("text")
}

// line writes a straight line.
func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	c.empty("line", "x1", x1, "y1", y1, "x2", x2, "y2", y2, "class", class)
}

// cut shortens what is longer than n characters.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// width is about how wide words are at a size: Chinese characters are square, others half as wide.
func width(words string, size float64) float64 {
	w := 0.0
	for _, r := range words {
		if r > 0x2e80 {
			w += size
		} else {
			w += 0.56 * size
		}
	}
	return w
}
