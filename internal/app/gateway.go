package app

import (
	"context"
	"fmt"
	"sync"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/edge/link"
	"larder/internal/edge/link/driver"
	"larder/internal/run"
)

// door is what stands between the cabinets' gateway and the rooms: it implements [link.Handler].
type door struct {
	cabinets *cabinet.Service
	floor    *run.Floor

	mu   sync.Mutex // guards orgs
	orgs map[larder.CabinetID]larder.OrgID
}

func newDoor(cabinets *cabinet.Service, floor *run.Floor) *door {
	return &door{cabinets: cabinets, floor: floor, orgs: map[larder.CabinetID]larder.OrgID{}}
}

var _ link.Handler = (*door)(nil)

// Credential implements [link.Handler]. It remembers whose the cabinet is for the connection that
// follows; there are as many as registered cabinets.
func (d *door) Credential(ctx context.Context, serial string) (link.Credential, error) {
	c, key, err := d.cabinets.Credential(ctx, serial)
	if err != nil {
		return link.Credential{}, err
	}
	d.mu.Lock()
	d.orgs[c.ID] = c.Org
	d.mu.Unlock()
	return link.Credential{Cabinet: c.ID, Key: driver.Secret(key), Model: c.Model}, nil
}

// Connected implements [link.Handler]: the rows know the connection before the floor does.
func (d *door) Connected(ctx context.Context, h link.Hello) (link.Grant, error) {
	epoch, durable, err := d.cabinets.Connect(ctx, h.Cabinet, h.Boot)
	if err != nil {
		return link.Grant{}, fmt.Errorf("cabinet %s connects: %w", h.Cabinet, err)
	}
	d.mu.Lock()
	org := d.orgs[h.Cabinet]
	d.mu.Unlock()
	d.floor.Connected(h.Cabinet, org, epoch)
	return link.Grant{Epoch: epoch, DurableSeq: durable}, nil
}

// Disconnected implements [link.Handler].
func (d *door) Disconnected(cabinet larder.CabinetID, epoch int64, _ string) {
	d.floor.Disconnected(cabinet, epoch)
}

// Heartbeat implements [link.Handler]: presence is proven by a ping when it matters, and a beat only
// keeps the connection.
func (d *door) Heartbeat(larder.CabinetID, int64) {}

// Event implements [link.Handler].
func (d *door) Event(ctx context.Context, epoch int64, ev larder.DoorEvent) error {
	return d.floor.Event(ctx, epoch, ev)
}

// Readings implements [link.Handler].
func (d *door) Readings(epoch int64, r larder.Readings) { d.floor.Readings(epoch, r) }

// Answer implements [link.Handler].
func (d *door) Answer(_ context.Context, a larder.Answer) { d.floor.Answer(a) }
