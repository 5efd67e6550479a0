package catalog

import (
	"testing"

	"larder"
)

// TestMemory_bound guards that a fleet of any size costs a bounded memory: at most two generations are
// held, and what is asked for again and again outlives them.
func TestMemory_bound(t *testing.T) {
	t.Parallel()
	m := memory{limit: 10}
	asked := folio{door: 1, version: 1}
	m.remember(asked, make([]Slot, 3))
	for door := range larder.DoorID(100) {
		m.remember(folio{door: door + 2, version: 1}, make([]Slot, 3))
		held := 0
		for _, generation := range []map[folio][]Slot{m.young, m.old} {
			for _, slots := range generation {
				held += len(slots)
			}
		}
		if held > 2*m.limit {
			t.Fatalf("%d slots are held, at most %d may be", held, 2*m.limit)
		}
		if _, ok := m.recall(asked); !ok {
			t.Fatalf("what is asked for all the time was forgotten after %d others", door+1)
		}
	}
	if _, ok := m.recall(folio{door: 2, version: 1}); ok {
		t.Error("what nobody asked for is still held")
	}
}
