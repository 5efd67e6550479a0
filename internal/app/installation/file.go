package installation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"larder"
)

// maxFile is far above what an organization's cabinets need: 16 MiB.
const maxFile = 16 << 20

// File is what an installation consists of. Every field is required, but where it says otherwise.
type File struct {
	Org      Org       `json:"org"`
	Products []Product `json:"products"`
	Cabinets []Cabinet `json:"cabinets"`

	lines map[string]int // of every field, by its path
}

// Org is the organization that everything belongs to; it is added if there is none of its code.
type Org struct {
	Code string `json:"code"` // lower-case letters, digits, dot, dash, underscore
	Name string `json:"name"`
}

// Product is something that is sold by the piece. Its English name tells it apart from others.
type Product struct {
	Name     string      `json:"name"`
	NameEn   string      `json:"name_en"`
	UnitMass larder.Gram `json:"unit_mass_g"` // of one piece, above 0
	UnitSD   larder.Gram `json:"unit_sd_g"`   // standard deviation of that between pieces, at least 0
}

// Cabinet is one machine. Its serial number tells it apart from others.
type Cabinet struct {
	Serial string `json:"serial"`
	Model  string `json:"model"`
	Name   string `json:"name"`
	Place  string `json:"place"`
	Doors  []Door `json:"doors"` // numbered from 1 in this order
}

// Door is one door of a cabinet.
type Door struct {
	Lanes []Lane `json:"lanes"` // numbered from 1 through all doors of the cabinet
}

// Lane is one scale, and what lies on it. The last four fields are left out together for a lane that
// holds no product.
type Lane struct {
	Shelf   int         `json:"shelf"`     // from 1, from the bottom up
	Noise   larder.Gram `json:"noise_g"`   // standard deviation of a reading at rest, above 0
	Product string      `json:"product"`   // English name of one of the products
	Price   larder.Fen  `json:"price_fen"` // of one piece
	Par     int         `json:"par"`       // pieces that the lane is filled to
	Count   int         `json:"count"`     // pieces that lie there when the product is first put into the lane
}

// Read reads a file and checks all that needs no database. The error is [*Wrong] if that is to blame.
func Read(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("installation: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("installation: %w", err)
	case len(text) > maxFile:
		return nil, fmt.Errorf("installation: %s is larger than %d MiB", path, maxFile>>20)
	}
	return Parse(text)
}

// Parse is [Read] of a text.
func Parse(text []byte) (*File, error) {
	lines, wrong := locate(text)
	if len(wrong.Faults) > 0 {
		return nil, wrong
	}
	f := &File{lines: lines}
	if err := json.Unmarshal(text, f); err != nil {
		return nil, fmt.Errorf("installation: %w", err) // it has fitted before
	}
	if wrong := f.check(); len(wrong.Faults) > 0 {
		return nil, wrong
	}
	return f, nil
}

// lineAt is the line of a byte, from 1.
func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
}
