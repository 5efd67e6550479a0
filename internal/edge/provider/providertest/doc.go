// Package providertest is the conformance suite of payment providers: what every adapter must do
// together with the server that imitates its provider.
//
// It owns the suite and nothing else. Tests of adapters call [Run]; production code never imports
// it. It knows no wire: a [Harness] plays the customer, loses requests and answers, and hands over
// callbacks as they arrive. Each outside effect is tried three ways: it works, it fails, it works
// and the answer is lost.
//
// 中文名：支付通道一致性测试。
package providertest
