package tcp

import (
	"maps"
	"net/netip"
	"sync"
	"time"
)

// Failed proofs: this many are forgiven at once, then one each interval. 10,000 cabinets behind one
// address do not notice as long as they hold their keys.
const (
	failureBurst    = 30
	failureInterval = 2 * time.Second
	maxAddresses    = 4096 // remembered at once; beyond that addresses share one account
)

// failures limits failed proofs per remote address (S6).
type failures struct {
	now func() time.Time

	mu   sync.Mutex               // guards paid
	paid map[netip.Addr]time.Time // when an address has paid for its failures; at most maxAddresses + 1
}

func newFailures(now func() time.Time) *failures {
	return &failures{now: now, paid: map[netip.Addr]time.Time{}}
}

// allowed reports whether an address may try again.
func (f *failures) allowed(host netip.Addr) bool {
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.paid[f.account(host)].Sub(now) <= (failureBurst-1)*failureInterval
}

// count charges an address for a failure.
func (f *failures) count(host netip.Addr) {
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.paid) >= maxAddresses {
		maps.DeleteFunc(f.paid, func(_ netip.Addr, paid time.Time) bool { return paid.Before(now) })
	}
	host = f.account(host)
	paid := f.paid[host]
	if paid.Before(now) {
		paid = now
	}
	f.paid[host] = paid.Add(failureInterval)
}

// account returns the address's own account, or the one that strangers share when the table is full.
func (f *failures) account(host netip.Addr) netip.Addr {
	if _, known := f.paid[host]; known || len(f.paid) < maxAddresses {
		return host
	}
	return netip.Addr{}
}
