package link

import (
	"errors"
	"fmt"
	"maps"

	"larder/internal/edge/link/driver"
)

// Drivers says which driver speaks for which cabinet model. It does not change once built, so it
// is safe for concurrent use.
type Drivers struct{ byModel map[string]driver.Driver }

// NewDrivers returns the table of byModel, whose keys are the models' names as cabinets are
// registered with. A nameless model and a missing driver are errors.
func NewDrivers(byModel map[string]driver.Driver) (*Drivers, error) {
	if len(byModel) == 0 {
		return nil, errors.New("a gateway needs at least one cabinet model")
	}
	for model, d := range byModel {
		if model == "" || d == nil {
			return nil, fmt.Errorf("cabinet model %q has no name or no driver", model)
		}
	}
	return &Drivers{byModel: maps.Clone(byModel)}, nil
}

// For returns the driver of a model, and false if there is none.
func (d *Drivers) For(model string) (driver.Driver, bool) {
	found, ok := d.byModel[model]
	return found, ok
}
