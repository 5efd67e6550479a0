package demo_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"larder"
)

// routes are the API as far as the page and Once use it.
func (p *fakePlatform) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", p.world.Handler())
	mux.HandleFunc("POST /v1/customers/sign-in", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Provider, Code string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			refuse(w, http.StatusBadRequest, larder.CodeInvalid)
			return
		}
		m := p.pay.Merchant(0)
		req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet,
			"https://x/sns/jscode2session?grant_type=authorization_code&appid="+m.AppID+"&secret="+m.AppSecret+"&js_code="+in.Code, http.NoBody)
		answer, err := p.pay.Transport().RoundTrip(req)
		if err != nil {
			refuse(w, http.StatusBadGateway, larder.CodeProvider)
			return
		}
		defer answer.Body.Close()
		var who struct {
			OpenID string `json:"openid"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&who); err != nil || who.OpenID == "" {
			refuse(w, http.StatusUnauthorized, larder.CodeCredentials)
			return
		}
		reply(w, object{"token": who.OpenID, "expires_ms": 1, "customer_id": "1"})
	})
	mux.HandleFunc("GET /v1/doors/{token}", p.scanDoor)
	mux.HandleFunc("POST /v1/sessions", p.start)
	mux.HandleFunc("GET /v1/sessions", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		views := []object{}
		for _, s := range slices.Backward(p.sessions) {
			views = append(views, p.view(s))
		}
		reply(w, object{"sessions": views})
	})
	mux.HandleFunc("GET /v1/sessions/{id}", p.one(func(w http.ResponseWriter, s *fakeSession) { reply(w, p.view(s)) }))
	mux.HandleFunc("POST /v1/sessions/{id}/cancel", p.one(func(w http.ResponseWriter, s *fakeSession) {
		if s.state != "awaiting" {
			refuse(w, http.StatusConflict, larder.CodeNotCancelable)
			return
		}
		s.state, s.outcome, s.payment, s.phone = "ended", "canceled", "released", nil
		p.moved(s)
		reply(w, p.view(s))
	}))
	mux.HandleFunc("GET /v1/sessions/{id}/receipt", p.one(func(w http.ResponseWriter, s *fakeSession) { reply(w, p.receipt(s)) }))
	mux.HandleFunc("GET /v1/sessions/{id}/live", p.live)
	return mux
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func refuse(w http.ResponseWriter, status int, code larder.Code) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"type": "about:blank", "title": string(code), "status": status, "code": code, "params": object{}})
}

// one finds the session and holds the mutex.
func (p *fakePlatform) one(h func(http.ResponseWriter, *fakeSession)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		s := p.find(r.PathValue("id"))
		if s == nil {
			refuse(w, http.StatusNotFound, larder.CodeNotFound)
			return
		}
		h(w, s)
	}
}

func (p *fakePlatform) byToken(token string) int {
	for i, r := range p.reg {
		if r.Token == token {
			return i
		}
	}
	return -1
}

func (p *fakePlatform) scanDoor(w http.ResponseWriter, r *http.Request) {
	k := p.byToken(r.PathValue("token"))
	if k < 0 {
		refuse(w, http.StatusNotFound, larder.CodeNotFound)
		return
	}
	plan, state := p.plan.Cabinets[k], p.state(k)
	reason := ""
	switch {
	case !state.Connected:
		reason = "offline"
	case state.Leaf || state.Door != larder.DoorClosed:
		reason = "taken"
	}
	slots := []object{}
	for i, lane := range plan.Lanes {
		product := p.plan.Products[lane.Product]
		slots = append(slots, object{
			"lane_id": p.reg[k].Lanes[i], "number": i + 1, "shelf": lane.Shelf, "name": product.Name, "name_en": product.NameEn, "price_fen": lane.Price,
		})
	}
	reply(w, object{
		"cabinet": object{"id": p.reg[k].ID, "name": plan.Name, "place": plan.Place},
		"door":    object{"id": "1", "number": 1, "state": state.Door, "sellable": reason == "", "reason": reason}, "slots": slots,
	})
}

func (p *fakePlatform) start(w http.ResponseWriter, r *http.Request) {
	var in struct {
		DoorToken string `json:"door_token"`
		Provider  string `json:"provider"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Idempotency-Key") == "" {
		refuse(w, http.StatusBadRequest, larder.CodeInvalid)
		return
	}
	k := p.byToken(in.DoorToken)
	if k < 0 {
		refuse(w, http.StatusNotFound, larder.CodeNotFound)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now().UnixMilli()
	n := len(p.sessions) + 1
	s := &fakeSession{
		id: fmt.Sprint(7000 + n), number: fmt.Sprintf("LD%d%d", now, n), cabinet: k, state: "awaiting", door: "closed", payment: "waiting",
		created: now, deadline: now + 30_000,
	}
	for _, lane := range p.state(k).Lanes {
		s.full = append(s.full, lane.Count)
	}
	p.sessions = append(p.sessions, s)
	s.phone = p.authorize(s, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	w.WriteHeader(http.StatusCreated)
	reply(w, p.view(s))
}

func (p *fakePlatform) receipt(s *fakeSession) object {
	lines, total := p.basket(s)
	lanes := []object{}
	for i, lane := range p.state(s.cabinet).Lanes {
		unit := p.plan.Products[p.plan.Cabinets[s.cabinet].Lanes[i].Product].UnitMass
		lanes = append(lanes, object{
			"lane_id": p.reg[s.cabinet].Lanes[i], "before_g": unit * larder.Gram(s.full[i]), "after_g": unit * larder.Gram(lane.Count),
			"unit_mass_g": unit, "count": s.full[i] - lane.Count, "moved": 0, "rest_g": 0.4, "known": true,
		})
	}
	r := object{
		"session_id": s.id, "order_id": "1", "state": "settled", "outcome": s.outcome, "total_fen": total, "payment": p.money(s, total),
		"lines": lines, "lanes": lanes, "confidence": 0.99996, "opened_ms": s.opened, "closed_ms": s.closed, "decided_ms": s.closed + 3210,
	}
	p.lie(r)
	return r
}

// live streams a session at every change, and every 300 ms for its basket, until it has ended.
func (p *fakePlatform) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	sent := ""
	for {
		p.mu.Lock()
		s := p.find(r.PathValue("id"))
		if s == nil {
			p.mu.Unlock()
			refuse(w, http.StatusNotFound, larder.CodeNotFound)
			return
		}
		view, _ := json.Marshal(p.view(s))
		over, changed := s.state == "ended", p.changed
		p.mu.Unlock()
		if string(view) != sent {
			fmt.Fprintf(w, "event: session\ndata: %s\n\n", view)
			_ = http.NewResponseController(w).Flush()
			sent = string(view)
		}
		if over {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}
