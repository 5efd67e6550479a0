package larder_test

import (
	"testing"

	"larder"
)

// One rule says which names are taken, from a file as from the command line.
func TestLegible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, "Cola 330 ml": true, "可乐 330 毫升": true, "é 🥤": true,
		"a\x00b": false, "a\nb": false, "\x1b[2J": false, "\u0085": false, "\x7f": false, "\xbf\xc9": false, "a\ufffdb": false,
	} {
		if larder.Legible(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
