package learn_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh/learn"
)

func arrival(product larder.ProductID, mass larder.Gram) learn.Arrival {
	return learn.Arrival{Product: product, Home: larder.LaneID(product), Mass: mass}
}

func changed(t rapid.TB, c learn.Content, changes ...learn.Change) learn.Content {
	t.Helper()
	for _, ch := range changes {
		var err error
		if c, err = c.Apply(ch); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestContent (BY10, DV11) guards that what was put into the wrong lane is known there until the
// restock, and is sold as what it is.
func TestContent(t *testing.T) {
	t.Parallel()
	juice := learn.Change{Session: 7, Own: -1, Came: []learn.Arrival{arrival(3, 252.4), arrival(4, 330)}}
	c := changed(t, learn.Filled(8), juice)
	if c.Own != 7 || len(c.Held()) != 2 {
		t.Fatalf("%+v", c)
	}
	if got := c.Matches(253, 1.3); len(got) != 1 || got[0].Product != 3 {
		t.Errorf("253 g may be %+v", got)
	}
	if got := c.Matches(300, 1.3); len(got) != 0 {
		t.Errorf("300 g may be %+v", got)
	}
	if got := c.Matches(290, 20); len(got) != 2 || got[0].Product != 3 {
		t.Errorf("about 290 g may be %+v, want the closest first", got)
	}
	taken := learn.Change{Session: 8, Left: []string{c.Held()[0].ID}}
	after := changed(t, c, taken)
	if got := after.Held(); len(got) != 1 || got[0].Product != 4 {
		t.Errorf("%+v", got)
	}
	if got := after.Matches(253, 1.3); len(got) != 0 {
		t.Errorf("what has left may still be %+v", got)
	}
	if _, err := after.Apply(taken); err == nil {
		t.Error("one object left twice")
	}
	back, err := after.Undo(taken)
	if diff := cmp.Diff(c, back); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if got := learn.Filled(9); len(got.Held()) != 0 {
		t.Error("strangers outlive a restock")
	}
}

// TestContent_Undo (BY10) guards that any change can be undone in any order, as if it had never been.
func TestContent_Undo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var changes []learn.Change
		c := learn.Filled(10)
		for i := range rapid.IntRange(1, 8).Draw(t, "changes") {
			ch := learn.Change{Session: larder.SessionID(i + 1), Own: rapid.IntRange(-2, 1).Draw(t, "own")}
			for range rapid.IntRange(0, 2).Draw(t, "came") {
				ch.Came = append(ch.Came, arrival(larder.ProductID(rapid.IntRange(1, 3).Draw(t, "product")), larder.Gram(rapid.IntRange(10, 900).Draw(t, "g"))))
			}
			if held := c.Held(); len(held) > 0 && rapid.Bool().Draw(t, "one leaves") {
				ch.Left = []string{rapid.SampledFrom(held).Draw(t, "which").ID}
			}
			changes = append(changes, ch)
			c = changed(t, c, ch)
		}
		order := rapid.Permutation(changes).Draw(t, "order")
		for _, ch := range order {
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			var stored learn.Content
			if err := json.Unmarshal(text, &stored); err != nil {
				t.Fatal(err)
			}
			if c, err = stored.Undo(ch); err != nil {
				t.Fatal(err)
			}
		}
		if c.Own != 10 || len(c.Strangers) != 0 {
			t.Fatalf("after everything was undone: %+v", c)
		}
	})
}

// TestContent_Bounds (BY10) guards that a lane full of strangers says so, and that what is no mass is
// no arrival.
func TestContent_Bounds(t *testing.T) {
	t.Parallel()
	c := learn.Filled(0)
	for i := range learn.MaxStrangers {
		c = changed(t, c, learn.Change{Session: larder.SessionID(i + 1), Came: []learn.Arrival{arrival(2, 100)}})
	}
	full := c
	if _, err := c.Apply(learn.Change{Session: 99, Came: []learn.Arrival{arrival(2, 100)}}); !errors.Is(err, learn.ErrCrowded) {
		t.Errorf("%v", err)
	}
	c = changed(t, c, learn.Change{Session: 100, Left: []string{"1.0"}}, learn.Change{Session: 101, Came: []learn.Arrival{arrival(3, 50)}})
	if len(c.Strangers) != learn.MaxStrangers || len(full.Held()) != learn.MaxStrangers {
		t.Errorf("%d strangers are followed", len(c.Strangers))
	}
	for name, ch := range map[string]learn.Change{
		"no mass": {Session: 1, Came: []learn.Arrival{arrival(2, larder.NoMass)}}, "twice": {Session: 5, Came: []learn.Arrival{arrival(2, 100)}},
	} {
		if got, err := full.Apply(ch); err == nil || !cmp.Equal(got, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
