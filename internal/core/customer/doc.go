// Package customer is the room of 用户: who shops, and as whom each payment provider knows them.
//
// It owns customers and their identities at providers; both belong to the platform, not to an
// organization. api signs customers in through it; visit asks it whom a provider should charge.
//
// It guarantees that a customer exists only together with an identity and a money account, made in
// one transaction (CU1): one without an account could not pay. One identity is one customer, however
// many phones sign in with it at the same moment.
//
// 中文名：用户。
package customer
