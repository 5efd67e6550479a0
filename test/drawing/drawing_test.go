package drawing_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"larder/test/drawing"
)

// repository is the module's root.
var repository = os.DirFS(filepath.Join("..", ".."))

// TestPage/is_the_committed_one and TestImage's twin hold the drawing to the machine: a reader of
// docs/ sees what the code does (I9).
func TestPage(t *testing.T) {
	t.Parallel()
	t.Run("is_the_committed_one", func(t *testing.T) { compare(t, drawing.Page, drawing.PageFile) })
	t.Run("a_state_without_words_is_an_error", func(t *testing.T) { refuse(t, drawing.Page, "sideways\n  asked  ·\n", "sideways") })
	t.Run("an_event_without_words_is_an_error", func(t *testing.T) { refuse(t, drawing.Page, "open\n  kicked  ·\n", "Kicked") })
}

// TestImage guards that the picture is the machine's, and that an edge which the layout cannot draw
// is told and not left out.
func TestImage(t *testing.T) {
	t.Parallel()
	t.Run("is_the_committed_one", func(t *testing.T) { compare(t, drawing.Image, drawing.ImageFile) })
	t.Run("a_way_back_is_an_error", func(t *testing.T) {
		refuse(t, drawing.Image, "awaiting\n  asked  open\n\nopen\n  asked  awaiting\n", "open to awaiting")
	})
}

func compare(t *testing.T, draw func(fs.FS) ([]byte, error), file string) {
	t.Helper()
	t.Parallel()
	got, err := draw(repository)
	if err != nil {
		t.Fatal(err)
	}
	want, err := fs.ReadFile(repository, file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the machine is; run make generate (-committed +machine):\n%s", file, diff)
	}
}

// refuse draws a machine of another table and wants an error that names the text.
func refuse(t *testing.T, draw func(fs.FS) ([]byte, error), table, text string) {
	t.Helper()
	t.Parallel()
	root := fstest.MapFS{drawing.TableFile: {Data: []byte(table)}}
	for _, name := range []string{"internal/core/session/event.go", "internal/core/session/session.go"} {
		source, err := fs.ReadFile(repository, name)
		if err != nil {
			t.Fatal(err)
		}
		root[name] = &fstest.MapFile{Data: source}
	}
	if _, err := draw(root); err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("error = %v, want one that names %q", err, text)
	}
}

const small = `# a title

awaiting
  asked                                awaiting wait=30s
  judged {Verdict:charge Lines:[{Lane:7 Count:2}]} ended charged !Settle{Lines:[{Lane:7 Count:2}]} !EndLease{}
  judged {Verdict: Lines:[]} ended canceled !OpenCase{Cause:review Lines:[]}

awaiting, late
  judged                               ·
`

// TestRead guards that the table is read as its writer meant it.
func TestRead(t *testing.T) {
	t.Parallel()
	got, err := drawing.Read(small)
	if err != nil {
		t.Fatal(err)
	}
	want := []drawing.Line{
		{State: "awaiting", Event: "asked", Cell: drawing.Cell{To: "awaiting", Changes: "wait=30s"}},
		{
			State: "awaiting", Event: "judged", Variant: []drawing.Field{{Name: "verdict", Value: "charge"}, {Name: "lines", Value: "some"}},
			Cell: drawing.Cell{To: "ended", Outcome: "charged", Effects: "Settle, EndLease"},
		},
		{
			State: "awaiting", Event: "judged", Variant: []drawing.Field{{Name: "verdict", Value: "not told"}, {Name: "lines", Value: "none"}},
			Cell: drawing.Cell{To: "ended", Outcome: "canceled", Effects: "OpenCase (review)"},
		},
		{State: "awaiting", Note: "late", Event: "judged"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"  asked  awaiting\n", "awaiting\n  asked\n"} {
		if _, err := drawing.Read(bad); err == nil || !strings.Contains(err.Error(), "line") {
			t.Errorf("Read(%q) = %v, want an error with its line", bad, err)
		}
	}
}

// TestMachine_Edges guards that a label names what an event must say to lead there, and no more.
func TestMachine_Edges(t *testing.T) {
	t.Parallel()
	lines, err := drawing.Read(`opening
  answered {Result:done Door:open}     open
  answered {Result:done Door:closed}   opening wait=2s
  answered {Result:failed Door:open}   opening wait=2s
  answered {Result:failed Door:closed} opening wait=2s
  decided {Lines:[]}                   ended
  decided {Lines:[{Lane:7}]}           opening unlocked

open
  decided                              ended

ended
  decided                              ·
`)
	if err != nil {
		t.Fatal(err)
	}
	m := drawing.Arrange(lines)
	want := []drawing.Edge{
		{From: "opening", To: "open", Labels: []string{"answered: result done; door open"}},
		{From: "opening", To: "ended", Labels: []string{"decided: lines none"}},
		{From: "open", To: "ended", Labels: []string{"decided"}},
	}
	if diff := cmp.Diff(want, m.Edges()); diff != "" {
		t.Errorf("Edges (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"answered", "decided"}, m.Loops("opening")); diff != "" {
		t.Errorf("Loops (-want +got):\n%s", diff)
	}
}
