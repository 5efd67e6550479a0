package api

import (
	"context"
	"net/http"
	"time"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
)

type doorPath struct {
	Token string `path:"token" minLength:"1" maxLength:"64" pattern:"^[0-9A-Za-z_-]+$" patternDescription:"a door's token" doc:"What the door's sticker leads to."`
}

// DoorView is what somebody sees who scans a door.
type DoorView struct {
	Cabinet ScannedCabinet `json:"cabinet"`
	Door    ScannedDoor    `json:"door"`
	Slots   []ScannedSlot  `json:"slots" doc:"What is for sale behind the door, by lane number."`
}

// ScannedCabinet says which cabinet this is, to compare with the one in front of oneself.
type ScannedCabinet struct {
	ID    larder.CabinetID `json:"id"`
	Name  string           `json:"name"`
	Place string           `json:"place"`
}

// ScannedDoor says whether the door can be opened now.
type ScannedDoor struct {
	ID       larder.DoorID    `json:"id"`
	Number   int              `json:"number" doc:"In the cabinet, from 1."`
	State    larder.DoorState `json:"state" doc:"As the cabinet has just said; unknown if it did not answer."`
	Sellable bool             `json:"sellable" doc:"The cabinet answered within 2 s and the door is free."`
	Reason   string           `json:"reason" enum:",taken,offline,not_ready" doc:"Why not; empty if sellable."`
}

// ScannedSlot is one lane's product.
type ScannedSlot struct {
	Lane    larder.LaneID    `json:"lane_id"`
	Number  int              `json:"number"`
	Shelf   int              `json:"shelf" doc:"From 1, from the bottom up."`
	Product larder.ProductID `json:"product_id"`
	Name    string           `json:"name"`
	NameEn  string           `json:"name_en"`
	Price   larder.Fen       `json:"price_fen" doc:"Of one piece; the price at the opening counts."`
}

// Why a door cannot be opened now.
const (
	reasonTaken    = "taken"
	reasonOffline  = "offline"
	reasonNotReady = "not_ready"
)

type doorAnswer struct{ Body DoorView }

func registerDoors(a *API) {
	Register(a, Anonymous(), Op{
		ID: "scan-door", Method: http.MethodGet, Path: "/v1/doors/{token}", Tag: "purchase",
		Summary: "Look behind a door", Refuses: []larder.Code{larder.CodeNotFound, larder.CodeLimited},
	}, a.scanDoor)
}

// scanDoor shows a door. A token that does not exist costs the asker an attempt: tokens are long
// enough not to be guessed, and this makes trying visible (S15, S24).
func (a *API) scanDoor(ctx context.Context, in *doorPath) (*doorAnswer, error) {
	asker := askerName(note(ctx))
	if err := a.limit("scan", a.scans.check(asker)); err != nil {
		return nil, err
	}
	c, d, err := a.deps.Cabinets.DoorByToken(ctx, in.Token)
	if err != nil {
		if larder.CodeOf(err) == larder.CodeNotFound {
			a.scans.spend(asker)
		}
		return nil, err
	}
	slots, err := a.deps.Planograms.Slots(ctx, d.ID, c.Planogram)
	if err != nil {
		return nil, err
	}
	state, reason, err := a.readiness(ctx, d, len(slots) > 0)
	if err != nil {
		return nil, err
	}
	return &doorAnswer{Body: DoorView{
		Cabinet: ScannedCabinet{ID: c.ID, Name: c.Name, Place: c.Place},
		Door:    ScannedDoor{ID: d.ID, Number: d.Number, State: state, Sellable: reason == "", Reason: reason},
		Slots:   scannedSlots(slots),
	}}, nil
}

// readiness asks the cabinet, and says why the door cannot be opened now ("" if it can).
func (a *API) readiness(ctx context.Context, d cabinet.Door, stocked bool) (larder.DoorState, string, error) {
	asked, cancel := context.WithTimeout(ctx, proveTime)
	defer cancel()
	proof, err := a.deps.Prover.Prove(asked, d.Cabinet)
	if ctx.Err() != nil {
		return larder.DoorUnknown, "", context.Cause(ctx)
	}
	if err != nil || proof.Took > proveTime.Milliseconds() {
		return larder.DoorUnknown, reasonOffline, nil //nolint:nilerr // whatever kept it from answering, it cannot sell (H1)
	}
	state := larder.DoorUnknown
	if d.Number >= 1 && d.Number <= len(proof.Doors) {
		state = proof.Doors[d.Number-1]
	}
	taken, err := a.deps.Leases.Taken(ctx, d.ID)
	switch {
	case err != nil:
		return state, "", err
	case taken || state == larder.DoorOpen || state == larder.DoorOpening:
		return state, reasonTaken, nil
	case state != larder.DoorClosed || !stocked:
		return state, reasonNotReady, nil
	}
	return state, "", nil
}

// proveTime is how long a cabinet has to answer: an answer that took longer proves nothing (I24).
const proveTime = 2 * time.Second

func scannedSlots(slots []catalog.Slot) []ScannedSlot {
	seen := make([]ScannedSlot, 0, len(slots))
	for _, s := range slots {
		seen = append(seen, ScannedSlot{
			Lane: s.Lane, Number: s.Number, Shelf: s.Shelf, Product: s.Product.ID,
			Name: s.Product.Name, NameEn: s.Product.NameEn, Price: s.Price,
		})
	}
	return seen
}
