// Package ledger is the room of 账务: accounts and double-entry postings.
//
// It owns accounts, journals and postings; visit posts, customer opens accounts. It guarantees that
// the postings of a journal sum to zero, that a journal is written once per kind and reference, and
// that an account's balance is the sum of its postings.
//
// 中文名：账务。
package ledger
