package learn

import (
	"math"

	"larder"
)

// Bounds and beliefs about unit masses; shares are of the reference's unit mass. Sources:
// docs/weighing.md sections 1 and 2.
const (
	MostOff  = 0.06 // all sessions together move the unit mass by so much from the catalog's
	MostStep = 0.01 // one session does by so much
	MostWide = 2.0  // the spread of pieces is at most so many times the catalog's, and at least the inverse
	wideStep = 1.1  // one session changes the spread by this factor at most

	usualCV       = 0.015 // spread of a product's pieces where it is not known
	gainError     = 0.004 // of one scale against another
	catalogPieces = 10    // the catalog's mean is of so many
	shifted       = 0.1   // of the batches are others than the catalog's,
	shiftSD       = 0.04  // by this (1 sd)
	oddPiece      = 0.03  // of the pieces (and of the charges that were wrong) are odd,
	oddSD         = 0.15  // by this
	spreadWeight  = 10    // pieces that the catalog's spread counts as

	gridStep = 0.001
	gridHalf = 60 // steps to either bound: MostOff
	gridSize = 2*gridHalf + 1
)

// belief is how likely each shift of the batch is, as logarithms: what was believed before anything
// was weighed, and what the pieces say.
type belief struct {
	unit, sd float64 // the reference's, grams
	usual    [gridSize]float64
	other    [gridSize]float64
	pieces   [gridSize]float64
}

// shift is the shift of a grid point.
func shift(i int) float64 { return float64(i-gridHalf) * gridStep }

func newBelief(r Reference) *belief {
	b := &belief{unit: float64(r.UnitMass), sd: float64(r.UnitSD)}
	if b.sd <= 0 {
		b.sd = usualCV * b.unit
	}
	known := math.Hypot(gainError, b.sd/b.unit/math.Sqrt(catalogPieces))
	for i := range gridSize {
		b.usual[i] = math.Log(1-shifted) + logNormal(shift(i), known)
		b.other[i] = math.Log(shifted) + logNormal(shift(i), shiftSD)
	}
	return b
}

// weigh takes a piece. It is an ordinary one or an odd one, which says little.
func (b *belief) weigh(p piece) {
	ordinary := math.Hypot(b.sd, float64(p.SD))
	odd := math.Hypot(ordinary, oddSD*b.unit)
	for i := range gridSize {
		off := float64(p.Loss) - b.unit*(1+shift(i))
		b.pieces[i] += logSum(math.Log(1-oddPiece)+logNormal(off, ordinary), math.Log(oddPiece)+logNormal(off, odd))
	}
}

// judged is what a belief amounts to; shares of the reference's unit mass.
type judged struct{ mean, sd, other float64 }

func (b *belief) judge() judged {
	top := math.Inf(-1)
	for i := range gridSize {
		top = max(top, max(b.usual[i], b.other[i])+b.pieces[i])
	}
	var all, first, second, other float64
	for i := range gridSize {
		u, o := math.Exp(b.usual[i]+b.pieces[i]-top), math.Exp(b.other[i]+b.pieces[i]-top)
		all += u + o
		other += o
		first += float64((u + o) * shift(i))
		second += float64((u + o) * float64(shift(i)*shift(i)))
	}
	mean := first / all
	return judged{mean: mean, sd: math.Sqrt(max(second/all-float64(mean*mean), 0)), other: other / all}
}

// unit goes through the pieces session by session.
func (s State) unit() (Learned, []Account) {
	b := newBelief(s.Reference)
	accounts := []Account{}
	now := b.judge()
	value, spread := 0.0, b.sd
	for from := 0; from < len(s.Pieces); {
		to := from
		for to < len(s.Pieces) && s.Pieces[to].Session == s.Pieces[from].Session {
			b.weigh(s.Pieces[to])
			to++
		}
		now = b.judge()
		step := min(max(now.mean-value, -MostStep), MostStep)
		a := Account{
			Session: s.Pieces[from].Session, At: s.Pieces[from].At, Before: b.grams(value), After: b.grams(value + step),
			Held: step != now.mean-value,
		}
		value += step
		wide := b.spread(s.Pieces[:to], now.mean)
		spread *= min(max(wide/spread, 1/wideStep), wideStep)
		accounts = append(accounts, a)
		from = to
	}
	for i := range accounts {
		for _, p := range s.Pieces {
			if p.Session == accounts[i].Session {
				accounts[i].Pieces = append(accounts[i].Pieces, Weighed{p.Loss, b.ordinary(p, now.mean)})
			}
		}
	}
	return Learned{
		UnitMass: b.grams(value), UnitSD: larder.Gram(spread),
		Unsure: larder.Gram(b.unit * math.Hypot(max(now.sd, gridStep), now.mean-value)),
		Pieces: len(s.Pieces), Shifted: now.other,
		AtBound: math.Abs(now.mean) > MostOff-2*gridStep,
	}, accounts
}

func (b *belief) grams(share float64) larder.Gram { return larder.Gram(b.unit * (1 + share)) }

// ordinary is the probability that a piece is no odd one, if the batch is off by mean.
func (b *belief) ordinary(p piece, mean float64) float64 {
	off, sd := float64(p.Loss)-b.unit*(1+mean), math.Hypot(b.sd, float64(p.SD))
	usual := math.Log(1-oddPiece) + logNormal(off, sd)
	return math.Exp(usual - logSum(usual, math.Log(oddPiece)+logNormal(off, math.Hypot(sd, oddSD*b.unit))))
}

// spread estimates how far pieces differ, in grams, from the catalog's spread and what was weighed
// less what the scale adds.
func (b *belief) spread(pieces []piece, mean float64) float64 {
	sum, n := spreadWeight*float64(b.sd*b.sd), float64(spreadWeight)
	for _, p := range pieces {
		w, off := b.ordinary(p, mean), float64(p.Loss)-b.unit*(1+mean)
		sum += w * (float64(off*off) - float64(p.SD)*float64(p.SD))
		n += w
	}
	sd := math.Sqrt(max(sum/n, 0))
	return min(max(sd, b.sd/MostWide), b.sd*MostWide)
}

// logNormal is the logarithm of a normal density around 0, without the constant that all have.
func logNormal(x, sd float64) float64 {
	z := x / sd
	return -float64(z*z)/2 - math.Log(sd)
}

// logSum is log(exp(a)+exp(b)).
func logSum(a, b float64) float64 {
	top := max(a, b)
	return top + math.Log1p(math.Exp(min(a, b)-top))
}
