package installation

import (
	"fmt"
	"strings"
)

// checker collects what is wrong with a file that could be read.
type checker struct {
	*File
	wrong Wrong
}

// check says what is wrong with the file as a whole. What a name or a number may be beyond that, the
// rooms say when it is entered.
func (f *File) check() *Wrong {
	c := &checker{File: f}
	c.has("org", "code", "name")
	c.has("", "products", "cabinets")
	products := map[string]bool{}
	for i, p := range f.Products {
		at := fmt.Sprintf("products[%d]", i)
		c.has(at, "name", "name_en", "unit_mass_g", "unit_sd_g")
		c.unless(!products[p.NameEn], at+".name_en", "%q stands twice: it tells products apart", p.NameEn)
		c.unless(p.UnitMass.Milligrams() > 0, at+".unit_mass_g", "is not above 0")
		c.unless(p.UnitSD.Milligrams() >= 0, at+".unit_sd_g", "is below 0")
		products[p.NameEn] = true
	}
	serials := map[string]bool{}
	for i, m := range f.Cabinets {
		at := fmt.Sprintf("cabinets[%d]", i)
		c.has(at, "serial", "model", "name", "place", "doors")
		c.unless(!serials[m.Serial], at+".serial", "%q stands twice: it tells cabinets apart", m.Serial)
		serials[m.Serial] = true
		c.unless(len(m.Doors) > 0, at+".doors", "are none")
		for j, d := range m.Doors {
			c.lanes(fmt.Sprintf("%s.doors[%d]", at, j), d, products)
		}
	}
	return &c.wrong
}

func (c *checker) lanes(door string, d Door, products map[string]bool) {
	c.has(door, "lanes")
	c.unless(len(d.Lanes) > 0, door+".lanes", "are none")
	for k, l := range d.Lanes {
		at := fmt.Sprintf("%s.lanes[%d]", door, k)
		c.has(at, "shelf", "noise_g")
		c.unless(l.Shelf >= 1, at+".shelf", "is not 1 or above")
		c.unless(l.Noise.Milligrams() > 0, at+".noise_g", "is not above 0")
		goods := []string{"product", "price_fen", "par", "count"}
		if !c.any(at, goods) {
			continue // an empty lane
		}
		c.has(at, goods...)
		c.unless(products[l.Product], at+".product", "%q is none of the products", l.Product)
		c.unless(l.Price >= 0, at+".price_fen", "is below 0")
		c.unless(l.Par >= 1, at+".par", "is not 1 or above")
		c.unless(l.Count >= 0, at+".count", "is below 0")
	}
}

// has asks for fields of the value at a path.
func (c *checker) has(path string, fields ...string) {
	for _, name := range fields {
		field := strings.TrimPrefix(path+"."+name, ".")
		if _, ok := c.lines[field]; !ok {
			c.wrong.Faults = append(c.wrong.Faults, c.Fault(field, "is missing"))
		}
	}
}

// any reports whether the value at a path has one of the fields.
func (c *checker) any(path string, fields []string) bool {
	for _, name := range fields {
		if _, ok := c.lines[path+"."+name]; ok {
			return true
		}
	}
	return false
}

// unless notes a fault of a field that is there if the condition does not hold.
func (c *checker) unless(ok bool, field, format string, args ...any) {
	if _, there := c.lines[field]; there && !ok {
		c.wrong.Faults = append(c.wrong.Faults, c.Fault(field, format, args...))
	}
}
