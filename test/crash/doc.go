// Package crash kills the real program.
//
// It owns the proof that whatever instant `larder serve` dies at, its next start brings the purchase
// to an end: charged for what was taken and nothing else, released, or a case, with clean books.
// Cabinets, shoppers and the payment provider live in the test's process and go on, as they do in
// the world; they say when to kill.
//
// 中文名：崩溃测试。
package crash
