package cabinet

import "larder"

// State says whether a cabinet is in service.
type State string

// The states of a cabinet. A retired one is as good as unknown: its key and tokens open nothing.
const (
	Active  State = "active"
	Retired State = "retired"
)

// Cabinet is one machine as registered.
type Cabinet struct {
	ID        larder.CabinetID
	Org       larder.OrgID
	Serial    string // factory number on the wire, unique on earth; an identifier, never a credential
	Model     string // picks the driver
	Name      string // for people
	Place     string // where it stands, for people
	Planogram int64  // version that counts now; 0 before the first
	State     State
}

// Door is a compartment's door.
type Door struct {
	ID      larder.DoorID
	Org     larder.OrgID
	Cabinet larder.CabinetID
	Number  int    // from 1, within the cabinet
	Token   string // what its code leads to: 32 characters of lower-case base32
}

// Lane is one scale that holds one product.
type Lane struct {
	ID     larder.LaneID
	Door   larder.DoorID
	Number int         // from 1, within the cabinet: the order of masses in a frame of readings
	Shelf  int         // from 1, within the door, from the bottom up
	Noise  larder.Gram // standard deviation of a reading at rest
}

// Layout is a cabinet with all its doors and lanes, each in the order of their numbers.
type Layout struct {
	Cabinet Cabinet
	Doors   []Door
	Lanes   []Lane
}

// mayRegister reports whether actor may change which cabinets its organization has.
func mayRegister(actor larder.Actor) bool {
	if actor.Org.IsZero() {
		return false
	}
	return actor.Kind == larder.ActorSystem ||
		actor.Kind == larder.ActorStaff && (actor.Role == larder.RoleAdmin || actor.Role == larder.RoleOperator)
}

// mayLook reports whether actor may see the cabinets of its organization.
func mayLook(actor larder.Actor) bool {
	return !actor.Org.IsZero() && (actor.Kind == larder.ActorSystem || actor.Kind == larder.ActorStaff)
}
