package learn_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh/learn"
)

// tea is a product of 300 g that differs by 1.2 %.
var tea = learn.Event{Kind: learn.Assigned, Reference: &learn.Reference{UnitMass: 300, UnitSD: 3.6, Noise: 1}}

// lesson is what a sound session that took single pieces says.
func lesson(session int, losses ...float64) learn.Event {
	l := learn.Lesson{Charged: true, Confidence: 0.9999, Noise: larder.NoMass}
	for _, loss := range losses {
		l.Pieces = append(l.Pieces, learn.Piece{Loss: larder.Gram(loss), SD: 1.3})
	}
	return learn.Event{Kind: learn.Taught, At: larder.Millis(session * 60_000), Session: larder.SessionID(session), Lesson: &l}
}

func rebuilt(t rapid.TB, events ...learn.Event) learn.State {
	t.Helper()
	s, err := learn.Rebuild(append([]learn.Event{tea}, events...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// batch is n lessons of one piece each, of goods that weigh unit on average.
func batch(seed uint64, n int, unit float64) []learn.Event {
	rng := rand.New(rand.NewPCG(seed, 8))
	out := make([]learn.Event, n)
	for i := range out {
		out[i] = lesson(i+1, unit+3.6*rng.NormFloat64()+1.3*rng.NormFloat64())
	}
	return out
}

func unit(s learn.State) float64 { return float64(s.Learned().UnitMass) }

// TestState_Learned (BY10) guards that a batch's unit mass is found, and that nothing is found where
// nothing is.
func TestState_Learned(t *testing.T) {
	t.Parallel()
	t.Run("a batch that is 4 % off is known after ten pieces", func(t *testing.T) {
		t.Parallel()
		for _, mean := range []float64{288, 312} {
			far := 0
			for seed := range uint64(100) {
				l := rebuilt(t, batch(seed, 10, mean)...).Learned()
				if math.Abs(float64(l.UnitMass)-mean) > 0.01*mean {
					far++
				}
				if l.Shifted < 0.9 || l.Unsure > 4 || l.Pieces != 10 {
					t.Errorf("seed %d: %+v", seed, l)
				}
			}
			if far > 3 {
				t.Errorf("%v g: in %d of 100 batches the unit mass is more than 1 %% off", mean, far)
			}
		}
	})
	t.Run("a batch as the catalog says stays so", func(t *testing.T) {
		t.Parallel()
		for seed := range uint64(100) {
			l := rebuilt(t, batch(seed, 30, 300.5)...).Learned()
			if math.Abs(float64(l.UnitMass)-300.5) > 2.2 || l.Shifted > 0.5 {
				t.Errorf("seed %d: %+v", seed, l)
			}
		}
	})
	t.Run("a wider spread is learned, up to twice the catalog's", func(t *testing.T) {
		t.Parallel()
		rng := rand.New(rand.NewPCG(3, 3))
		var events []learn.Event
		for i := range 60 {
			events = append(events, lesson(i+1, 300+7*rng.NormFloat64()))
		}
		if sd := rebuilt(t, events...).Learned().UnitSD; sd < 5 || sd > 7.2 {
			t.Errorf("spread %v", sd)
		}
	})
	t.Run("nothing is known of no product", func(t *testing.T) {
		t.Parallel()
		if l := (learn.State{}).Learned(); l != (learn.Learned{}) {
			t.Errorf("%+v", l)
		}
	})
}

// TestState_Poison (BY10) guards the bounds: what is odd, judged by a person or alerted moves nothing
// beyond them.
func TestState_Poison(t *testing.T) {
	t.Parallel()
	sound := batch(4, 10, 301)
	clean := unit(rebuilt(t, sound...))
	t.Run("an odd piece", func(t *testing.T) {
		t.Parallel()
		for at := range 11 {
			for _, odd := range []float64{225, 250, 330, 345} {
				events := slices.Insert(slices.Clone(sound), at, learn.Event{})
				events[at] = lesson(1000, odd)
				events[at].At = larder.Millis(at*60_000 + 30_000)
				if got := unit(rebuilt(t, events...)); math.Abs(got-clean) > 0.004*300 {
					t.Errorf("a piece of %v g as number %d makes %.2f of %.2f g", odd, at, got, clean)
				}
				if got := unit(rebuilt(t, events[:at+1]...)); math.Abs(got-unit(rebuilt(t, sound[:at]...))) > learn.MostStep*300+1e-9 {
					t.Errorf("one session moved the unit mass to %.2f g", got)
				}
			}
		}
	})
	for name, spoil := range map[string]func(l *learn.Lesson){
		learn.RefusedReview:     func(l *learn.Lesson) { l.Reviewed = true },
		learn.RefusedAlert:      func(l *learn.Lesson) { l.Alerted = true },
		learn.RefusedScale:      func(l *learn.Lesson) { l.Doubted = true },
		learn.RefusedConfidence: func(l *learn.Lesson) { l.Confidence = 0.99 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := lesson(77, 312, 312, 312)
			spoil(bad.Lesson)
			if got := bad.Lesson.Refusal(); got != name {
				t.Errorf("refused because of %q", got)
			}
			if diff := cmp.Diff(rebuilt(t, sound...), rebuilt(t, append(slices.Clone(sound), bad)...)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("all of them together go no further than a person confirms", func(t *testing.T) {
		t.Parallel()
		s := rebuilt(t, batch(5, 40, 330)...)
		if got := unit(s); got > 300*(1+learn.MostOff)+1e-9 || got < 300*(1+learn.MostOff)-1 || !s.Learned().AtBound {
			t.Errorf("%+v", s.Learned())
		}
		s, err := s.Apply(learn.Event{Kind: learn.Confirmed, UnitMass: 329, Person: 4})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Learned(); math.Abs(float64(got.UnitMass)-330) > 2 || got.AtBound {
			t.Errorf("confirmed: %+v", got)
		}
	})
	t.Run("what is no single piece is passed over", func(t *testing.T) {
		t.Parallel()
		if got := rebuilt(t, lesson(1, 600), lesson(2, 0), lesson(3, math.NaN()), lesson(4, -300)).Learned().Pieces; got != 0 {
			t.Errorf("%d pieces", got)
		}
	})
}

// TestState_Undo (BY10) guards that what a session taught can be withdrawn exactly, whatever came in
// which order, and that a stored state goes on as if it had never been stored.
func TestState_Undo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "sessions")
		events := make([]learn.Event, n)
		for i := range events {
			events[i] = lesson(i+1, rapid.SliceOfN(rapid.Float64Range(200, 400), 0, 3).Draw(t, "losses")...)
			events[i].Lesson.Noise, events[i].Lesson.Frames = larder.Gram(rapid.Float64Range(0, 10).Draw(t, "noise")), 20
			events[i].Lesson.Alerted = rapid.IntRange(0, 9).Draw(t, "alert") == 0
		}
		gone := rapid.IntRange(0, n-1).Draw(t, "undone")
		mixed := rapid.Permutation(slices.Clone(events)).Draw(t, "arrival")
		mixed = append(mixed, mixed[0]) // told twice
		s := rebuilt(t, mixed...)
		if diff := cmp.Diff(rebuilt(t, events...), s); diff != "" {
			t.Fatalf("the order of arrival counts: %s", diff)
		}
		s, err := s.Apply(learn.Event{Kind: learn.Undone, Session: events[gone].Session})
		if err != nil {
			t.Fatal(err)
		}
		without := rebuilt(t, slices.Delete(slices.Clone(events), gone, gone+1)...)
		if text(t, s) != text(t, without) || s.Learned() != without.Learned() {
			t.Fatalf("an undone session is still there: %s", cmp.Diff(without, s))
		}
		var loaded learn.State
		if err := json.Unmarshal([]byte(text(t, s)), &loaded); err != nil {
			t.Fatal(err)
		}
		if loaded.Learned() != s.Learned() {
			t.Fatalf("stored %+v, kept %+v", loaded.Learned(), s.Learned())
		}
		l := s.Learned()
		if math.Abs(float64(l.UnitMass)-300) > 300*learn.MostOff+1e-9 || l.UnitSD < 1.8-1e-9 || l.UnitSD > 7.2+1e-9 ||
			l.Noise < 1/learn.MostLoud-1e-9 || l.Noise > learn.MostLoud+1e-9 || !l.Unsure.Known() {
			t.Fatalf("beyond its bounds: %+v", l)
		}
	})
}

func text(t rapid.TB, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestState_Batch (BY10) guards that goods of another batch are learned anew, and that what is late
// about the old ones does not count.
func TestState_Batch(t *testing.T) {
	t.Parallel()
	old := batch(6, 10, 312)
	restock := func(name string) learn.Event {
		return learn.Event{Kind: learn.Restocked, At: 11 * 60_000, Batch: name}
	}
	if got := unit(rebuilt(t, append(slices.Clone(old), restock("2"))...)); got != 300 {
		t.Errorf("a new batch begins at %v g", got)
	}
	if got := unit(rebuilt(t, append(slices.Clone(old), restock(""))...)); got != 300 {
		t.Errorf("a batch of which nothing is said begins at %v g", got)
	}
	same := append([]learn.Event{{Kind: learn.Restocked, Batch: "1"}}, old...)
	same = append(same, restock("1"))
	if got := unit(rebuilt(t, same...)); got < 308 {
		t.Errorf("more of the same batch: %v g", got)
	}
	late := rebuilt(t, restock("2"))
	if got := late.Refusal(old[0]); got != learn.RefusedOld {
		t.Errorf("a late lesson of the old goods is refused because of %q", got)
	}
	late, err := late.Apply(old[0])
	if err != nil || late.Learned().Pieces != 0 {
		t.Errorf("%v: %+v", err, late.Learned())
	}
	full := batch(7, 3*learn.MaxPieces, 306)
	if s := rebuilt(t, full...); len(s.Pieces) != learn.MaxPieces || math.Abs(unit(s)-306) > 1.5 || len(text(t, s)) > 12_000 {
		t.Errorf("%d pieces, %d bytes, %+v", len(s.Pieces), len(text(t, s)), s.Learned())
	}
}

// TestState_Noise (BY10) guards that the noise of a scale is learned, that a compressor is not, and
// that no session moves it far.
func TestState_Noise(t *testing.T) {
	t.Parallel()
	quiet := func(session int, noise float64) learn.Event {
		e := lesson(session)
		e.Lesson.Charged, e.Lesson.Noise, e.Lesson.Frames = false, larder.Gram(noise), 30
		return e
	}
	var events []learn.Event
	for i := range 30 {
		noise := 2.4
		if i%4 == 0 {
			noise = 4.8
		}
		before := rebuilt(t, events...).Learned().Noise
		events = append(events, quiet(i+1, noise))
		if after := rebuilt(t, events...).Learned().Noise; after > before*1.2+1e-9 {
			t.Errorf("one session moved the noise from %v to %v g", before, after)
		}
	}
	if got := rebuilt(t, events...).Learned().Noise; got < 2.3 || got > 2.5 {
		t.Errorf("noise %v, want 2.4", got)
	}
	for i := range events {
		events[i].Lesson.Noise = 30
	}
	if got := rebuilt(t, events...).Learned().Noise; got > learn.MostLoud {
		t.Errorf("noise %v of a scale that is registered with 1 g", got)
	}
}

// TestState_Accounts (BY10) guards that what was learned can be told session by session.
func TestState_Accounts(t *testing.T) {
	t.Parallel()
	s := rebuilt(t, lesson(1, 312), lesson(2, 311, 313), lesson(3, 240))
	got := s.Accounts()
	if len(got) != 3 || got[0].Before != 300 || got[2].After != s.Learned().UnitMass || len(got[1].Pieces) != 2 {
		t.Fatalf("%+v", got)
	}
	for i := 1; i < len(got); i++ {
		if got[i].Before != got[i-1].After {
			t.Errorf("between %v and %v the unit mass moved by itself", got[i-1].Session, got[i].Session)
		}
	}
	if got[2].Pieces[0].Weight > 0.01 || got[1].Pieces[0].Weight < 0.9 {
		t.Errorf("the odd piece weighs %v, an ordinary one %v", got[2].Pieces[0].Weight, got[1].Pieces[0].Weight)
	}
	if !got[1].Held {
		t.Error("three pieces of a batch that is 4 % off moved the unit mass all the way")
	}
}

// TestState_Refuses (BY10) guards that what no event can be is named and changes nothing.
func TestState_Refuses(t *testing.T) {
	t.Parallel()
	many := lesson(1, make([]float64, learn.MaxPieces+1)...)
	for name, e := range map[string]learn.Event{
		"kind": {Kind: "party"}, "time": {Kind: learn.Restocked, At: -1}, "no session": {Kind: learn.Taught, Lesson: &learn.Lesson{}},
		"no lesson": {Kind: learn.Taught, Session: 1}, "nothing to undo": {Kind: learn.Undone}, "no mass": {Kind: learn.Confirmed},
		"heavy": {Kind: learn.Confirmed, UnitMass: 1e9}, "no reference": {Kind: learn.Assigned}, "many": many,
		"no product": {Kind: learn.Assigned, Reference: &learn.Reference{UnitMass: larder.NoMass}},
	} {
		s := rebuilt(t, lesson(1, 301))
		if got, err := s.Apply(e); err == nil || !cmp.Equal(s, got) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
