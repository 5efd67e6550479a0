package tcp

import (
	"sync"

	"larder"
	"larder/internal/edge/link/driver"
)

// pings matches pongs with those who wait for them on one connection.
type pings struct {
	mu      sync.Mutex // guards what follows
	last    uint64     // the latest nonce
	waiting map[uint64]chan driver.Pong
}

func newPings() *pings { return &pings{waiting: map[uint64]chan driver.Pong{}} }

// begin returns a fresh nonce and where its pong will arrive; the error is of code overload where
// too many wait already. The caller ends it.
func (p *pings) begin() (uint64, <-chan driver.Pong, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) >= maxPings {
		return 0, nil, larder.E(larder.CodeOverload)
	}
	p.last++
	pong := make(chan driver.Pong, 1)
	p.waiting[p.last] = pong
	return p.last, pong, nil
}

// end forgets a nonce.
func (p *pings) end(nonce uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, nonce)
}

// deliver hands a pong to whom it is for; one that nobody waits for is dropped.
func (p *pings) deliver(pong driver.Pong) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if waiting, ok := p.waiting[pong.Nonce]; ok {
		waiting <- pong // has room: a nonce is delivered once
		delete(p.waiting, pong.Nonce)
	}
}
