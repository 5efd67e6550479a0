// Package separable is the room of 称重's answer before anything is sold: can this lane's scale tell
// these goods apart? 中文名：可分性。
//
// It owns the prediction ([Judge], [Lane.Confused], [Lane.Miscount]), the rule that keeps goods which
// are too light out of a weight lane ([LeastMass]), the reader of a cabinet's description ([Read])
// and the table for people ([Report.WriteTable]). Whoever publishes a planogram asks it before: app
// for `larder load` and `larder weigh separable` today, api for the console's drafts when there are
// some. The recognizer, which judges what has happened and not what might, never does.
//
// It guarantees: the same lanes give the same report, to the byte; a probability lies in 0..1 whatever
// the lane; an error names the lane and the key that is wrong. Twenty lanes take milliseconds, 400
// that all hold the same goods two seconds.
//
// How it reckons. n pieces weigh n unit masses and an error: the noise of two levels, what the
// pieces differ by (√n), what is not known of their mean (n), where the goods seat themselves anew at
// each touch, now and then by 3 to 8 g, and now and then a piece that is far off. A count is wrong
// when the error passes half a unit mass. docs/weighing.md has the sources of the constants;
// test/weighing plays them against the simulated cabinet.
package separable
