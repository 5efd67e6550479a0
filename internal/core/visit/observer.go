package visit

import "larder/internal/core/payment"

// Observer is told what visits do, for metrics and logs. Its methods are quick and safe for
// concurrent use; they may be called twice when a transaction is run again.
type Observer interface {
	// Notice: a callback was verified (cause "") or refused; cause is a bounded word.
	Notice(provider, cause string)
	// Provider: what a provider's word did to a payment.
	Provider(provider string, change payment.Change)
	// Settled: an order was settled with so many lines.
	Settled(lines int)
}

type silent struct{}

func (silent) Notice(string, string)           {}
func (silent) Provider(string, payment.Change) {}
func (silent) Settled(int)                     {}
