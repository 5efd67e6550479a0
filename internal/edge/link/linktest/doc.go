// Package linktest is the conformance kit of cabinet links: what every driver ([Driver]) and every
// gateway ([Gateway]) has to show before it carries a door. It also has the two ends that such
// tests need: a scripted [Cabinet] and a recording [Handler].
//
// Only tests import it. A kit names the requirement or fault that each of its cases guards.
//
// 中文名：接入验收。
package linktest
