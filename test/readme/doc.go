// Package readme holds what a newcomer reads first to the truth: README.md and README.zh-CN.md say
// the same, and the commands and targets that they name exist.
//
// It owns nothing but these tests; nobody imports it.
package readme
