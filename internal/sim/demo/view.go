package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"larder"
)

// FleetView is what there is to play with: it does not change while the world lives.
type FleetView struct {
	Provider string        `json:"provider"`
	People   []Person      `json:"people"`
	Cabinets []CabinetView `json:"cabinets"`
}

// CabinetView is one cabinet as it was registered.
type CabinetView struct {
	ID      larder.CabinetID `json:"id"`
	Serial  string           `json:"serial"`
	Name    string           `json:"name"`
	NameEn  string           `json:"name_en"`
	Place   string           `json:"place"`
	PlaceEn string           `json:"place_en"`
	Token   string           `json:"token"` // what the QR code on the door says
	Lanes   []LaneView       `json:"lanes"`
}

// LaneView is one lane as it was registered.
type LaneView struct {
	ID       larder.LaneID `json:"id"`
	Number   int           `json:"number"` // from 1, from the top shelf down, left to right
	Shelf    int           `json:"shelf"`  // from 1, from the bottom up
	Name     string        `json:"name"`
	NameEn   string        `json:"name_en"`
	Picture  string        `json:"picture"`
	UnitMass larder.Gram   `json:"unit_mass_g"`
	Price    larder.Fen    `json:"price_fen"`
	Par      int           `json:"par"`
}

// StateView is the world as it stands.
type StateView struct {
	Cabinets []CabinetState `json:"cabinets"`
}

func (w *World) fleetView() FleetView {
	v := FleetView{Provider: w.cfg.Provider, People: w.people}
	for _, m := range w.machines {
		c := CabinetView{
			ID: m.registered.ID, Serial: m.plan.Serial, Name: m.plan.Name, NameEn: m.plan.NameEn,
			Place: m.plan.Place, PlaceEn: m.plan.PlaceEn, Token: m.registered.Token,
		}
		for i, lane := range m.plan.Lanes {
			p := w.cfg.Plan.Products[lane.Product]
			c.Lanes = append(c.Lanes, LaneView{
				ID: m.registered.Lanes[i], Number: i + 1, Shelf: lane.Shelf, Name: p.Name, NameEn: p.NameEn,
				Picture: p.Picture, UnitMass: p.UnitMass, Price: lane.Price, Par: lane.Par,
			})
		}
		v.Cabinets = append(v.Cabinets, c)
	}
	return v
}

// State returns the world as it stands.
func (w *World) State() StateView {
	v := StateView{Cabinets: make([]CabinetState, len(w.machines))}
	for i, m := range w.machines {
		v.Cabinets[i] = m.state()
	}
	return v
}

const (
	lookEvery  = 150 * time.Millisecond // twice per reading of an open door
	aliveEvery = 15 * time.Second
	sendWithin = 10 * time.Second
)

// live streams the state at every change until the page goes away or the world ends.
func (w *World) live(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(rw)
	send := func(format string, args ...any) bool {
		_ = control.SetWriteDeadline(time.Now().Add(sendWithin)) // a recorder in a test has none
		_, err := fmt.Fprintf(rw, format, args...)
		return err == nil && control.Flush() == nil
	}
	look, alive := time.NewTicker(lookEvery), time.NewTicker(aliveEvery)
	defer look.Stop()
	defer alive.Stop()
	var shown []byte
	for {
		now, err := json.Marshal(w.State())
		if err != nil {
			w.cfg.Log.Error("demo: encode the state", "error", err)
			return
		}
		if !bytes.Equal(now, shown) && !send("event: state\ndata: %s\n\n", now) {
			return
		}
		shown = now
		select {
		case <-r.Context().Done():
			return
		case <-w.ended:
			return
		case <-alive.C:
			if !send(": alive\n\n") {
				return
			}
		case <-look.C:
		}
	}
}
