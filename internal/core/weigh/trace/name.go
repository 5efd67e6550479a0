package trace

import "strconv"

// forms of a name, which is a piece of JSON.
const (
	quoted uint64 = iota // "123", as ids are
	bare                 // 123
	text                 // anything else
)

// longest is how many bytes a name, and the name of rules or of a policy, may have.
const longest = 255

// names codes the names of a session and of its lanes: ids mostly, and those of lanes that were
// registered together are neighbors.
type names struct {
	form [4]flag
	step number
	last uint64
	text texts
}

func (c *names) carry(s *stream, name string) (string, error) {
	form, n := readName(name)
	switch s.tree(c.form[:], form, 2) {
	case quoted:
		return `"` + strconv.FormatUint(c.next(s, n), 10) + `"`, nil
	case bare:
		return strconv.FormatUint(c.next(s, n), 10), nil
	default:
		return c.text.carry(s, name)
	}
}

// next carries a number as the difference from the one before.
func (c *names) next(s *stream, n uint64) uint64 {
	c.last += uint64(s.int(&c.step, int64(n-c.last))) //nolint:gosec // wraps around, both ways alike
	return c.last
}

// readName returns the form of a name, and its number if it is one that is written as numbers are.
func readName(name string) (form, n uint64) {
	digits, form := name, bare
	if len(name) > 2 && name[0] == '"' && name[len(name)-1] == '"' {
		digits, form = name[1:len(name)-1], quoted
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != digits {
		return text, 0
	}
	return form, n
}

// texts codes pieces of text.
type texts struct {
	length number
	letter [256]flag
}

func (c *texts) carry(s *stream, t string) (string, error) {
	n := s.uint(&c.length, uint64(len(t)))
	if n > longest {
		return "", tooMany("bytes of text", n, longest)
	}
	out := make([]byte, n)
	for i := range out {
		if i < len(t) {
			out[i] = t[i]
		}
		out[i] = byte(s.tree(c.letter[:], uint64(out[i]), 8)) //nolint:gosec // 8 bits
	}
	return string(out), nil
}
