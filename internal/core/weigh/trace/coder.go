package trace

import "errors"

// The range coder: an interval of 32 bits is divided in proportion to how likely the next flag is set,
// and the part that was true is divided further; what is written is a number inside of the last one.
// Whenever the interval is smaller than 2^24 a byte of it is settled.
const settled = 1 << 24

// errShort says that the stream ends before the recording does.
var errShort = errors.New("it ends too early")

// flag is how likely a flag is clear, in 1/65,536, as the difference from a half; it learns from each
// one that it has coded, quickly at first. Its zero value is ready.
type flag struct {
	offset int16
	seen   uint8
}

// rates are the shares, as powers of a half, by which a flag learns from its n-th use on.
var rates = [...]uint8{1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6}

func (f *flag) clear() uint32 { return uint32(int32(f.offset) + 1<<15) } //nolint:gosec // within 1..65,535: see learn

// learn moves the likelihood towards what came; it never reaches certainty, since a share of the rest
// is rounded down.
func (f *flag) learn(set bool) {
	p, rate := int32(f.offset)+1<<15, rates[f.seen]
	if set {
		p -= p >> rate
	} else {
		p += (1<<16 - 1 - p) >> rate
	}
	f.offset = int16(p - 1<<15) //nolint:gosec // p is within 1..65,535
	if int(f.seen) < len(rates)-1 {
		f.seen++
	}
}

// encoder writes flags.
type encoder struct {
	out    []byte
	low    uint64 // of the interval; bit 32 is a carry into what is held back
	size   uint32 // of the interval
	held   byte   // a byte that a carry may still change,
	behind int    // and how many 255s behind it
	begun  bool   // held is a byte of the stream
}

func newEncoder(out []byte) *encoder { return &encoder{out: out, size: 1<<32 - 1} }

func (e *encoder) flag(f *flag, set bool) {
	bound := (e.size >> 16) * f.clear()
	if set {
		e.low += uint64(bound)
		e.size -= bound
	} else {
		e.size = bound
	}
	f.learn(set)
	for e.size < settled {
		e.shift()
	}
}

// plain writes a flag of which nothing is known.
func (e *encoder) plain(set bool) {
	e.size >>= 1
	if set {
		e.low += uint64(e.size)
	}
	for e.size < settled {
		e.shift()
	}
}

// shift settles the upper byte of the interval.
func (e *encoder) shift() {
	if carry := byte(e.low >> 32 & 1); carry != 0 || e.low < 0xff<<24 {
		if e.begun {
			e.out = append(e.out, e.held+carry)
		}
		for ; e.behind > 0; e.behind-- {
			e.out = append(e.out, 0xff+carry)
		}
		e.held, e.begun = byte(e.low>>24&0xff), true
	} else {
		e.behind++
	}
	e.low = e.low & (1<<24 - 1) << 8
	e.size <<= 8
}

// finish returns everything written, with what was behind.
func (e *encoder) finish() []byte {
	for range 5 {
		e.shift()
	}
	return e.out
}

// decoder reads what encoder wrote. Once the stream is short it says clear, and err is errShort.
type decoder struct {
	in   []byte
	code uint32 // of the stream, less the interval's low end
	size uint32
	err  error
}

func newDecoder(in []byte) *decoder {
	d := &decoder{in: in, size: 1<<32 - 1}
	for range 4 {
		d.next()
	}
	return d
}

func (d *decoder) next() {
	if len(d.in) == 0 {
		d.err = errShort
		d.code <<= 8
		return
	}
	d.code = d.code<<8 | uint32(d.in[0])
	d.in = d.in[1:]
}

func (d *decoder) flag(f *flag) bool {
	bound := (d.size >> 16) * f.clear()
	set := d.code >= bound
	if set {
		d.code -= bound
		d.size -= bound
	} else {
		d.size = bound
	}
	f.learn(set)
	d.settle()
	return set
}

func (d *decoder) plain() bool {
	d.size >>= 1
	set := d.code >= d.size
	if set {
		d.code -= d.size
	}
	d.settle()
	return set
}

func (d *decoder) settle() {
	for d.size < settled {
		d.size <<= 8
		d.next()
	}
}
