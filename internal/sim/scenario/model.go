package scenario

import (
	"fmt"

	"larder/internal/sim/physics"
)

// Model names one of the worlds that sessions come from.
type Model string

// The models of docs/weighing.md section 2: F1, and F2 which is harder.
const (
	F1 Model = "F1"
	F2 Model = "F2"
)

// FirstTest is the first seed for tests: who tunes a recognizer uses seeds below it, and never looks at
// the sessions of one that is not.
const FirstTest = 10_000

// faults returns what goes wrong in a model's cabinets and on its network.
func (m Model) faults() (physics.Faults, physics.TransportFaults, error) {
	switch m {
	case F1:
		return physics.F1(), physics.F1Transport(), nil
	case F2:
		return physics.F2(), physics.F2Transport(), nil
	}
	return physics.Faults{}, physics.TransportFaults{}, fmt.Errorf("model %q is none of %s, %s", string(m), F1, F2)
}
