package tcp

import (
	"sync"

	"larder"
)

// fleet knows the current connection of each cabinet. A cabinet's latest epoch stays known after
// its connection has ended, so that a command can be told "offline" from "moved on"; it is as large
// as the number of registered cabinets that this process has seen.
type fleet struct {
	mu     sync.RWMutex // guards what follows
	places map[larder.CabinetID]place
	owner  map[int64]larder.CabinetID // by the latest epoch of each cabinet
}

// place is where a cabinet is.
type place struct {
	conn  *connection // nil: offline
	epoch int64       // of the latest connection
}

func newFleet() *fleet {
	return &fleet{places: map[larder.CabinetID]place{}, owner: map[int64]larder.CabinetID{}}
}

// enter makes c its cabinet's current connection, unless one with a later epoch has come first, or
// another cabinet has this epoch: then the cabinet comes again and gets another. It returns the
// connection that c replaces, or nil, and whether c is the current one.
func (f *fleet) enter(c *connection) (older *connection, current bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.places[c.cabinet.ID]
	if _, taken := f.owner[c.cabinet.Epoch]; taken || was.epoch >= c.cabinet.Epoch {
		return nil, false
	}
	delete(f.owner, was.epoch)
	f.places[c.cabinet.ID] = place{conn: c, epoch: c.cabinet.Epoch}
	f.owner[c.cabinet.Epoch] = c.cabinet.ID
	return was.conn, true
}

// leave takes c out if it is still its cabinet's current connection.
func (f *fleet) leave(c *connection) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if was := f.places[c.cabinet.ID]; was.conn == c {
		f.places[c.cabinet.ID] = place{epoch: was.epoch}
	}
}

// of returns a cabinet's current connection; without one the error is of code cabinet_offline.
func (f *fleet) of(cabinet larder.CabinetID) (*connection, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if c := f.places[cabinet].conn; c != nil {
		return c, nil
	}
	return nil, larder.E(larder.CodeOffline)
}

// at returns the connection of an epoch. The error is of code conflict if the epoch is no cabinet's
// latest, and cabinet_offline if that connection has ended.
func (f *fleet) at(epoch int64) (*connection, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	cabinet, known := f.owner[epoch]
	if !known {
		return nil, larder.E(larder.CodeConflict, "epoch", epoch)
	}
	if c := f.places[cabinet].conn; c != nil {
		return c, nil
	}
	return nil, larder.E(larder.CodeOffline)
}
