package trace_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
)

// ordinary returns a recording such as a cabinet of so many lanes makes: idle readings, fast ones at
// a cadence of 300 ms, noise of about a gram, and one take.
func ordinary(seed uint64, lanes, fast int) *weigh.Recording {
	rng := rand.New(rand.NewPCG(seed, 1))
	const opened = 1_790_000_000_000
	r := &weigh.Recording{ID: `"7412345678901234"`, Rules: "levels-1", Policy: "balanced", Decided: opened + 9_000}
	level := make([]float64, lanes)
	for i := range lanes {
		unit := larder.Gram(40 + 10*rng.IntN(60))
		level[i] = 10 * float64(unit)
		r.Lanes = append(r.Lanes, weigh.RecordedLane{
			Name: fmt.Sprintf(`"%d"`, 7412345678900000+i),
			Lane: weigh.Lane{
				Shelf: i / 4, UnitMass: unit, UnitSD: unit / 100, Price: larder.Fen(50 * rng.IntN(20)), Stock: 10, Noise: 0.9,
			},
		})
	}
	seq := uint64(0)
	add := func(at larder.Millis) {
		seq++
		in := weigh.Reading{Seq: seq, At: at, Arrived: at + 30 + larder.Millis(rng.IntN(40)), Mass: make([]larder.Gram, lanes)}
		for i := range in.Mass {
			in.Mass[i] = larder.Gram(math.Round(level[i] + 0.9*rng.NormFloat64()))
		}
		r.Readings = append(r.Readings, in)
	}
	add(opened - 95_000)
	add(opened - 5_000)
	r.Doors = append(r.Doors, weigh.DoorNote{Kind: weigh.NoteOpened, At: opened, Arrived: opened + 40, After: 2})
	for i := range fast {
		if i == fast/2 && lanes > 0 {
			level[lanes-1] -= float64(r.Lanes[lanes-1].UnitMass)
		}
		add(opened + 300*larder.Millis(i+1))
	}
	r.Doors = append(r.Doors, weigh.DoorNote{
		Kind: weigh.NoteClosed, At: opened + 6_000, Arrived: opened + 6_040, After: min(22, len(r.Readings)),
	})
	return r
}

// recordings draws whatever a recognizer can have been told.
func recordings() *rapid.Generator[*weigh.Recording] {
	return rapid.Custom(func(t *rapid.T) *weigh.Recording {
		r := &weigh.Recording{
			ID: names().Draw(t, "id"), Rules: rapid.StringN(0, 9, 36).Draw(t, "rules"), Policy: rapid.StringN(0, 9, 36).Draw(t, "policy"),
			Decided: larder.Millis(rapid.Int64().Draw(t, "decided")),
		}
		for range rapid.IntRange(0, 5).Draw(t, "lanes") {
			r.Lanes = append(r.Lanes, weigh.RecordedLane{Name: names().Draw(t, "name"), Lane: weigh.Lane{
				Shelf: rapid.Int().Draw(t, "shelf"), Price: larder.Fen(rapid.Int64().Draw(t, "price")), Stock: rapid.Int().Draw(t, "stock"),
				Quarantined: rapid.Bool().Draw(t, "quarantined"),
				UnitMass:    grams().Draw(t, "unit"), UnitSD: grams().Draw(t, "sd"), Noise: grams().Draw(t, "noise"),
			}})
		}
		for range rapid.IntRange(0, 12).Draw(t, "readings") {
			in := weigh.Reading{Seq: rapid.Uint64().Draw(t, "seq"), At: times().Draw(t, "at"), Arrived: times().Draw(t, "arrived")}
			for range r.Lanes {
				in.Mass = append(in.Mass, grams().Draw(t, "mass"))
			}
			r.Readings = append(r.Readings, in)
			if n := len(r.Readings); n > 1 && rapid.Bool().Draw(t, "repeated") {
				r.Readings[n-1] = r.Readings[n-2]
			}
		}
		after := 0
		for range rapid.IntRange(0, 4).Draw(t, "doors") {
			after = rapid.IntRange(after, len(r.Readings)).Draw(t, "after")
			r.Doors = append(r.Doors, weigh.DoorNote{
				Kind: weigh.DoorKind(rapid.IntRange(0, 2).Draw(t, "kind")), At: times().Draw(t, "at"), Arrived: times().Draw(t, "arrived"), After: after,
			})
		}
		return r
	})
}

