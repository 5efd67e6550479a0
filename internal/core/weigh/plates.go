package weigh

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"larder"
)

// Constants of a trace without a door.
const (
	plateRest  = 1_000 // ms at either end of the trace that must be calm
	plateNoise = 0.3   // grams, the least noise that a plate is credited with
	oneShelf   = 0     // the shelf of plates whose names do not tell it
)

// Take is what [Plates] finds: goods that left one plate.
type Take struct {
	Plate string      `json:"plate"`
	Grams larder.Gram `json:"grams"`
	Count int         `json:"count"`
}

// Plates finds the takes in a trace that has no door events, and writes one JSON object per take to
// out, in order of plates and time. The trace is CSV, gzipped or not: a column t_ms, then one per
// plate in grams, where an empty cell or NaN is no weight. The catalogue is CSV with the columns
// plate, product_id, unit_mass_g; a plate that it does not name can lose nothing that has a price.
// At most [MaxLanes] plates, [MaxReadings] rows and 400,000 weights; a row has at most 64 KiB.
func Plates(trace, catalogue io.Reader, out io.Writer) error {
	units, err := readCatalogue(catalogue)
	if err != nil {
		return fmt.Errorf("weigh: catalogue: %w", err)
	}
	plates, rows, err := readTrace(trace)
	if err != nil {
		return fmt.Errorf("weigh: trace: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	lanes := make([]Lane, len(plates))
	for i, plate := range plates {
		lanes[i] = Lane{Shelf: shelfOf(plates, plate), UnitMass: units[plate], Stock: StockUnknown, Noise: jitterOf(rows, i)}
	}
	r, err := New(lanes, Balanced())
	if err != nil {
		return fmt.Errorf("weigh: trace: %w", err)
	}
	for _, row := range rows {
		if err := r.Feed(row); err != nil {
			return fmt.Errorf("weigh: trace: %w", err)
		}
	}
	w := bufio.NewWriter(out)
	for _, take := range r.takes(plates) {
		if err := writeLine(w, take); err != nil {
			return fmt.Errorf("weigh: write: %w", err)
		}
	}
	return w.Flush()
}

// takes weighs the trace's beginning against its end, all plates together, and splits what a plate
// lost at the steps between its levels.
func (r *Recognizer) takes(plates []string) []Take {
	r.tracker.follow(&r.timeline)
	frames := r.timeline.frames
	opened := frames[0].at + plateRest
	closed := frames[len(frames)-1].at - plateRest - restAfter
	o := r.explain(r.weigh(opened, func(i int) (estimate, bool) { return r.tracker.tracks[i].after(frames, i, closed) }), true, closed)
	var out []Take
	for i, c := range o.counts {
		if n := o.out[i]; c.class == lost && n > 0 {
			for _, s := range r.split(i, c, n) {
				out = append(out, Take{Plate: plates[i], Grams: larder.Gram(math.Round(s.loss*100) / 100), Count: s.n})
			}
		}
	}
	return out
}

// split returns the steps of lane i if they are takes that add up to what it lost in all; one step
// otherwise.
func (r *Recognizer) split(i int, c count, n int) []count {
	t := &r.tracker.tracks[i]
	var steps []count
	levels := t.steady(t.levels)
	sum := 0
	for k := 1; k < len(levels); k++ {
		before := estimate{mass: levels[k-1].mass(), n: levels[k-1].n}
		after := estimate{mass: levels[k].mass(), n: levels[k].n}
		s := r.lanes[i].compare(before, after, t.sq, 0, float64(levels[k].first-levels[k-1].last), r.policy)
		if s.class == lost {
			steps = append(steps, s)
			sum += s.n
		}
	}
	if sum == n && len(steps) > 1 {
		return steps
	}
	c.n = n
	return []count{c}
}

// shelfOf numbers the shelf in a plate's name, g<gondola>s<shelf>p<plate>, by its first plate.
func shelfOf(plates []string, plate string) int {
	cut := strings.LastIndexByte(plate, 'p')
	if cut <= 0 {
		return oneShelf
	}
	return 1 + slices.IndexFunc(plates, func(s string) bool { return strings.HasPrefix(s, plate[:cut+1]) })
}

// jitterOf estimates the noise of one plate from how much neighboring rows differ, which a take or a
// bump does not touch: the median of |x-y| is 0.6745·√2 sd.
func jitterOf(rows []Reading, plate int) larder.Gram {
	var diffs []float64
	for i := 1; i < len(rows); i++ {
		if d := math.Abs(float64(rows[i].Mass[plate] - rows[i-1].Mass[plate])); !math.IsNaN(d) {
			diffs = append(diffs, d)
		}
	}
	if len(diffs) == 0 {
		return plateNoise
	}
	slices.Sort(diffs)
	return larder.Gram(min(max(plateNoise, diffs[len(diffs)/2]/(0.6745*math.Sqrt2)), maxMass))
}

// maxRow is the longest row of a trace or a catalogue, in bytes: 400 plates with 100 bytes each.
const maxRow = 64 << 10

// shortRows passes text on whose lines have at most maxRow bytes: encoding/csv keeps a whole line, and a
// small file may unzip to a huge one.
type shortRows struct {
	in  io.Reader
	row int // bytes of the line so far
}

// Read implements [io.Reader].
func (r *shortRows) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	for _, b := range p[:n] {
		if r.row++; b == '\n' {
			r.row = 0
		}
		if r.row > maxRow {
			return 0, fmt.Errorf("a row is longer than %d bytes", maxRow)
		}
	}
	return n, err
}

// readCatalogue returns the unit mass of each plate's product.
func readCatalogue(in io.Reader) (map[string]larder.Gram, error) {
	r := csv.NewReader(&shortRows{in: in})
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("heading: %w", err)
	}
	plate, unit := slices.Index(head, "plate"), slices.Index(head, "unit_mass_g")
	if plate < 0 || unit < 0 {
		return nil, fmt.Errorf("heading %q has no plate or no unit_mass_g", strings.Join(head, ","))
	}
	units := make(map[string]larder.Gram)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return units, nil
		}
		if err != nil {
			return nil, err
		}
		g, err := strconv.ParseFloat(row[unit], 64)
		if err != nil || !(g > 0 && g <= maxMass) {
			return nil, fmt.Errorf("plate %.32q: unit_mass_g %.32q is no mass in 0..%d", row[plate], row[unit], maxMass)
		}
		units[row[plate]] = larder.Gram(g)
	}
}

