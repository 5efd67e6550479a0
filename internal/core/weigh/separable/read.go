package separable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"larder"
)

// MaxInput is the longest description, in bytes, that [Read] reads.
const MaxInput = 4 << 20

// The keys of a lane. Those that `larder weigh` knows mean the same here (docs/weighing.md section 7).
const (
	keyLane    = "lane"
	keyProduct = "product"
	keyUnit    = "unit_mass_g"
	keySD      = "unit_mass_sd_g"
	keyUnsure  = "unit_mass_unsure_g"
	keyNoise   = "noise_g"
	keyPrice   = "price_fen"
	keyStock   = "stock"
)

// Read reads the lanes of one cabinet: a JSON object with the key lanes, such as a session of `larder
// weigh`, or the array of lanes alone. Other keys are passed over; unit_mass_g has to be there, null
// for a lane without a product, so that a misspelled one is not taken for that. The error names the
// lane and the key.
func Read(in io.Reader) ([]Lane, error) {
	text, err := io.ReadAll(io.LimitReader(in, MaxInput+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cabinet: %w", err)
	case len(text) > MaxInput:
		return nil, fmt.Errorf("cabinet: longer than %d bytes", MaxInput)
	}
	rows, err := lanesOf(text)
	if err != nil {
		return nil, err
	}
	out := make([]Lane, len(rows))
	for i, row := range rows {
		if out[i], err = readLane(row); err != nil {
			return nil, fmt.Errorf("%s: %w", place(i, out[i].Name), err)
		}
	}
	return out, nil
}

// lanesOf returns the JSON of each lane.
func lanesOf(text []byte) ([]json.RawMessage, error) {
	var rows []json.RawMessage
	if err := json.Unmarshal(text, &rows); err == nil && rows != nil {
		return rows, nil
	}
	var cabinet struct {
		Lanes *json.RawMessage `json:"lanes"`
	}
	if err := json.Unmarshal(text, &cabinet); err != nil {
		if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, fmt.Errorf("cabinet: no JSON object at byte %d of %d: %w", bad.Offset, len(text), err)
		}
		return nil, errors.New("cabinet: want an object with the key lanes, or an array of lanes")
	}
	if cabinet.Lanes == nil {
		return nil, errors.New("cabinet: lanes is missing")
	}
	if err := json.Unmarshal(*cabinet.Lanes, &rows); err != nil {
		return nil, errors.New("cabinet: lanes is no array")
	}
	return rows, nil
}

// readLane reads one lane; its name comes back with the error, as far as it is known.
func readLane(row json.RawMessage) (Lane, error) {
	l := Lane{UnitSD: larder.NoMass, Unsure: larder.NoMass, Noise: larder.NoMass, Stock: StockUnknown}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(row, &keys); err != nil || keys == nil {
		return l, fmt.Errorf("want an object where %.32s is", row)
	}
	var product Name
	for _, f := range []struct {
		key, want string
		into      any
	}{
		{keyLane, "a string or a number", &l.Name},
		{keyProduct, "a string or a number", &product},
		{keyUnit, "a number of grams", &l.UnitMass},
		{keySD, "a number of grams", &l.UnitSD},
		{keyUnsure, "a number of grams", &l.Unsure},
		{keyNoise, "a number of grams", &l.Noise},
		{keyPrice, "a whole number of fen", &l.Price},
		{keyStock, "a whole number", &l.Stock},
	} {
		text, ok := keys[f.key]
		if !ok || string(text) == "null" {
			continue
		}
		if err := json.Unmarshal(text, f.into); err != nil {
			return l, fmt.Errorf("%s is %.32s, want %s", f.key, text, f.want)
		}
	}
	l.Product = product.String()
	if l.Name == "" {
		return l, fmt.Errorf("%s is missing", keyLane)
	}
	if _, ok := keys[keyUnit]; !ok {
		return l, fmt.Errorf("%s is missing (null for a lane without a product)", keyUnit)
	}
	if _, err := l.ready(); err != nil {
		return l, err
	}
	return l, nil
}

// place says which lane an error is about.
func place(i int, name Name) string {
	if name == "" {
		return fmt.Sprintf("lanes[%d]", i)
	}
	return fmt.Sprintf("lanes[%d] (lane %.64s)", i, name.String())
}
