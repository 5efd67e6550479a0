package trace_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/trace"
)

var update = flag.Bool("update", false, "write the golden bytes anew")

func encoded(t testing.TB, r *weigh.Recording) []byte {
	t.Helper()
	b, err := trace.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// BY1, W6: what comes out of a trace is what the recognizer was told, to the bit and in its order,
// whatever converters say and clocks show; and nothing else does.
func TestEncode_round_trip(t *testing.T) {
	t.Parallel()
	t.Run("whatever a recognizer can have been told", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			r := recordings().Draw(t, "recording")
			b, err := trace.Encode(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := trace.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if d := same(r, got); d != "" {
				t.Fatal(d)
			}
		})
	})
	t.Run("an ordinary session of 20 lanes is small", func(t *testing.T) {
		t.Parallel()
		r := ordinary(1, 20, 50)
		b := encoded(t, r)
		got, err := trace.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if d := same(r, got); d != "" {
			t.Error(d)
		}
		if len(b) > 600 {
			t.Errorf("%d bytes for %d readings of 20 lanes", len(b), len(r.Readings))
		}
	})
	t.Run("a lane that repeats a value costs nearly nothing", func(t *testing.T) {
		t.Parallel()
		r := ordinary(1, 20, 50)
		for i := range r.Readings {
			for k := range r.Readings[i].Mass {
				r.Readings[i].Mass[k] = 3_300
			}
		}
		if n := len(encoded(t, r)); n > 300 {
			t.Errorf("%d bytes", n)
		}
	})
}

// BY6, BY1: that a lane was in quarantine is part of what a verdict follows from. Sessions without one
// keep the form that has no place for it.
func TestEncode_quarantine(t *testing.T) {
	t.Parallel()
	r := ordinary(7, 6, 12)
	if b := encoded(t, r); b[1] != 1 {
		t.Errorf("version %d", b[1])
	}
	r.Lanes[4].Quarantined = true
	b := encoded(t, r)
	got, err := trace.Decode(b)
	if err != nil || b[1] != trace.Version {
		t.Fatalf("version %d: %v", b[1], err)
	}
	if d := same(r, got); d != "" {
		t.Error(d)
	}
}

// BY1: a field that somebody adds to what the recognizer is told is carried, too, or this fails: the next
// version of the form begins here.
func TestEncode_every_field(t *testing.T) {
	t.Parallel()
	r := &weigh.Recording{}
	other(reflect.ValueOf(r).Elem())
	r.ID, r.Lanes[0].Name, r.Doors[0].After, r.Doors[0].Kind = `"5"`, `"7"`, 1, weigh.NoteClosed
	got, err := trace.Decode(encoded(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, got); d != "" {
		t.Error(d)
	}
}

// other makes every field of a value another than its zero.
func other(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			other(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		other(v.Index(0))
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Uint64:
		v.SetUint(3)
	default:
		v.SetInt(3)
	}
}

// BY1: the form is what it was when traces were stored; a change of it is a new version.
func TestEncode_golden(t *testing.T) {
	t.Parallel()
	const path = "testdata/ordinary.trace"
	r := ordinary(7, 6, 12)
	r.Readings[3].Mass[2] = larder.NoMass
	r.Readings[4].Mass[2] = larder.Gram(math.Inf(1))
	r.Readings[5].Mass[0] = 12.345
	r.Doors = append(r.Doors, weigh.DoorNote{Kind: weigh.NoteBounded, At: r.Decided, Arrived: r.Decided + 55, After: len(r.Readings)})
	if *update {
		if err := os.WriteFile(path, encoded(t, r), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b := encoded(t, r); !bytes.Equal(b, golden) {
		t.Errorf("%d bytes that differ from the golden %d", len(b), len(golden))
	}
	got, err := trace.Decode(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := same(r, got); d != "" {
		t.Error(d)
	}
}

// BY1: evidence that was damaged says so, wherever the damage is; what an older or a newer program
// wrote is named.
func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	good := encoded(t, ordinary(3, 4, 10))
	t.Run("every flipped bit and every missing end", func(t *testing.T) {
		t.Parallel()
		for i := range good {
			for bit := range 8 {
				b := bytes.Clone(good)
				b[i] ^= 1 << bit
				if _, err := trace.Decode(b); err == nil {
					t.Fatalf("bit %d of byte %d is flipped and nobody says so", bit, i)
				}
			}
			if _, err := trace.Decode(good[:i]); err == nil {
				t.Fatalf("%d of %d bytes are a trace", i, len(good))
			}
		}
	})
	t.Run("bytes behind the end, though the checksum is right", func(t *testing.T) {
		t.Parallel()
		want(t, sealed(append(bytes.Clone(good[:len(good)-4]), 0)), trace.ErrDamaged, "behind its end")
		want(t, sealed(bytes.Clone(good[:len(good)-5])), trace.ErrDamaged, "too early")
	})
	t.Run("other versions", func(t *testing.T) {
		t.Parallel()
		want(t, []byte("\x94\xd0"), trace.ErrVersion0, "version 0")
		want(t, []byte{'W', 3, 1, 2, 3, 4, 5, 6}, trace.ErrVersion, ": 3")
		want(t, nil, trace.ErrDamaged, "0 bytes")
	})
}

// sealed puts the right checksum behind a body.
func sealed(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

func want(t *testing.T, b []byte, kind error, text string) {
	t.Helper()
	if _, err := trace.Decode(b); !errors.Is(err, kind) || !strings.Contains(err.Error(), text) {
		t.Errorf("%v, want %v with %q", err, kind, text)
	}
}

// H13: what is larger than a full recognizer is refused before memory is taken for it.
func TestEncode_limits(t *testing.T) {
	t.Parallel()
	full := ordinary(1, 40, 0)
	for range trace.MaxCells / 40 {
		full.Readings = append(full.Readings, full.Readings[0])
	}
	for text, r := range map[string]*weigh.Recording{
		"masses, at most":        full,
		"401 lanes":              {Lanes: make([]weigh.RecordedLane, 401)},
		"20002 readings":         {Readings: make([]weigh.Reading, 20_002)},
		"messages of the door":   {Doors: make([]weigh.DoorNote, 65)},
		"bytes of text":          {ID: strings.Repeat("x", 256)},
		"there are 1 lanes":      {Lanes: make([]weigh.RecordedLane, 1), Readings: make([]weigh.Reading, 1)},
		"after 1 readings":       {Doors: []weigh.DoorNote{{After: 1}}},
		"there is no kind 3":     {Doors: []weigh.DoorNote{{Kind: 3}}},
		"lane 0: 300 bytes of t": {Lanes: []weigh.RecordedLane{{Name: strings.Repeat("x", 300)}}},
	} {
		if _, err := trace.Encode(r); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}
