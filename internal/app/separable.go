package app

import (
	"fmt"
	"strconv"

	"larder"
	"larder/internal/app/installation"
	"larder/internal/core/weigh/separable"
)

// Inseparable says, in words for people, what the scales of a file's cabinets will not be able to tell
// apart (BY3), by serial number: goods that are too light for their lane or can be counted to a few
// only, and goods that are mistaken for each other when a customer moves them behind one door. It is
// advice: the file may be loaded all the same.
func Inseparable(f *installation.File) map[string][]string {
	goods := make(map[string]installation.Product, len(f.Products))
	for _, p := range f.Products {
		goods[p.NameEn] = p
	}
	out := make(map[string][]string)
	for _, c := range f.Cabinets {
		number := 0
		for j, d := range c.Doors {
			lanes := make([]separable.Lane, 0, len(d.Lanes))
			for _, l := range d.Lanes {
				number++
				p := goods[l.Product] // the zero product for a lane that holds nothing
				lane := separable.Lane{
					Name: separable.Name(strconv.Itoa(number)), Product: l.Product, UnitMass: p.UnitMass, UnitSD: p.UnitSD,
					Unsure: larder.NoMass, Noise: l.Noise, Price: l.Price, Stock: l.Par,
				}
				if p.UnitSD == 0 {
					lane.UnitSD = larder.NoMass // nobody has weighed several
				}
				lanes = append(lanes, lane)
			}
			report, err := separable.Judge(lanes)
			if err != nil {
				out[c.Serial] = append(out[c.Serial], fmt.Sprintf("door %d cannot be judged: %v", j+1, err))
				continue
			}
			out[c.Serial] = append(out[c.Serial], doubts(report)...)
		}
	}
	return out
}

// doubts is what a report warns of.
func doubts(r separable.Report) []string {
	var out []string
	for _, l := range r.Lanes {
		if l.Fit == separable.Unfit || l.Fit == separable.Limited {
			out = append(out, fmt.Sprintf("lane %s: %s", l.Lane, l.Says()))
		}
	}
	for _, p := range r.Pairs {
		out = append(out, "can be mistaken for each other when moved: "+p.Says())
	}
	return out
}
