package api_test

import (
	"encoding/json"
	"errors"
	"testing"

	"larder"
	"larder/internal/edge/api"
)

// I24: a door is for sale only if the cabinet has just answered, the door is closed and free and
// something is in it; the reason says which of these is wrong.
func TestScan_sellable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	proof := func(took int64, doors ...larder.DoorState) larder.Proof {
		return larder.Proof{Took: took, Doors: doors}
	}
	for _, c := range []struct {
		name   string
		proof  larder.Proof
		err    error
		state  larder.DoorState
		reason string
	}{
		{"closed and free", proof(40, larder.DoorClosed), nil, larder.DoorClosed, ""},
		{"open", proof(40, larder.DoorOpen), nil, larder.DoorOpen, "taken"},
		{"opening", proof(40, larder.DoorOpening), nil, larder.DoorOpening, "taken"},
		{"unknown", proof(40, larder.DoorUnknown), nil, larder.DoorUnknown, "not_ready"},
		{"no such door", proof(40), nil, larder.DoorUnknown, "not_ready"},
		{"answered late", proof(2001, larder.DoorClosed), nil, larder.DoorUnknown, "offline"},
		{"no answer", larder.Proof{}, larder.E(larder.CodeOffline), larder.DoorUnknown, "offline"},
		{"no gateway", larder.Proof{}, errors.New("no bus"), larder.DoorUnknown, "offline"},
	} {
		r.prover.answer(c.proof, c.err)
		answer := r.ask(t, anonymous, "GET", "/v1/doors/"+r.door.Token, "")
		var seen api.DoorView
		must(t, json.Unmarshal(answer.Body.Bytes(), &seen))
		d := seen.Door
		if answer.Code != 200 || d.State != c.state || d.Reason != c.reason || d.Sellable != (c.reason == "") {
			t.Errorf("%s: %d %s", c.name, answer.Code, answer.Body)
		}
		if seen.Cabinet.Name != "一号柜" || d.ID != r.door.ID || len(seen.Slots) != 1 || seen.Slots[0].Price != 350 || seen.Slots[0].NameEn != "Cola" {
			t.Errorf("%s: shows %s", c.name, answer.Body)
		}
	}

	// X5: a lease counts as soon as it is taken, long before the door moves.
	r.start(t)
	r.prover.answer(proof(40, larder.DoorClosed), nil)
	var seen api.DoorView
	must(t, json.Unmarshal(r.ask(t, otherCustomer, "GET", "/v1/doors/"+r.door.Token, "").Body.Bytes(), &seen))
	if seen.Door.Sellable || seen.Door.Reason != "taken" {
		t.Errorf("a leased door is shown as %+v", seen.Door)
	}
}
