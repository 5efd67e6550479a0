package cabinet

import (
	"context"
	"fmt"
	"math"

	"larder"
)

// Connect makes a connection of an active cabinet the one that counts: epoch is above every earlier
// one of the cabinet, and the events 1..durable of this boot are committed. The error is of code
// not_found for a cabinet that is unknown or retired, conflict if another connection came in between.
func (s *Service) Connect(ctx context.Context, id larder.CabinetID, boot uint64) (epoch int64, durable uint64, err error) {
	if boot == 0 || boot > math.MaxInt64 {
		return 0, 0, larder.E(larder.CodeInvalid, "field", "boot", "reason", "out of range")
	}
	err = s.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		epoch, durable, err = s.connectTx(ctx, tx, id, boot)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("cabinet: connect %s: %w", id, err)
	}
	return epoch, durable, nil
}

func (s *Service) connectTx(ctx context.Context, tx larder.Tx, id larder.CabinetID, boot uint64) (epoch int64, durable uint64, err error) {
	c, err := s.store.Active(ctx, tx, id)
	if err != nil {
		return 0, 0, err
	}
	before, err := s.store.Epoch(ctx, tx, id)
	if err != nil {
		return 0, 0, err
	}
	epoch = larder.NextFence(s.ids, before)
	put, err := s.store.PutConnection(ctx, tx, Connection{
		Cabinet: id, Org: c.Org, Epoch: epoch, Boot: boot, At: larder.MillisOf(tx.Now()),
	})
	if err != nil {
		return 0, 0, err
	}
	if !put {
		return 0, 0, larder.Wrap(larder.CodeConflict, fmt.Errorf("epoch %d is not above the current one", epoch))
	}
	durable, err = s.store.DurableSeq(ctx, tx, id, boot)
	return epoch, durable, err
}

// AddEventTx keeps a durable event of a cabinet of org; fresh is false if it had been kept before,
// which is what a replay after an outage looks like.
func (s *Service) AddEventTx(ctx context.Context, tx larder.Tx, org larder.OrgID, ev larder.DoorEvent) (fresh bool, err error) {
	if err := checkEvent(ev); err != nil {
		return false, err
	}
	fresh, err = s.store.AddEvent(ctx, tx, org, ev)
	if err != nil {
		return false, fmt.Errorf("cabinet: keep event %d of boot %d of %s: %w", ev.Seq, ev.Boot, ev.Cabinet, err)
	}
	return fresh, nil
}

// checkEvent refuses what the columns could not hold.
func checkEvent(ev larder.DoorEvent) error {
	var field string
	switch {
	case ev.Boot == 0 || ev.Boot > math.MaxInt64:
		field = "boot"
	case ev.Seq == 0 || ev.Seq > math.MaxInt64:
		field = "seq"
	case ev.Door < 1:
		field = "door"
	case ev.Kind != larder.DoorOpened && ev.Kind != larder.DoorShut && ev.Kind != larder.DoorForced:
		field = "kind"
	default:
		return nil
	}
	return larder.E(larder.CodeInvalid, "field", field, "reason", "out of range")
}
