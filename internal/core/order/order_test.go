package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/order"
)

func slots() []catalog.Slot {
	return []catalog.Slot{
		{Lane: 11, Number: 1, Product: catalog.Product{ID: 1, Name: "可乐", NameEn: "Cola"}, Price: 350},
		{Lane: 12, Number: 2, Product: catalog.Product{ID: 2, Name: "水", NameEn: "Water"}, Price: 200},
		{Lane: 13, Number: 3, Product: catalog.Product{ID: 3, Name: "样品", NameEn: "Sample"}, Price: 0},
	}
}

// TestPrice guards I12 and I13: lines come in the order of the lanes, at the prices of the slots.
func TestPrice(t *testing.T) {
	t.Parallel()
	got, err := order.Price(slots(), map[larder.LaneID]int{13: 1, 11: 2})
	want := []order.Line{
		{Lane: 11, Product: 1, Name: "可乐", NameEn: "Cola", Quantity: 2, Price: 350},
		{Lane: 13, Product: 3, Name: "样品", NameEn: "Sample", Quantity: 1, Price: 0},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	if total := order.Total(got); total != 700 {
		t.Errorf("total %s", total)
	}
	if got, err := order.Price(slots(), nil); err != nil || len(got) != 0 || order.Total(got) != 0 {
		t.Errorf("nothing costs %v, %v", got, err)
	}
}

// TestPrice_Refused guards that a bill never leaves out what it cannot price.
func TestPrice_Refused(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string]map[larder.LaneID]int{
		"a lane of another door": {11: 1, 99: 1}, "no pieces": {11: 0}, "fewer than none": {12: -1}, "a truckload": {12: 1001},
	} {
		if lines, err := order.Price(slots(), counts); larder.CodeOf(err) != larder.CodeInvalid || lines != nil {
			t.Errorf("%s: %v, %v", name, lines, err)
		}
	}
}

// TestPrice_Sum guards I12: the total is the sum of count times price, to the fen.
func TestPrice_Sum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		of, counts := slots(), map[larder.LaneID]int{}
		var want larder.Fen
		for i := range of {
			of[i].Price = larder.Fen(rapid.IntRange(0, 100_000).Draw(t, "price"))
			if n := rapid.IntRange(0, 1000).Draw(t, "count"); n > 0 {
				counts[of[i].Lane] = n
				want += larder.Fen(n) * of[i].Price
			}
		}
		lines, err := order.Price(of, counts)
		if err != nil || order.Total(lines) != want || len(lines) != len(counts) {
			t.Fatalf("%v of %v is %s, want %s: %v", lines, counts, order.Total(lines), want, err)
		}
	})
}