// readTrace returns the plates' names and the rows.
func readTrace(in io.Reader) ([]string, []Reading, error) {
	plain := bufio.NewReader(in)
	var r *csv.Reader
	if magic, _ := plain.Peek(2); string(magic) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(plain)
		if err != nil {
			return nil, nil, err
		}
		r = csv.NewReader(&shortRows{in: unzipped})
	} else {
		r = csv.NewReader(&shortRows{in: plain})
	}
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("heading: %w", err)
	}
	if head[0] != "t_ms" || len(head)-1 > MaxLanes {
		return nil, nil, fmt.Errorf("heading begins with %.32q, not t_ms, or names more than %d plates", head[0], MaxLanes)
	}
	plates := slices.Clone(head[1:])
	var rows []Reading
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return plates, rows, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if n := len(rows); n == MaxReadings || (n+1)*len(plates) > maxCells {
			return nil, nil, fmt.Errorf("row %d: %w", n+1, ErrFull)
		}
		row, err := readRow(cells)
		if err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", len(rows)+1, err)
		}
		row.Seq = uint64(len(rows) + 1)
		rows = append(rows, row)
	}
}

func readRow(cells []string) (Reading, error) {
	at, err := strconv.ParseInt(cells[0], 10, 64)
	if err != nil {
		return Reading{}, fmt.Errorf("t_ms %.32q is no number", cells[0])
	}
	row := Reading{At: larder.Millis(at), Arrived: larder.Millis(at), Mass: make([]larder.Gram, len(cells)-1)}
	for i, cell := range cells[1:] {
		if cell == "" {
			row.Mass[i] = larder.NoMass
			continue
		}
		x, err := strconv.ParseFloat(cell, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return Reading{}, fmt.Errorf("column %d holds %.32q, not a mass", i+2, cell)
		}
		row.Mass[i] = larder.Gram(x)
	}
	return row, nil
}
