// Package sandbox is a server of our own that imitates WeChat Pay's wire: pay score's service
// orders, platform certificates, callbacks, and a mini-program's login. Production code never
// knows that it is one.
//
// It owns pretended merchants, customers and orders, in memory and bounded. It is strict: a
// request whose signature does not verify over the raw bytes received changes nothing, an unknown
// field is an error, a repetition that differs is refused. It signs what it answers, signs and
// encrypts what it calls back, and repeats callbacks on the provider's schedule.
//
// The person with the phone is played through methods ([Server.Confirm], [Server.Pay], …) or over
// HTTP under /control/, which answers loopback only and asks for no password. Faults are switched
// on with [Server.Inject]; each counts how often it fired, and [Server.Unfired] names those that
// never did. Every request is recorded ([Server.Requests]).
//
// Who may use it: tests, internal/sim, the demo and the benchmark. It imports no other edge.
//
// 中文名：支付沙箱。
package sandbox
