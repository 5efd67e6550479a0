package run

import (
	"testing"

	"larder"
	"larder/internal/core/weigh/health"
)

// TestRecollect (BY6) guards that what a row knows counts once, also while it is still in memory, and that
// a restock comes where it happened.
func TestRecollect(t *testing.T) {
	t.Parallel()
	frame := func(at larder.Millis, g larder.Gram) happening { return happening{at: at, idle: []larder.Gram{7, g}} }
	since := []happening{frame(10, larder.NoMass), frame(20, larder.NoMass), frame(30, 500)}
	whole, err := recollect(ScaleMemory{Lane: 1, Number: 2}, since)
	if err != nil {
		t.Fatal(err)
	}
	half, err := recollect(ScaleMemory{Lane: 1, Number: 2}, since[:2])
	if err != nil {
		t.Fatal(err)
	}
	m, err := half.kept()
	if err != nil || m.At != 20 || m.Status != health.Healthy {
		t.Fatalf("kept %+v, %v", m, err)
	}
	again, err := recollect(m, since)
	if err != nil || again.state.Missing != whole.state.Missing || again.memory.At != 30 || !again.changed {
		t.Errorf("in two parts %+v, %v; in one %+v", again, err, whole)
	}
	if same, err := recollect(m, since[:2]); err != nil || same.changed {
		t.Errorf("what the row knows counts again: %+v, %v", same, err)
	}
	m.Restock = 25
	restocked, err := recollect(m, since)
	if err != nil || restocked.memory.Restocked != 25 || restocked.memory.At != 30 || !restocked.state.Residual.Restocked {
		t.Errorf("after a restock: %+v, %v", restocked, err)
	}
}

// TestScales_full (BY6) guards that what cannot be written takes no more room than there is, and is told.
func TestScales_full(t *testing.T) {
	t.Parallel()
	told := &countsDropped{}
	s := NewScales(ScalesConfig{Time: RealTime{}, Observer: told})
	for range scalesMost + 3 {
		s.idle(1, larder.Readings{Cabinet: 5, Door: larder.DoorClosed, Mass: []larder.Gram{1, 2}})
	}
	s.idle(1, larder.Readings{Cabinet: 6, Door: larder.DoorOpen, Mass: []larder.Gram{1, 2}})
	s.idle(1, larder.Readings{Cabinet: 6, Door: larder.DoorClosed, Mass: []larder.Gram{0, 0}})
	if n := len(s.happened(5)); n != scalesMost || told.n != 3 {
		t.Errorf("%d are kept, %d told to be dropped", n, told.n)
	}
	if n := len(s.happened(6)); n != 0 {
		t.Errorf("%d frames of an open door or a dead bus count", n)
	}
	for i, h := range s.happened(5)[1:] {
		if h.at <= s.happened(5)[i].at {
			t.Fatalf("two happen at %d", h.at)
		}
	}
}

type countsDropped struct {
	Observer
	n int
}

func (c *countsDropped) Dropped(string) { c.n++ }
