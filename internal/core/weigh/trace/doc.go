// Package trace keeps sessions small: it packs a [weigh.Recording], which is everything that the
// recognizer was told, into a few hundred bytes, and unpacks exactly that.
//
// It owns the stored form: [Encode], [Decode] and its version. run stores traces, the command line
// reads them. It imports the standard library, the dictionary and weigh, and does no I/O.
//
// It guarantees: what comes out is what went in, to the bit, in the same order, with repetitions, late
// readings, NaN and whatever else a converter says; the same recording gives the same bytes on every
// machine and under every version of Go; bytes that were not written by [Encode] give an error and
// never a panic, and no more memory than a full recognizer has.
//
// # Form
//
//	byte 0       'W', with which no deflated stream begins (it is how version 0 is told apart)
//	byte 1       version, 1
//	…            the recording, entropy coded
//	last 4       CRC-32C of all before, little-endian
//
// What lies between is one stream of an adaptive binary range coder (coder.go), so that a flag that
// is always the same costs next to nothing. Numbers are a length in bits, found in a tree of adaptive
// flags, and then those bits, of which the two upper ones adapt, too (number.go); signed ones are
// zigzagged. In the order of the stream: rules, policy and name of the session; when it was decided;
// the resolution of the masses; how many lanes, readings and messages of the door; the lanes (name,
// shelf and stock as differences from the lane before, price, unit mass, its spread, noise, whether it
// is in quarantine); the door's messages, each with how many readings had been told before it; the
// readings.
//
// A reading is its number, its two times, and a mass for each lane. Numbers are differences. The
// cabinet's time is predicted from the cadence, the platform's from the last delay. A mass is a whole
// number of resolutions — 1 g, 0.1 g, 0.01 g or 1 mg, whichever most masses of the recording are
// whole numbers of — and is coded as the difference from a slow mean of its lane, under flags that
// depend on how much the lane moved lately: a lane at rest costs its noise and nothing
// else, and one that repeats a value nearly nothing. What is no such number is an exception: no mass,
// a number of milligrams, or the 64 bits of a float.
//
// 中文名：称重记录。
package trace
