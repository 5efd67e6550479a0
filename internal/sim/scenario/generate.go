package scenario

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"larder"
	"larder/internal/sim/physics"
)

// The cabinet of the models.
const shelves, perRow = 5, 4

// Generate makes session number of a model and seed. It depends on nothing else.
func Generate(model Model, seed, number uint64) (Session, error) {
	faults, network, err := model.faults()
	if err != nil {
		return Session{}, err
	}
	d := roll(model, seed, number)
	body, err := physics.New(physics.Config{Shelves: shelves, PerRow: perRow, Faults: faults}, d.Rand)
	if err != nil {
		return Session{}, fmt.Errorf("cabinet: %w", err)
	}
	wire, err := physics.NewTransport(network, d.Rand)
	if err != nil {
		return Session{}, fmt.Errorf("network: %w", err)
	}
	s := Session{ID: fmt.Sprintf("%s-%d-%d", model, seed, number), Lanes: lanes(d, body)}
	played := draw(d)
	s.Truth.Model, s.Truth.Scenario = model, played.Name
	r := recorder{
		session: &s, body: body, wire: wire,
		noise: dice{rand.New(rand.NewPCG(d.Uint64(), d.Uint64()))}, latency: d.moments(latencyMin, latencyMax),
	}
	idle := d.moments(0, float64(idleEvery)) // when the first idle reading is
	opened := idle + idleEvery*(idleFore-1) + d.moments(0, float64(idleEvery))
	for k := range physics.Moment(idleFore) {
		r.frame(idle + idleEvery*k)
	}
	s.Opened = r.event(opened, wire.Open)
	body.Open(opened)
	p := &person{dice: d, cabinet: body, touched: make(map[int]bool)}
	closed, err := p.visit(played.play, opened)
	if err != nil {
		return Session{}, fmt.Errorf("session %s, %s: %w", s.ID, played.Name, err)
	}
	body.Close(closed)
	r.run(opened+d.moments(0, float64(fastEvery)), closed, idle)
	s.Truth.Closed = closed
	s.Truth.Lines, s.Truth.Moved = lines(body), moves(body)
	s.Truth.Faults = faultsOf(body, wire, p)
	return s, nil
}

// draw picks a scenario by its share.
func draw(d dice) Share {
	n := d.IntN(1000)
	shares := Shares()
	for _, s := range shares {
		if n -= s.Mille; n < 0 {
			return s
		}
	}
	return shares[0] // they sum to 1,000
}

// recorder is the cabinet's reporting and the network behind it.
type recorder struct {
	session *Session
	body    *physics.Cabinet
	wire    *physics.Transport
	noise   dice
	latency physics.Moment
	seq     uint64
	arena   []larder.Gram
}

// run records from the first fast frame to the last idle reading, and puts all into order of arrival.
func (r *recorder) run(from, closed, idle physics.Moment) {
	at := from
	for ; at < closed; at += fastEvery {
		r.frame(at)
	}
	r.session.Closed = r.event(closed, r.wire.Close)
	for ; at <= closed+fastTail; at += fastEvery {
		r.frame(at)
	}
	due := idle + (at-idle)/idleEvery*idleEvery
	for range idleAft {
		due += idleEvery
		r.frame(due)
	}
	slices.SortStableFunc(r.session.Readings, func(a, b Reading) int { return int(a.Arrived - b.Arrived) })
}

// frame reads the scales at a moment and sends what they say.
func (r *recorder) frame(at physics.Moment) {
	lanes := r.body.Lanes()
	if len(r.arena) < lanes {
		r.arena = make([]larder.Gram, 64*lanes)
	}
	mass := r.body.AppendMasses(r.arena[:0:lanes], at)
	r.arena = r.arena[lanes:]
	r.seq++
	for _, arrives := range r.wire.Frame(at) {
		late := r.latency + r.noise.moments(0, jitter)
		r.session.Readings = append(r.session.Readings, Reading{Seq: r.seq, At: at, Arrived: arrives + late, Mass: mass})
	}
}

// event sends one of the door's.
func (r *recorder) event(at physics.Moment, send func(physics.Moment) (physics.Moment, bool)) Event {
	arrives, ok := send(at)
	return Event{At: at, Arrived: arrives + r.latency, Lost: !ok}
}

// lanes returns what the platform knows: the catalog's mean and spread of ten pieces, its ledger and
// its estimate of the noise.
func lanes(d dice, body *physics.Cabinet) []Lane {
	out := make([]Lane, body.Lanes())
	for i := range out {
		n := i + 1
		unit := body.Unit(n)
		out[i] = Lane{
			Number: n, Shelf: i/perRow + 1,
			UnitMass: round(unit, 10), UnitSD: round(unit*larder.Gram(body.Spread(n)*sampled(d)), 100),
			Price: larder.Fen(50 * d.between(4, 60)), Stock: body.Booked(n), Noise: round(body.RatedNoise(n), 100),
		}
	}
	return out
}

// weighed is how many pieces the catalog's mean and spread come from.
const weighed = 10

// sampled draws the spread of so many weighed pieces as a share of the true one.
func sampled(d dice) float64 {
	sum := 0.0
	for range weighed - 1 {
		x := d.NormFloat64()
		sum += x * x
	}
	return math.Sqrt(sum / (weighed - 1))
}

func round(g larder.Gram, steps float64) larder.Gram {
	return larder.Gram(math.Round(float64(g)*steps) / steps)
}
