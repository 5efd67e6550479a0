package larder

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Legible reports whether text may be kept for people to read: it is UTF-8 and has no controls, NUL
// among them, which a server's database cannot keep and which would write over a terminal, and no
// replacement character, which stands where something was lost. Every room asks it of the names that
// it takes.
func Legible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}
