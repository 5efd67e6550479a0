package demo

import (
	"slices"
	"sync"

	"larder"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/physics"
)

// machine is one simulated cabinet, who it is to the platform, and what the person in front of it
// holds in the hand.
type machine struct {
	*cabinet.Cabinet
	plan       CabinetPlan
	registered Registered

	mu  sync.Mutex     // guards cut and hand; taken before the cabinet's own
	cut bool           // the network cable is out
	out []physics.Item // in the hand, the latest last; forgotten when the door is shut
}

// open pulls the door.
func (m *machine) open() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.OpenDoor(); err != nil {
		return err
	}
	m.out = nil // what an earlier person held is gone with them
	return nil
}

// take puts the n foremost pieces of a lane into the hand.
func (m *machine) take(lane, n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	items, err := m.Take(lane, n)
	if err != nil {
		return err
	}
	m.out = append(m.out, items...)
	return nil
}

// putBack sets the piece of lane home that was taken last into a lane, its own or another.
func (m *machine) putBack(home, lane int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, item := range slices.Backward(m.out) {
		if item.Home != home {
			continue
		}
		if err := m.PutBack(lane, item); err != nil {
			return err
		}
		m.out = slices.Delete(m.out, k, k+1)
		return nil
	}
	return cabinet.ErrNotTaken
}

// setCable plugs the network cable in or pulls it out.
func (m *machine) setCable(plugged bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cut = !plugged; m.cut {
		m.Cut()
		return
	}
	m.Heal()
}

// CabinetState is one cabinet as it stands.
type CabinetState struct {
	Serial    string           `json:"serial"`
	Connected bool             `json:"connected"`
	Plugged   bool             `json:"plugged"` // the network cable
	Door      larder.DoorState `json:"door"`    // as the lock and its sensor have it
	Leaf      bool             `json:"leaf"`    // the leaf stands open, whatever the sensor says
	Session   larder.SessionID `json:"session"` // whose readings are being sent; "0" outside sessions
	Waiting   int              `json:"waiting"` // sessions whose readings the platform has not kept yet
	Lanes     []LaneState      `json:"lanes"`   // in the order of the lanes' numbers
	Hand      []Held           `json:"hand"`    // in order of lanes; never null
}

// LaneState is one lane as it stands. Count is the truth, which no platform sees; Mass is the latest
// reading, which is all that it sees.
type LaneState struct {
	Count   int         `json:"count"`
	Strange int         `json:"strange"` // how many of Count belong into another lane
	Mass    larder.Gram `json:"mass_g"`  // null before the first reading
}

// Held is what the hand holds of one lane's product.
type Held struct {
	Lane  int `json:"lane"`
	Count int `json:"count"`
}

func (m *machine) state() CabinetState {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.State()
	v := CabinetState{
		Serial: s.Serial, Connected: s.Connected, Plugged: !m.cut, Door: s.Door, Leaf: s.Leaf,
		Session: s.Session, Waiting: s.Kept, Lanes: make([]LaneState, len(s.Contents)), Hand: []Held{},
	}
	for i, items := range s.Contents {
		lane := LaneState{Count: len(items), Mass: larder.NoMass}
		for _, item := range items {
			if item.Home != i+1 {
				lane.Strange++
			}
		}
		if i < len(s.Mass) {
			lane.Mass = s.Mass[i]
		}
		v.Lanes[i] = lane
	}
	if !s.Leaf {
		m.out = nil
	}
	held := make(map[int]int)
	for _, item := range m.out {
		held[item.Home]++
	}
	for lane := range s.Contents {
		if n := held[lane+1]; n > 0 {
			v.Hand = append(v.Hand, Held{Lane: lane + 1, Count: n})
		}
	}
	return v
}

// laneNumber returns the number, from 1, of a lane that is known by its id, and 0 for a stranger's.
func (m *machine) laneNumber(id larder.LaneID) int { return slices.Index(m.registered.Lanes, id) + 1 }
