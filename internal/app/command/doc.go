// Package command is the command line: a file for each command, and the rules that all of them share.
//
// It owns the names of commands and flags, their help, and the exit status: 0 done, 1 failed or
// something was found to be wrong, 2 the command line or a setting is wrong and nothing was started.
// Only cmd/larder and tests call it.
//
// It guarantees: results go to standard output and everything else to standard error; the end of the
// context stops every command; nothing here ends the process, so tests run it in theirs.
//
// 中文名：命令行。
package command
