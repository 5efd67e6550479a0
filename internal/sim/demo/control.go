package demo

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"larder"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/physics"
)

const maxControlBody = 4 << 10

// Handler serves the page at "/" and its control under "/demo/"; loopback only, whoever asks.
//
//	GET  /                                     the page
//	GET  /demo/page/{file}                     its style and scripts
//	GET  /demo/fleet                           what there is: FleetView
//	GET  /demo/live                            SSE, event "state": StateView, at every change
//	POST /demo/people/{person}/code            {provider, code}: what wx.login gives the phone
//	POST /demo/provider/page                   extraData of wx.openBusinessView → the order on the provider's page
//	POST /demo/provider/orders/{number}/confirm  the person consents
//	GET  /demo/provider/orders/{number}        what the provider knows of an order
//	POST /demo/cabinets/{serial}/open          pull the door
//	POST /demo/cabinets/{serial}/close         let it fall shut
//	POST /demo/cabinets/{serial}/take          {lane, count}
//	POST /demo/cabinets/{serial}/put-back      {home, lane}: the piece of lane home into a lane
//	POST /demo/cabinets/{serial}/hesitate      {lane}: lift a piece and set it back
//	POST /demo/cabinets/{serial}/cable         {plugged}: the network cable
//
// Leaving the provider's page does nothing at the provider, so there is no call for it. Refusals are
// problems with a code of [larder] or of the control: locked, jammed, is_open, is_shut, not_enough,
// not_out.
func (w *World) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", servePage("index.html"))
	mux.HandleFunc("GET /demo/page/{file}", func(rw http.ResponseWriter, r *http.Request) {
		servePage(r.PathValue("file"))(rw, r)
	})
	mux.HandleFunc("GET /demo/live", w.live)
	handle := func(pattern string, h func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			value, err := h(r)
			answer(rw, value, err)
		})
	}
	handle("GET /demo/fleet", func(*http.Request) (any, error) { return w.fleetView(), nil })
	handle("POST /demo/people/{person}/code", w.postCode)
	handle("POST /demo/provider/page", w.postPage)
	handle("POST /demo/provider/orders/{number}/confirm", func(r *http.Request) (any, error) {
		return w.cfg.Sandbox.Confirm(r.PathValue("number"), "")
	})
	handle("GET /demo/provider/orders/{number}", func(r *http.Request) (any, error) {
		return w.cfg.Sandbox.Order(r.PathValue("number"))
	})
	for action, do := range actions {
		handle("POST /demo/cabinets/{serial}/"+action, w.act(do))
	}
	return http.NewCrossOriginProtection().Handler(onlyHere(mux))
}

// gesture is the body of every action at a cabinet; each reads the fields it needs.
type gesture struct {
	Lane    int  `json:"lane"`
	Home    int  `json:"home"`
	Count   int  `json:"count"`
	Plugged bool `json:"plugged"`
}

// actions are what a person can do at a cabinet.
var actions = map[string]func(*machine, gesture) error{
	"open":     func(m *machine, _ gesture) error { return m.open() },
	"close":    func(m *machine, _ gesture) error { return m.CloseDoor() },
	"take":     func(m *machine, g gesture) error { return m.take(g.Lane, g.Count) },
	"put-back": func(m *machine, g gesture) error { return m.putBack(g.Home, g.Lane) },
	"hesitate": func(m *machine, g gesture) error { return m.Hesitate(g.Lane, 1) },
	"cable":    func(m *machine, g gesture) error { m.setCable(g.Plugged); return nil },
}

// act runs an action and answers with the cabinet as it stands then.
func (w *World) act(do func(*machine, gesture) error) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		m, ok := w.machine(r.PathValue("serial"))
		if !ok {
			return nil, larder.E(larder.CodeNotFound)
		}
		var g gesture
		if err := read(r, &g); err != nil {
			return nil, err
		}
		if err := do(m, g); err != nil {
			return nil, err
		}
		return m.state(), nil
	}
}

func (w *World) postCode(r *http.Request) (any, error) {
	p, ok := w.person(r.PathValue("person"))
	if !ok {
		return nil, larder.E(larder.CodeNotFound)
	}
	code, err := w.LoginCode(p)
	return map[string]string{"provider": w.cfg.Provider, "code": code}, err
}

func (w *World) postPage(r *http.Request) (any, error) {
	var extra map[string]string
	if err := read(r, &extra); err != nil {
		return nil, err
	}
	return w.cfg.Sandbox.OpenPage(extra)
}

// read reads a body strictly; an empty one leaves into as it is.
func read(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxControlBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return larder.Wrap(larder.CodeInvalid, err)
	}
	return nil
}

// problem is a refusal, RFC 9457.
type problem struct {
	Type   string      `json:"type"`
	Title  string      `json:"title"`
	Status int         `json:"status"`
	Code   larder.Code `json:"code"`
}

// refusals turn what hands cannot do into codes; all are conflicts with how things stand.
var refusals = []struct {
	err  error
	code larder.Code
}{
	{cabinet.ErrLocked, "locked"},
	{cabinet.ErrJammed, "jammed"},
	{cabinet.ErrIsOpen, "is_open"},
	{cabinet.ErrIsShut, "is_shut"},
	{physics.ErrShut, "is_shut"},
	{physics.ErrNotEnough, "not_enough"},
	{physics.ErrNotOut, "not_out"},
}

func answer(rw http.ResponseWriter, value any, err error) {
	rw.Header().Set("Cache-Control", "no-store")
	if err == nil {
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(value) // nobody is told that the page went away
		return
	}
	p := judge(err)
	rw.Header().Set("Content-Type", "application/problem+json")
	rw.WriteHeader(p.Status)
	_ = json.NewEncoder(rw).Encode(p) // as above
}

func judge(err error) problem {
	p := problem{Type: "about:blank", Title: err.Error(), Status: http.StatusConflict, Code: larder.CodeConflict}
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			p.Code = r.code
			return p
		}
	}
	if errors.Is(err, physics.ErrNoLane) {
		p.Status, p.Code = http.StatusBadRequest, larder.CodeInvalid
		return p
	}
	if e, ok := errors.AsType[*larder.Error](err); ok {
		p.Code, p.Status = e.Code, http.StatusBadRequest
		if e.Code == larder.CodeNotFound {
			p.Status = http.StatusNotFound
		}
		return p
	}
	return p
}

// onlyHere refuses whoever is not on this machine, or does not name it: a page of another site must
// not get in through a name of its own that resolves here.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		remote, _, err := net.SplitHostPort(r.RemoteAddr)
		host, _, splitErr := net.SplitHostPort(r.Host)
		if splitErr != nil {
			host = r.Host
		}
		if err != nil || !loopback(remote) || !loopback(strings.Trim(host, "[]")) {
			http.Error(rw, "the demo answers this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
