package cabinet

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"larder"
)

// Registration is a cabinet to be registered.
type Registration struct {
	Serial, Model string // 1 to 64 bytes of printable ASCII, as on the wire
	Name, Place   string // 1 to 100 bytes, legible
	Key           []byte // 32 bytes that the cabinet shares with the platform alone
	Doors         []NewDoor
}

// NewDoor is a door to be registered; its number is its place in the registration, from 1.
type NewDoor struct {
	Lanes []NewLane
}

// NewLane is a lane to be registered; lanes are numbered from 1 through all doors in order.
type NewLane struct {
	Shelf int         // from 1
	Noise larder.Gram // above 0
}

const (
	keyBytes   = 32 // of the link's handshake (docs/protocol.md)
	tokenBytes = 20 // 160 bits; S24 asks for 128
	wireBytes  = 64 // longest serial number and model on the wire
	textBytes  = 100
	maxDoors   = 16
	maxLanes   = 256 // of one cabinet: a frame of readings carries them all
)

// LogValue leaves the key out.
func (r Registration) LogValue() slog.Value {
	return slog.GroupValue(slog.String("serial_no", r.Serial), slog.String("model", r.Model))
}

// check says what is wrong with a registration.
func (r Registration) check() error {
	switch {
	case !printable(r.Serial):
		return invalid("serial")
	case !printable(r.Model):
		return invalid("model")
	case r.Name == "" || len(r.Name) > textBytes:
		return invalid("name")
	case r.Place == "" || len(r.Place) > textBytes:
		return invalid("place")
	case !larder.Legible(r.Name):
		return larder.E(larder.CodeInvalid, "field", "name", "reason", "illegible")
	case !larder.Legible(r.Place):
		return larder.E(larder.CodeInvalid, "field", "place", "reason", "illegible")
	case len(r.Key) != keyBytes:
		return invalid("key")
	case len(r.Doors) == 0 || len(r.Doors) > maxDoors:
		return invalid("doors")
	}
	return checkLanes(r.Doors)
}

func checkLanes(doors []NewDoor) error {
	total := 0
	for i, d := range doors {
		if len(d.Lanes) == 0 {
			return invalid(fmt.Sprintf("doors[%d].lanes", i))
		}
		for j, l := range d.Lanes {
			if l.Shelf < 1 || !l.Noise.Known() || l.Noise.Milligrams() <= 0 {
				return invalid(fmt.Sprintf("doors[%d].lanes[%d]", i, j))
			}
		}
		total += len(d.Lanes)
	}
	if total > maxLanes {
		return invalid("lanes")
	}
	return nil
}

func invalid(field string) error {
	return larder.E(larder.CodeInvalid, "field", field, "reason", "out of range")
}

// printable reports whether text may stand on the wire as an identifier.
func printable(text string) bool {
	return text != "" && len(text) <= wireBytes &&
		strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// Register adds a cabinet with its doors and lanes to the actor's organization. The actor is an
// admin, an operator or the system. Errors: forbidden, invalid, conflict if the serial number is
// taken, whosever it is.
func (s *Service) Register(ctx context.Context, actor larder.Actor, r Registration) (Cabinet, []Door, []Lane, error) {
	var layout Layout
	err := s.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		layout, err = s.RegisterTx(ctx, tx, actor, r)
		return err
	})
	if err != nil {
		return Cabinet{}, nil, nil, err
	}
	return layout.Cabinet, layout.Doors, layout.Lanes, nil
}

// RegisterTx is [Service.Register] inside the caller's transaction. Each call draws other ids and
// tokens: those of the transaction that was committed count.
func (s *Service) RegisterTx(ctx context.Context, tx larder.Tx, actor larder.Actor, r Registration) (Layout, error) {
	if !mayRegister(actor) {
		return Layout{}, larder.E(larder.CodeForbidden)
	}
	if err := r.check(); err != nil {
		return Layout{}, err
	}
	layout, err := s.plan(actor.Org, r)
	if err != nil {
		return Layout{}, err
	}
	sealed, err := s.sealer.Seal(r.Key)
	if err != nil {
		return Layout{}, fmt.Errorf("cabinet: seal the key of %s: %w", r.Serial, err)
	}
	if err := s.addTx(ctx, tx, layout, sealed); err != nil {
		return Layout{}, fmt.Errorf("cabinet: register %s: %w", r.Serial, err)
	}
	return layout, s.audit.RecordTx(ctx, tx, actor, larder.AuditRecord{
		Action: "cabinet.register", ObjectKind: "cabinet", Object: int64(layout.Cabinet.ID), Detail: r.Serial,
	})
}

// plan numbers a registration and gives everything its id, and each door its token.
func (s *Service) plan(org larder.OrgID, r Registration) (Layout, error) {
	layout := Layout{Cabinet: Cabinet{
		ID: larder.NewID[larder.CabinetID](s.ids), Org: org, Serial: r.Serial, Model: r.Model,
		Name: r.Name, Place: r.Place, State: Active,
	}}
	for i, d := range r.Doors {
		token, err := s.newToken()
		if err != nil {
			return Layout{}, err
		}
		door := Door{
			ID: larder.NewID[larder.DoorID](s.ids), Org: org, Cabinet: layout.Cabinet.ID, Number: i + 1, Token: token,
		}
		layout.Doors = append(layout.Doors, door)
		for _, l := range d.Lanes {
			layout.Lanes = append(layout.Lanes, Lane{
				ID: larder.NewID[larder.LaneID](s.ids), Door: door.ID,
				Number: len(layout.Lanes) + 1, Shelf: l.Shelf, Noise: larder.Milligrams(l.Noise.Milligrams()),
			})
		}
	}
	return layout, nil
}

// addTx keeps a cabinet with its doors and lanes.
func (s *Service) addTx(ctx context.Context, tx larder.Tx, layout Layout, sealed []byte) error {
	if err := s.store.AddCabinet(ctx, tx, layout.Cabinet, sealed, larder.MillisOf(tx.Now())); err != nil {
		return larder.Taken("serial", err)
	}
	for _, d := range layout.Doors {
		if err := s.store.AddDoor(ctx, tx, d); err != nil {
			return err
		}
		for _, l := range layout.Lanes {
			if l.Door != d.ID {
				continue
			}
			if err := s.store.AddLane(ctx, tx, d, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// newToken draws a door's token: lower-case letters and digits, short enough for a small code.
func (s *Service) newToken() (string, error) {
	raw := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", fmt.Errorf("cabinet: draw a door's token: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw)), nil // 20 bytes leave no padding
}
