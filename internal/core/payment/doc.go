// Package payment is the room of 支付: what the customer allowed, what was asked for, what was
// collected.
//
// It owns the payment row and its states, and the [Provider] port that adapters implement. visit
// moves a payment inside its transactions; nobody else does. It guarantees that every outcome is
// taken once, from whichever of answer, callback, query or bill comes first, and that a payment is
// authorized or canceled, never both.
package payment