func names() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringN(0, 20, 80), rapid.Map(rapid.Uint64(), func(n uint64) string { return fmt.Sprintf(`"%d"`, n) }),
		rapid.Map(rapid.Uint64(), func(n uint64) string { return fmt.Sprint(n) }), rapid.SampledFrom([]string{`"007"`, `""`, `"`, "-1", "1.5", `"18446744073709551616"`}),
	)
}

func times() *rapid.Generator[larder.Millis] {
	return rapid.OneOf(
		rapid.Map(rapid.Int64Range(0, 100_000), func(n int64) larder.Millis { return larder.Millis(n) }),
		rapid.Map(rapid.Int64(), func(n int64) larder.Millis { return larder.Millis(n) }),
	)
}

// grams are whole and tenth grams, garbage, and everything else that a float can be.
func grams() *rapid.Generator[larder.Gram] {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(-10, 5_000), func(n int) larder.Gram { return larder.Gram(n) }),
		rapid.Map(rapid.IntRange(-10, 50_000), func(n int) larder.Gram { return larder.Gram(n) / 10 }),
		rapid.Map(rapid.Uint64(), func(b uint64) larder.Gram { return larder.Gram(math.Float64frombits(b)) }),
		rapid.SampledFrom([]larder.Gram{
			larder.NoMass, larder.Gram(math.Inf(1)), larder.Gram(math.Inf(-1)), larder.Gram(math.Copysign(0, -1)), 32_767, 1<<53 - 1, 1 << 53, 1 << 62,
			math.MaxFloat64, math.SmallestNonzeroFloat64, 0.0005,
		}),
	)
}

// same says where two recordings differ, to the bit of a float; "" if they do not.
func same(a, b *weigh.Recording) string {
	bits := func(g larder.Gram) uint64 { return math.Float64bits(float64(g)) }
	switch {
	case a.ID != b.ID || a.Rules != b.Rules || a.Policy != b.Policy || a.Decided != b.Decided:
		return fmt.Sprintf("%q %q %q %d, %q %q %q %d", a.ID, a.Rules, a.Policy, a.Decided, b.ID, b.Rules, b.Policy, b.Decided)
	case len(a.Lanes) != len(b.Lanes) || len(a.Readings) != len(b.Readings) || len(a.Doors) != len(b.Doors):
		return fmt.Sprintf("%d lanes, %d readings, %d doors, and %d, %d, %d",
			len(a.Lanes), len(a.Readings), len(a.Doors), len(b.Lanes), len(b.Readings), len(b.Doors))
	}
	for i, l := range a.Lanes {
		m := b.Lanes[i]
		if l.Quarantined != m.Quarantined || l.Name != m.Name || l.Shelf != m.Shelf || l.Price != m.Price || l.Stock != m.Stock ||
			bits(l.UnitMass) != bits(m.UnitMass) || bits(l.UnitSD) != bits(m.UnitSD) || bits(l.Noise) != bits(m.Noise) {
			return fmt.Sprintf("lane %d: %+v, %+v", i, l, m)
		}
	}
	for i, d := range a.Doors {
		if d != b.Doors[i] {
			return fmt.Sprintf("door %d: %+v, %+v", i, d, b.Doors[i])
		}
	}
	for i, r := range a.Readings {
		q := b.Readings[i]
		if r.Seq != q.Seq || r.At != q.At || r.Arrived != q.Arrived || len(r.Mass) != len(q.Mass) {
			return fmt.Sprintf("reading %d: %+v, %+v", i, r, q)
		}
		for k, g := range r.Mass {
			if bits(g) != bits(q.Mass[k]) {
				return fmt.Sprintf("reading %d, lane %d: %v, %v", i, k, g, q.Mass[k])
			}
		}
	}
	return ""
}
