// Package compare says which sessions two judges bill differently: two policies, two versions of the
// rules, two files of verdicts.
//
// It owns [Report], which takes the verdicts of both on one session after the other and adds up what
// changes hands between charge, no charge and review, and the money. The command line calls it. It
// imports the standard library, the dictionary and weigh, and does no I/O.
//
// It guarantees: two verdicts bill the same if they are of the same kind and, where they charge, for
// the same counts of the same lanes; what a review suggests bills nothing and is counted apart; the
// same verdicts give the same report.
//
// 中文名：裁决对比。
package compare
