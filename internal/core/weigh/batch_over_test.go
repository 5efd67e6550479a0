package weigh_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// The answers stand in the order of the lines, whoever works them out and when.
func TestBatchOver_any_order_of_work(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(goldenIn)
	if err != nil {
		t.Fatal(err)
	}
	in := bytes.Repeat(golden, 40) // more lines than are held at once
	var want, got bytes.Buffer
	wantBad, err := weigh.Batch(bytes.NewReader(in), &want)
	if err != nil {
		t.Fatal(err)
	}
	bad, err := weigh.BatchOver(bytes.NewReader(in), &got, func(n int, work func(i int)) {
		var all sync.WaitGroup
		for i := n - 1; i >= 0; i-- {
			all.Go(func() { work(i) })
		}
		all.Wait()
	})
	if err != nil || bad != wantBad || got.String() != want.String() {
		t.Errorf("%d bad lines, %v; want %d and the same %d bytes, got %d", bad, err, wantBad, want.Len(), got.Len())
	}
}

// EX9, W8: the next shopper's opening bounds the evidence of a recorded session as it did that of the
// live one.
func TestBatch_EX9_next_opening(t *testing.T) {
	t.Parallel()
	s := newScene(rand.New(rand.NewPCG(9, 9)), 4, 200, 400, 0.9)
	s.take(1, s.opened+2_000)
	s.shut(s.opened + 4_000)
	next := s.closed + 400
	s.steps = append(s.steps, step{0, next + 300, -float64(s.lanes[0].UnitMass)}) // what the next one takes
	line := s.line("x", s.readings())
	bounded := strings.Replace(line, `"door":{`, `"door":{"next_opened_ms":`+larder.ID[int](next).String()+
		`,"next_opened_arrived_ms":`+larder.ID[int](next+60).String()+`,`, 1)
	got, bad, _ := batch(t, strings.NewReader(bounded))
	if bad != 0 || len(got) != 1 || len(got[0].Lines) > 1 {
		t.Fatalf("%d bad, %+v: what the next shopper took is no evidence", bad, got)
	}
	if all, _, _ := batch(t, strings.NewReader(line)); len(all[0].Lines) != 2 {
		t.Errorf("without the opening %+v", all)
	}
	rec, err := weigh.ReadRecording([]byte(bounded))
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := rec.Judge(weigh.Balanced())
	if err != nil || v.Kind != got[0].Verdict || v.Decided != got[0].Decided {
		t.Errorf("the recording gives %s at %d, %v; want %s at %d", v.Kind, v.Decided, err, got[0].Verdict, got[0].Decided)
	}
}
