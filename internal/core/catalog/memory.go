package catalog

import (
	"slices"
	"sync"

	"larder"
)

// memorySlots is how many slots each of a memory's two generations holds: some ten megabytes. A fleet
// of 5,000 doors has as many.
const memorySlots = 1 << 16

// memory keeps slots of versions that were read of late, so that a purchase does not read the same
// rows at every step. What it keeps can not become stale: a version's slots are never changed, its
// lanes and products neither. What can be wrong is a version that never was, because the transaction
// that published it failed; so only what is committed may be remembered. It is safe for concurrent use.
type memory struct {
	limit int // slots in a generation

	mu         sync.Mutex       // guards what follows
	young, old map[folio][]Slot // old is forgotten when young is full
	held       int              // slots in young
}

// folio names the slots of a door as of a version.
type folio struct {
	door    larder.DoorID
	version int64
}

// recall returns the slots of a folio, the caller's own; false if they are not remembered.
func (m *memory) recall(f folio) ([]Slot, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slots, ok := m.young[f]
	if !ok {
		if slots, ok = m.old[f]; ok {
			m.put(f, slots)
		}
	}
	return slices.Clone(slots), ok
}

// remember keeps committed slots of a folio. None is nothing to remember: a door may get its first
// lanes with a version that is there.
func (m *memory) remember(f folio, slots []Slot) {
	if len(slots) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.young[f]; !known {
		m.put(f, slices.Clone(slots))
	}
}

// put is called with mu held.
func (m *memory) put(f folio, slots []Slot) {
	if m.young == nil || m.held+len(slots) > m.limit {
		m.young, m.old, m.held = make(map[folio][]Slot), m.young, 0
	}
	m.young[f] = slots
	m.held += len(slots)
}
