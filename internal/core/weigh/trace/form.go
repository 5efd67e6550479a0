package trace

import (
	"fmt"

	"larder"
	"larder/internal/core/weigh"
)

// form is the order of the stream and all that is learned on the way.
type form struct {
	texts    texts
	names    names
	count    number
	scale    [4]flag
	decided  number
	lanes    lanes
	doors    doors
	readings readings
}

// carry writes r, or reads a recording in the place of r.
func carry(s *stream, r *weigh.Recording, version byte) (*weigh.Recording, error) {
	var f form
	f.lanes.bars = version == Version
	var out weigh.Recording
	var err error
	if out.Rules, err = f.texts.carry(s, r.Rules); err != nil {
		return nil, err
	}
	if out.Policy, err = f.texts.carry(s, r.Policy); err != nil {
		return nil, err
	}
	if out.ID, err = f.names.carry(s, r.ID); err != nil {
		return nil, err
	}
	out.Decided = larder.Millis(s.int(&f.decided, int64(r.Decided)))
	scale := s.tree(f.scale[:], resolution(r), 2)
	f.readings.step = resolutions[scale]

	lanes, readings, doors := s.uint(&f.count, uint64(len(r.Lanes))), s.uint(&f.count, uint64(len(r.Readings))), s.uint(&f.count, uint64(len(r.Doors)))
	const large = 1 << 30                                                                                     // so that no product overflows
	if err := counts(int(min(lanes, large)), int(min(readings, large)), int(min(doors, large))); err != nil { //nolint:gosec // capped
		return nil, err
	}
	return &out, f.carryParts(s, r, &out, int(lanes), int(readings), int(doors)) //nolint:gosec // within the limits
}

// carryParts carries the lists, whose lengths are within the limits. Memory grows with what is read.
func (f *form) carryParts(s *stream, r, out *weigh.Recording, lanes, readings, doors int) error {
	for i := range lanes {
		l, err := f.lanes.carry(s, at(r.Lanes, i))
		if err != nil {
			return fmt.Errorf("lane %d: %w", i, err)
		}
		if s.short() {
			return errShort
		}
		out.Lanes = append(out.Lanes, l)
	}
	for i := range doors {
		n := f.doors.carry(s, at(r.Doors, i))
		if s.short() {
			return errShort
		}
		if err := checkDoor(n, out.Doors, readings); err != nil {
			return fmt.Errorf("message %d of the door: %w", i, err)
		}
		out.Doors = append(out.Doors, n)
	}
	f.readings.begin(out.Lanes)
	for i := range readings {
		in := f.readings.carry(s, at(r.Readings, i))
		if s.short() {
			return errShort
		}
		if s.in != nil {
			out.Readings = append(out.Readings, in)
		}
	}
	return nil
}

// at returns an element to write, or nothing where there is none, as when reading.
func at[T any](list []T, i int) (none T) {
	if i < len(list) {
		return list[i]
	}
	return none
}

// short reports whether the stream has ended before what was read of it.
func (s *stream) short() bool { return s.in != nil && s.in.err != nil }

// resolution chooses the coarsest resolution of which the usual mass is a whole number.
func resolution(r *weigh.Recording) uint64 {
	var fits [len(resolutions)]int
	known := 0
	for _, in := range r.Readings {
		for _, g := range in.Mass {
			mg, ok := milligrams(g)
			if !ok {
				continue
			}
			known++
			for i, step := range resolutions {
				if mg%step == 0 {
					fits[i]++
				}
			}
		}
	}
	for i, n := range fits {
		if float64(n) >= usual*float64(known) {
			return uint64(i) //nolint:gosec // below 4
		}
	}
	return uint64(len(resolutions) - 1)
}

func tooMany(what string, n, most uint64) error {
	return fmt.Errorf("%d %s, at most %d", n, what, most)
}

// checkDoor refuses a message of the door that cannot follow those before it.
func checkDoor(n weigh.DoorNote, before []weigh.DoorNote, readings int) error {
	least := 0
	if len(before) > 0 {
		least = before[len(before)-1].After
	}
	switch {
	case n.Kind < weigh.NoteOpened || n.Kind > weigh.NoteBounded:
		return fmt.Errorf("there is no kind %d", n.Kind)
	case n.After < least || n.After > readings:
		return fmt.Errorf("after %d readings, want %d to %d", n.After, least, readings)
	}
	return nil
}
