package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"larder/internal/core/weigh"
)

// Version is the newest form: that of a session with a lane in quarantine. [Encode] writes every other
// session in the form before, which has no place for it.
const Version = 2

// sound is the form of a session without a lane in quarantine.
const sound = 1

// Limits of a trace: a full recognizer fits, and the reading that it refused.
const (
	MaxReadings = weigh.MaxReadings + 1
	MaxCells    = 400_000 + weigh.MaxLanes // readings times lanes
	MaxDoors    = 64
)

// magic is the first byte. As the beginning of a deflated stream, which version 0 was, it would say
// that a block has the reserved type.
const magic = 'W'

const (
	head = 2
	tail = 4
)

// What [Decode] says of bytes that are no trace of [Version].
var (
	ErrVersion0 = errors.New("trace version 0, of before the first release: what it holds is not read any more")
	ErrVersion  = errors.New("trace of a version that this program does not know")
	ErrDamaged  = errors.New("damaged trace")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode packs a recording. The error names what in it is beyond the limits of a trace or has no form:
// a reading that does not have one mass for each lane.
func Encode(r *weigh.Recording) ([]byte, error) {
	if err := check(r); err != nil {
		return nil, fmt.Errorf("trace of session %s: %w", r.ID, err)
	}
	version := byte(sound)
	if barred(r.Lanes) {
		version = Version
	}
	e := newEncoder([]byte{magic, version})
	if _, err := carry(&stream{out: e}, r, version); err != nil {
		return nil, fmt.Errorf("trace of session %s: %w", r.ID, err)
	}
	out := e.finish()
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, castagnoli)), nil
}

// Decode unpacks what Encode packed. The error wraps [ErrVersion0], [ErrVersion] or [ErrDamaged].
func Decode(b []byte) (*weigh.Recording, error) {
	switch {
	case len(b) < head:
		return nil, fmt.Errorf("%w: %d bytes", ErrDamaged, len(b))
	case b[0] != magic:
		return nil, ErrVersion0
	case b[1] != sound && b[1] != Version:
		return nil, fmt.Errorf("%w: %d", ErrVersion, b[1])
	case len(b) < head+tail:
		return nil, fmt.Errorf("%w: %d bytes", ErrDamaged, len(b))
	}
	body, sum := b[:len(b)-tail], binary.LittleEndian.Uint32(b[len(b)-tail:])
	if got := crc32.Checksum(body, castagnoli); got != sum {
		return nil, fmt.Errorf("%w: checksum %08x, want %08x", ErrDamaged, got, sum)
	}
	d := newDecoder(body[head:])
	r, err := carry(&stream{in: d}, &weigh.Recording{}, b[1])
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case d.err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, d.err)
	case b[1] == Version && !barred(r.Lanes):
		return nil, fmt.Errorf("%w: version %d without a lane in quarantine", ErrDamaged, Version)
	case len(d.in) > 0:
		return nil, fmt.Errorf("%w: %d bytes behind its end", ErrDamaged, len(d.in))
	}
	return r, nil
}

// barred reports whether a lane is in quarantine.
func barred(lanes []weigh.RecordedLane) bool {
	return slices.ContainsFunc(lanes, func(l weigh.RecordedLane) bool { return l.Quarantined })
}

// check refuses what could not be read again.
func check(r *weigh.Recording) error {
	for _, t := range []string{r.ID, r.Rules, r.Policy} {
		if len(t) > longest {
			return tooMany("bytes of text", uint64(len(t)), longest)
		}
	}
	for i, l := range r.Lanes {
		if len(l.Name) > longest {
			return fmt.Errorf("lane %d: %w", i, tooMany("bytes of text", uint64(len(l.Name)), longest))
		}
	}
	for i, in := range r.Readings {
		if len(in.Mass) != len(r.Lanes) {
			return fmt.Errorf("reading %d has %d masses, there are %d lanes", i, len(in.Mass), len(r.Lanes))
		}
	}
	for i, n := range r.Doors {
		if err := checkDoor(n, r.Doors[:i], len(r.Readings)); err != nil {
			return fmt.Errorf("message %d of the door: %w", i, err)
		}
	}
	return counts(len(r.Lanes), len(r.Readings), len(r.Doors))
}

func counts(lanes, readings, doors int) error {
	switch {
	case lanes > weigh.MaxLanes:
		return tooMany("lanes", uint64(lanes), weigh.MaxLanes)
	case readings > MaxReadings:
		return tooMany("readings", uint64(readings), MaxReadings)
	case lanes*readings > MaxCells:
		return tooMany("masses", uint64(lanes*readings), MaxCells) //nolint:gosec // both are within their limits
	case doors > MaxDoors:
		return tooMany("messages of the door", uint64(doors), MaxDoors)
	}
	return nil
}
