package larder

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Fen is an amount of money in fen (分), a hundredth of a yuan. No float ever holds money; only a
// provider's adapter and bill parsers know yuan.
type Fen int64

// String writes the amount in yuan with two decimals, for people and logs: Fen(1250) is "12.50".
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Gram is a mass in grams. Weighing is estimation, so it is a float; what is stored is rounded to
// milligrams by [Gram.Milligrams].
type Gram float64

// NoMass stands where a lane gave no reading. Test for it with [Gram.Known].
var NoMass = Gram(math.NaN())

// Known reports whether g is a finite number.
func (g Gram) Known() bool { return !math.IsNaN(float64(g)) && !math.IsInf(float64(g), 0) }

// Milligrams returns the mass as stored, rounded half away from zero. It is 0 for an unknown mass.
func (g Gram) Milligrams() int64 {
	if !g.Known() {
		return 0
	}
	return int64(math.Round(float64(g) * 1000))
}

// Milligrams returns n thousandths of a gram.
func Milligrams(n int64) Gram { return Gram(n) / 1000 }

// wholeGrams is from where on a float has no fraction.
const wholeGrams = 1 << 52

// MarshalJSON writes a number of grams with at most three decimals, or null for an unknown mass.
func (g Gram) MarshalJSON() ([]byte, error) {
	if !g.Known() {
		return []byte("null"), nil
	}
	rounded := float64(g)
	if math.Abs(rounded) < wholeGrams { // beyond, there is nothing to round, and a thousandfold might overflow
		rounded = math.Round(rounded*1000) / 1000
	}
	if rounded == 0 {
		rounded = 0 // a negative zero is no reading of a scale
	}
	return strconv.AppendFloat(nil, rounded, 'f', -1, 64), nil
}

// UnmarshalJSON reads a number of grams; null is [NoMass].
func (g *Gram) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*g = NoMass
		return nil
	}
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return fmt.Errorf("not a mass in grams: %.32q", text)
	}
	*g = Gram(n)
	return nil
}

// Millis is a moment as the database and the wire keep it: milliseconds since 1970, UTC. Zero
// means "not yet".
type Millis int64

// MillisOf returns t as stored.
func MillisOf(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time returns the moment in UTC, or the zero time for 0.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Add returns the moment d later.
func (m Millis) Add(d time.Duration) Millis { return m + Millis(d.Milliseconds()) }
