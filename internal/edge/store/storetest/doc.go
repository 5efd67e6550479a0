// Package storetest is the suite that every engine of the store passes: what [larder.Transactor]
// promises, in cases that name the requirement or fault they guard.
//
// Tests of engines call [Run]; nothing else imports it. Cases run in synctest bubbles, so "is queued"
// and "is waiting" are events and not sleeps; the engine is opened inside the bubble. What an engine
// cannot do, by design and not by mistake, it says in [Capabilities]; there are no skipped cases.
//
// 中文名：存储验收。
package storetest
