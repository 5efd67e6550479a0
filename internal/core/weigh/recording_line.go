package weigh

import (
	"math"
	"strconv"

	"larder"
)

// AppendLine appends the recording as one line of the batch's input, without line feed (docs/weighing.md
// section 7). What is no finite number becomes null, which is no weight either; what was told of the door
// twice, and the order in which things were told, have no place there: Again needs the recording itself.
func (r *Recording) AppendLine(b []byte) []byte {
	b = appendName(append(b, `{"id":`...), r.ID)
	b = append(b, `,"lanes":[`...)
	for i, l := range r.Lanes {
		b = appendLane(appendComma(b, i), l)
	}
	b = append(b, `],"readings":[`...)
	for i, in := range r.Readings {
		b = append(appendComma(b, i), `{"seq":`...)
		b = strconv.AppendUint(b, in.Seq, 10)
		b = appendMillis(append(b, `,"at_ms":`...), in.At)
		b = appendMillis(append(b, `,"arrived_ms":`...), in.Arrived)
		b = append(b, `,"mass_g":[`...)
		for k, g := range in.Mass {
			b = appendGram(appendComma(b, k), g)
		}
		b = append(b, `]}`...)
	}
	b = append(b, `],"door":{`...)
	return append(r.appendDoors(b), `}}`...)
}

func appendLane(b []byte, l RecordedLane) []byte {
	b = appendName(append(b, `{"lane":`...), l.Name)
	b = strconv.AppendInt(append(b, `,"shelf":`...), int64(l.Shelf), 10)
	b = appendGram(append(b, `,"unit_mass_g":`...), l.UnitMass)
	b = appendGram(append(b, `,"unit_mass_sd_g":`...), l.UnitSD)
	b = strconv.AppendInt(append(b, `,"price_fen":`...), int64(l.Price), 10)
	if l.Stock != StockUnknown {
		b = strconv.AppendInt(append(b, `,"stock":`...), int64(l.Stock), 10)
	}
	b = appendGram(append(b, `,"noise_g":`...), l.Noise)
	if l.Quarantined {
		b = append(b, `,"quarantined":true`...)
	}
	return append(b, '}')
}

// appendDoors appends the times of the door, null for what was never told.
func (r *Recording) appendDoors(b []byte) []byte {
	var told [NoteBounded + 1]*DoorNote
	for i, n := range r.Doors {
		if n.Kind >= NoteOpened && n.Kind <= NoteBounded && told[n.Kind] == nil {
			told[n.Kind] = &r.Doors[i]
		}
	}
	for kind, name := range [...]string{NoteOpened: "opened", NoteClosed: "closed", NoteBounded: "next_opened"} {
		n := told[kind]
		switch {
		case n == nil && kind == int(NoteBounded):
			continue
		case n == nil:
			b = append(appendComma(b, kind), `"`+name+`_ms":null,"`+name+`_arrived_ms":null`...)
		default:
			b = appendMillis(append(appendComma(b, kind), `"`+name+`_ms":`...), n.At)
			b = appendMillis(append(b, `,"`+name+`_arrived_ms":`...), n.Arrived)
		}
	}
	return b
}

// appendName appends a name, which is JSON already.
func appendName(b []byte, name string) []byte {
	if name == "" {
		return append(b, "null"...)
	}
	return append(b, name...)
}

func appendMillis(b []byte, m larder.Millis) []byte { return strconv.AppendInt(b, int64(m), 10) }

// appendGram appends a mass to the bit, or null.
func appendGram(b []byte, g larder.Gram) []byte {
	if x := float64(g); !math.IsNaN(x) && !math.IsInf(x, 0) {
		return strconv.AppendFloat(b, x, 'g', -1, 64)
	}
	return append(b, "null"...)
}

func appendComma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
