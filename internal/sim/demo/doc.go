// Package demo is a small world to try Larder in: five simulated cabinets full of goods, people with
// pretended phones, the payment provider's sandbox, and one page to play with all of it.
//
// It owns [Fleet] (what shall be registered, as data), [World] (the machines, people and provider
// that then live), the page at "/" with its control under "/demo/", and [Once], one purchase without
// a browser. internal/app calls it for `larder demo` and nobody else does.
//
// It guarantees that it reaches the platform only as everybody does: cabinets over TCP, shoppers
// over HTTP, the provider's callbacks over HTTP. The control plays hands, doors, cables and the
// provider's page, answers loopback only, and can do nothing on the platform. What happens is drawn
// from the seed; secrets and openids come from crypto/rand. Nothing sleeps: it waits for events,
// each with a deadline.
//
// 中文名：演示。
package demo
