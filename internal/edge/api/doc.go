// Package api is HTTP: what customers, the console, integrators and payment providers may ask.
//
// It owns the routes below /v1, the problem that every refusal becomes, and the OpenAPI document
// that describes both. app builds it with [New] and mounts it; everything it asks of other rooms
// goes through the ports in ports.go. Handlers write intentions and read views; the one question
// they put to a cabinet is a ping ([Prover]), which changes nothing.
//
// It guarantees that
//   - no route exists without a [Policy]: [Register] is the only way in, and the mux refuses every
//     pattern that did not come through it;
//   - the policy is checked before anything of the request is parsed;
//   - scope comes from the signed-in [larder.Actor], never from a parameter;
//   - every refusal is application/problem+json with a code of one table, in Chinese or English, and
//     says nothing of what is inside;
//   - bodies, nesting, time and attempts are bounded, and so is the memory that counts attempts.
//
// 中文名：接口。
package api
