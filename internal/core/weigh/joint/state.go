package joint

// maxParcels bounds how many groups of pieces one hypothesis follows; a session with more of them is
// for a person.
const maxParcels = 14

const (
	outside = -1 // a parcel that lies in no lane
	nobody  = -1 // whose product a foreign object is
)

// parcel is pieces that were taken together, or a foreign object.
type parcel struct {
	home int32 // the lane whose product it is, or nobody
	in   int32 // the lane that it lies in, or outside
	n    int32
	at   int64   // when it came to lie there
	mass float64 // of all n, as weighed
	v    float64 // its variance
}

// state is one hypothesis after some steps.
type state struct {
	score   float64
	parcels [maxParcels]parcel
	count   int8
	last    int32 // the latest entry of the log of moves, -1 for none
	next    Move  // made by the step at hand, not logged yet
}

func (s *state) add(p parcel) bool {
	if int(s.count) == maxParcels {
		return false
	}
	s.parcels[s.count] = p
	s.count++
	return true
}

// drop takes m of the pieces of parcel k away, with their share of the mass.
func (s *state) drop(k, m int) parcel {
	p := s.parcels[k]
	if int32(m) >= p.n { //nolint:gosec // a handful
		s.count--
		copy(s.parcels[k:s.count], s.parcels[k+1:s.count+1])
		return p
	}
	share := float64(m) / float64(p.n)
	part := p
	part.n, part.mass, part.v = int32(m), p.mass*share, p.v*share*share //nolint:gosec // a handful
	s.parcels[k].n -= part.n
	s.parcels[k].mass -= part.mass
	return part
}

// part returns the mass of m pieces of a parcel whose pieces differ by sd, and its variance: all of
// them weigh what they weighed together; some of them weigh their share, give or take.
func (p parcel) part(m int, sd float64) (mass, v float64) {
	if int32(m) >= p.n { //nolint:gosec // a handful
		return p.mass, p.v
	}
	x, n := float64(m), float64(p.n)
	return p.mass * x / n, p.v*x*x/(n*n) + x*(1-x/n)*sd*sd
}

// left returns how many pieces of a lane are not where they belong.
func (s *state) left(lane int) int {
	n := 0
	for _, p := range s.parcels[:s.count] {
		if int(p.home) == lane {
			n += int(p.n)
		}
	}
	return n
}
