// Package study takes a judged session apart for people: what each lane weighed, when it changed, how
// many pieces that is, and which lanes matter.
//
// It owns [Session], from which the pictures (package plot) and the words (package tell) are made, so
// that both say the same. The command line and the accuracy page call it, the console will. It imports
// the standard library, the dictionary and weigh, and does no I/O.
//
// It guarantees: the verdict shown is the recognizer's own and nothing here changes it; the same
// recording and verdict give the same study; garbage of converters is no point of it.
//
// 中文名：会话剖析。
package study
