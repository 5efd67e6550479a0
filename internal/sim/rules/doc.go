// Package rules is the seeded simulator without a store: the state machine of a session, the states of
// a payment and the sums of a bill, thousands of visits a second, with everything around them scripted.
//
// It owns a visit's rows as values in memory, a bank, a lock, a shopper and a person who decides, and
// an order of events that chance disturbs. The rules in it are production's: [session.Step],
// [payment.Apply], [order.Price]. It shows that no order, repetition or loss of messages leads them to
// a state that they must not reach, and that every visit ends. It does not show what package trial is
// for: transactions, SQL, leases between shoppers, the effects engine, the recognizer (verdicts are
// scripted by the truth), the wire. What binds the rules together (which effect of a step asks for
// which money) is [visit]'s in production and retold here in one page, in carry.go.
//
// internal/app calls [Run]; nobody else does. The same seed on the same commit gives the same history.
//
// 中文名：规则仿真。
package rules
