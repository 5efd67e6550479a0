package command

import (
	"fmt"
	"io"
	"os"

	"larder/internal/core/weigh/separable"
)

// separates is `larder weigh separable`.
type separates struct {
	File string `arg:"" optional:"" default:"-" help:"The cabinet's description; - is standard input."`
	JSON bool   `name:"json" help:"One JSON object."`
}

// Help has an example and says what the exit status means.
func (*separates) Help() string {
	return `It reads which goods lie, or are to lie, on which scale of a cabinet, and says how often n pieces will be taken for n+1, up to how many can be counted, which goods are too light for their scale, and which can be mistaken for each other when a customer moves them.

  larder weigh separable cabinet.json
  {"lanes": [{"lane": "A1", "unit_mass_g": 330, "unit_mass_sd_g": 4, "noise_g": 0.9, "stock": 8, "price_fen": 300}]}

The lanes are those of a session as ` + "`larder weigh`" + ` reads it. Two more keys may be given: product (lanes of one product are not mistaken for each other) and unit_mass_unsure_g (what is not known of the unit mass, one standard deviation; otherwise it is taken for a catalog's mean of ten pieces). The exit status is 1 if a product does not fit its lane.`
}

// Run judges.
func (c *separates) Run(w World) error {
	in := w.In
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("cabinet: %w", err)
		}
		defer func() { _ = file.Close() }() // it was only read
		in = io.Reader(file)
	}
	lanes, err := separable.Read(in)
	if err != nil {
		return err
	}
	report, err := separable.Judge(lanes)
	if err != nil {
		return err
	}
	write := report.WriteTable
	if c.JSON {
		write = report.WriteJSON
	}
	if err := write(w.Out); err != nil {
		return err
	}
	if !report.Sellable() {
		return errFound
	}
	return nil
}
