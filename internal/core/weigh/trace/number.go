package trace

import "math/bits"

// stream writes or reads: the form is described once, for both directions. Each method takes the value
// to write, which is ignored when reading, and returns the value written or read.
type stream struct {
	out *encoder // nil when reading
	in  *decoder // nil when writing
}

func (s *stream) flag(f *flag, set bool) bool {
	if s.out == nil {
		return s.in.flag(f)
	}
	s.out.flag(f, set)
	return set
}

// plain carries the lower n bits of v as they are.
func (s *stream) plain(v uint64, n int) uint64 {
	var got uint64
	for i := n - 1; i >= 0; i-- {
		set := v>>i&1 == 1
		if s.out == nil {
			set = s.in.plain()
		} else {
			s.out.plain(set)
		}
		got <<= 1
		if set {
			got |= 1
		}
	}
	return got
}

// number is what is known of one kind of numbers.
type number struct {
	size  [128]flag   // tree of the length in bits, 0..64
	upper [16][4]flag // by the length, the long ones together: the two bits below the leading one
}

// tree carries the lower n bits of v, each under the flag of what came before.
func (s *stream) tree(flags []flag, v uint64, n int) uint64 {
	at := 1
	for i := n - 1; i >= 0; i-- {
		set := s.flag(&flags[at], v>>i&1 == 1)
		at <<= 1
		if set {
			at |= 1
		}
	}
	return uint64(at - 1<<n) //nolint:gosec // at has n bits behind a leading one
}

// uint carries a number.
func (s *stream) uint(m *number, v uint64) uint64 {
	n := int(s.tree(m.size[:], uint64(bits.Len64(v)), 7)) //nolint:gosec // at most 127
	if n < 2 {
		return uint64(n) //nolint:gosec // 0 or 1
	}
	n = min(n, 64)
	top := min(n-1, 2)
	low := n - 1 - top
	got := 1<<top | s.tree(m.upper[min(n, len(m.upper)-1)][:], v>>low&(1<<top-1), top)
	return got<<low | s.plain(v, low)
}

// int carries a signed number: 0, -1, 1, -2, 2 as 0, 1, 2, 3, 4.
func (s *stream) int(m *number, v int64) int64 {
	u := s.uint(m, uint64(v)<<1^uint64(v>>63)) //nolint:gosec // zigzag
	return int64(u>>1) ^ -int64(u&1)           //nolint:gosec // zigzag
}
