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
	held    [maxHeld]held
	waiting int8 // how many of held
	leans   [maxHeld]Leaning
	leaning int8  // how many of leans
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

// maxHeld bounds how many steps of one hypothesis wait for their second half, and how many loads lean.
const maxHeld = 2

// held is a step that was not the whole change: a hand took part in it, or another lane.
type held struct {
	lane    int32
	at      int64
	loss, v float64
}

// hold keeps a step for later.
func (s *state) hold(h held) bool {
	if int(s.waiting) == maxHeld {
		return false
	}
	s.held[s.waiting] = h
	s.waiting++
	return true
}

// release takes held step k out.
func (s *state) release(k int) held {
	h := s.held[k]
	s.waiting--
	s.held[k] = s.held[s.waiting]
	return h
}

// lean notes that a lane carries load of another.
func (s *state) lean(l Leaning) bool {
	if int(s.leaning) == maxHeld {
		return false
	}
	s.leans[s.leaning] = l
	s.leaning++
	return true
}
