// Package tell puts a session into words for people: what each scale showed, what changed and when,
// what that means, what may have happened, what was waited for, and why a person has to look.
//
// It owns [Text] and the phrases of each [Language]. Whoever explains a bill calls it: the command
// line, later support and the receipt. It imports the standard library, the dictionary, weigh and
// study, and does no I/O.
//
// It guarantees: someone who has never seen a scale curve understands it; every language says the same; the same
// session gives the same text; numbers are the recognizer's own, rounded for people.
//
// 中文名：会话解说。
package tell
