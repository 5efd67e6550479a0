// Package phone is a shopper's app that is not real: it speaks the public API, over HTTP, as the
// app on a phone does.
//
// It owns [App] (sign in, scan, start, follow, receipt), its patience with a platform that is gone
// for a moment, and what it reads of the API's answers ([Visit], [Receipt]): types of its own,
// because an app knows the API by its documents. Whoever simulates shoppers may call it: the
// benchmark, crash and fault tests. It imports the dictionary and nothing else of Larder.
//
// It guarantees that nothing here sleeps without a deadline, that a request is repeated only where
// the API says that a repetition is harmless, and that a view it shows is never older than one it
// has shown.
//
// 中文名：仿真手机。
package phone
