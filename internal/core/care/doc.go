// Package care is the room of 异常客服: what a machine cannot know and a person must judge.
//
// It owns cases. visit opens them through its port, staff read and decide them through the API, and
// the policy decides what nobody decided by the deadline: in the shopper's favor (AC5). It
// guarantees one case per cause and subject, one open case per cause and door, one decision per case, an audit row in the transaction
// of every decision, and that each open case has an owner and a deadline.
//
// 中文名：异常客服。
package care
