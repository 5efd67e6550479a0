package run

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// recording is a session as `larder weigh` reads it (docs: the batch interface), so that what
// production judged can be judged again with one command.
type recording struct {
	ID       larder.SessionID    `json:"id"`
	Lanes    []recordedLane      `json:"lanes"`
	Readings []recordedReading   `json:"readings"` // in order of arrival
	Door     map[string]*float64 `json:"door"`
}

type recordedLane struct {
	Lane     larder.LaneID `json:"lane"`
	Shelf    int           `json:"shelf"`
	UnitMass larder.Gram   `json:"unit_mass_g"`
	UnitSD   larder.Gram   `json:"unit_mass_sd_g"`
	Price    larder.Fen    `json:"price_fen"`
	Stock    int           `json:"stock"`
	Noise    larder.Gram   `json:"noise_g"`
}

type recordedReading struct {
	Seq     uint64        `json:"seq"`
	At      larder.Millis `json:"at_ms"`
	Arrived larder.Millis `json:"arrived_ms"`
	Mass    []larder.Gram `json:"mass_g"`
}

// trace is the evidence as stored: the recording, deflated, and the verdict by lanes' ids.
func (e *eye) trace(v weigh.Verdict) (visit.Trace, error) {
	t := visit.Trace{Session: e.scene.Session.ID, Rules: RuleVersion}
	var err error
	if t.Readings, err = deflated(e.recording()); err != nil {
		return t, fmt.Errorf("trace of session %s: %w", t.Session, err)
	}
	if v.Kind == "" {
		return t, nil
	}
	text, err := json.Marshal(e.evidence(v))
	t.Verdict = string(text)
	return t, err
}

func (e *eye) recording() recording {
	rec := recording{
		ID: e.scene.Session.ID, Lanes: make([]recordedLane, 0, len(e.scene.Slots)),
		Readings: make([]recordedReading, 0, len(e.readings)),
		Door: map[string]*float64{
			"opened_ms": moment(e.door.opened), "opened_arrived_ms": moment(e.door.openedArrived),
			"closed_ms": moment(e.door.closed), "closed_arrived_ms": moment(e.door.closedArrived),
		},
	}
	for _, s := range e.scene.Slots {
		rec.Lanes = append(rec.Lanes, recordedLane{
			Lane: s.Lane, Shelf: s.Shelf, UnitMass: s.Product.UnitMass, UnitSD: s.Product.UnitSD,
			Price: s.Price, Stock: e.scene.Stock[s.Lane], Noise: s.Noise,
		})
	}
	for _, r := range e.readings {
		rec.Readings = append(rec.Readings, recordedReading{Seq: r.Seq, At: r.At, Arrived: r.Arrived, Mass: r.Mass})
	}
	return rec
}

// moment is null for an event that never came.
func moment(m larder.Millis) *float64 {
	if m == 0 {
		return nil
	}
	at := float64(m)
	return &at
}

func (e *eye) evidence(v weigh.Verdict) visit.Evidence {
	ev := visit.Evidence{
		Verdict: string(v.Kind), Confidence: v.Confidence, Decided: v.Decided,
		Alerts: v.Alerts, Reasons: v.Reasons, Lanes: make([]visit.Weighed, 0, len(v.Lanes)),
	}
	for _, l := range v.Lanes {
		ev.Lanes = append(ev.Lanes, visit.Weighed{
			Lane:  e.scene.Slots[l.Lane].Lane,
			Why:   visit.Why{Before: l.Before, After: l.After, UnitMass: l.UnitMass, Moved: l.Moved, Rest: l.Rest},
			Count: l.Count, Known: l.Known,
		})
	}
	return ev
}

// deflaters are kept, because one weighs more than a megabyte.
var deflaters sync.Pool

func deflated(v any) ([]byte, error) {
	var buf bytes.Buffer
	w, ok := deflaters.Get().(*flate.Writer)
	if ok {
		w.Reset(&buf)
	} else {
		var err error
		if w, err = flate.NewWriter(&buf, flate.BestSpeed); err != nil {
			return nil, err
		}
	}
	defer deflaters.Put(w)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// Inflate returns the recording of a stored trace: one line of `larder weigh`'s input.
func Inflate(readings []byte) ([]byte, error) {
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(readings)), 64<<20))
}
