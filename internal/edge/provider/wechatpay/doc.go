// Package wechatpay speaks WeChat Pay's pay score (支付分), confirm-each-order and pay-later, for
// the port payment.Provider, and a mini-program's login for the port customer.IdentityProvider.
//
// It owns the wire: the official SDK's core signs our requests and verifies answers and callbacks,
// the shapes of the orders are ours. app builds one [Client] for each merchant and one [Login] for
// each mini-program; nobody else calls it, and it imports no other edge.
//
// It guarantees: the same request is sent byte for byte the same (signature, nonce and timestamp
// aside); a verified answer about another order is no answer; a state is judged by the triple
// state, state_description and collection.state, and a triple that is not in the table is an error
// that names it; an answer outside 2xx is a hint; what the SDK says about a failure, which quotes
// headers and bodies, reaches neither a log nor a caller; every call is counted and timed.
//
// Assumptions that no contract of the provider settles: openid may be sent with
// need_user_confirm; a cancellation while the order is being paid is never relied on; an empty
// visit is canceled, not completed with 0.
//
// 中文名：微信支付分适配器。
package wechatpay
