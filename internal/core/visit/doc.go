// Package visit is the room of 一次购物: every transaction of a purchase that spans rooms.
//
// It owns no table but the requests that may be repeated; it opens the transactions in which
// session, order, stock, ledger and payment move together: start, what the provider says, what the
// door says, the verdict, the decision of a person. api, run and care call it. It guarantees that
// each of these happens wholly or not at all, that what must be done in the world afterwards is a
// row of the same transaction ([EffectSink]), and that whatever a machine cannot know becomes a case
// ([CaseOpener]).
//
// 中文名：一次购物。
package visit
