package api

import (
	"context"
	"net/http"

	"larder"
	"larder/internal/core/visit"
)

type startInput struct {
	Keyed
	Body struct {
		DoorToken string `json:"door_token" minLength:"1" maxLength:"64" pattern:"^[0-9A-Za-z_-]+$" patternDescription:"a door's token"`
		Provider  string `json:"provider" minLength:"1" maxLength:"32" pattern:"^[a-z0-9_]+$" patternDescription:"a provider's name" doc:"How the customer pays, for instance wechatpay."`
	}
}

// SessionPath names a session.
type SessionPath struct {
	ID string `path:"id" pattern:"^[1-9][0-9]{0,18}$" patternDescription:"an id" doc:"The session's id."`
}

func (p SessionPath) session() (larder.SessionID, error) { return idOf[larder.SessionID](p.ID) }

type historyInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most, the newest first."`
}

type viewAnswer struct{ Body visit.View }

type receiptAnswer struct{ Body visit.Receipt }

type historyAnswer struct {
	Body struct {
		Sessions []visit.View `json:"sessions"`
	}
}

func registerSessions(a *API) {
	Register(a, Customer(), Op{
		ID: "start-session", Method: http.MethodPost, Path: "/v1/sessions", Tag: "purchase", Status: http.StatusCreated,
		Summary: "Ask for a door to be opened for a purchase", Repeat: RepeatKey,
		Refuses: []larder.Code{
			larder.CodeNotFound, larder.CodeDoorTaken, larder.CodeOpenElsewhere, larder.CodeDebt, larder.CodeOffline,
			larder.CodeNotSellable, larder.CodeReused, larder.CodeLimited,
		},
	}, a.startSession)
	Register(a, Customer(), Op{
		ID: "list-sessions", Method: http.MethodGet, Path: "/v1/sessions", Tag: "purchase",
		Summary: "The customer's own sessions, the newest first",
	}, a.listSessions)
	Register(a, Customer(), Op{
		ID: "get-session", Method: http.MethodGet, Path: "/v1/sessions/{id}", Tag: "purchase",
		Summary: "One of the customer's own sessions", Refuses: []larder.Code{larder.CodeNotFound},
	}, a.getSession)
	Register(a, Customer(), Op{
		ID: "cancel-session", Method: http.MethodPost, Path: "/v1/sessions/{id}/cancel", Tag: "purchase",
		Summary: "Withdraw before the door is told to open", Repeat: RepeatNatural,
		Refuses: []larder.Code{larder.CodeNotFound, larder.CodeNotCancelable},
	}, a.cancelSession)
	Register(a, Customer(), Op{
		ID: "get-receipt", Method: http.MethodGet, Path: "/v1/sessions/{id}/receipt", Tag: "purchase",
		Summary: "The bill of a session, and why it says so", Refuses: []larder.Code{larder.CodeNotFound},
	}, a.getReceipt)
}

// startSession starts a visit. A door token that does not exist costs what it costs when scanned,
// so that this is no way around that limit.
func (a *API) startSession(ctx context.Context, in *startInput) (*viewAnswer, error) {
	asker := askerName(note(ctx))
	if err := a.limit("scan", a.scans.check(asker)); err != nil {
		return nil, err
	}
	if err := a.limit("start", a.starts.take(asker)); err != nil {
		return nil, err
	}
	v, err := a.deps.Visits.Start(ctx, actorOf(ctx), visit.StartRequest{
		DoorToken: in.Body.DoorToken, Provider: in.Body.Provider, Key: in.Key,
	})
	if larder.CodeOf(err) == larder.CodeNotFound {
		a.scans.spend(asker)
	}
	if err != nil {
		return nil, err
	}
	return &viewAnswer{Body: shown(v, a.estimate(v.ID))}, nil // with this key it may have begun long ago
}

func (a *API) listSessions(ctx context.Context, in *historyInput) (*historyAnswer, error) {
	views, err := a.deps.Visits.History(ctx, actorOf(ctx), in.Limit)
	if err != nil {
		return nil, err
	}
	var out historyAnswer
	out.Body.Sessions = make([]visit.View, 0, len(views))
	for _, v := range views {
		out.Body.Sessions = append(out.Body.Sessions, shown(v, a.estimate(v.ID)))
	}
	return &out, nil
}

func (a *API) getSession(ctx context.Context, in *SessionPath) (*viewAnswer, error) {
	id, err := in.session()
	if err != nil {
		return nil, err
	}
	return a.answerView(id, func() (visit.View, error) { return a.deps.Visits.View(ctx, actorOf(ctx), id) })
}

func (a *API) cancelSession(ctx context.Context, in *SessionPath) (*viewAnswer, error) {
	id, err := in.session()
	if err != nil {
		return nil, err
	}
	return a.answerView(id, func() (visit.View, error) { return a.deps.Visits.Cancel(ctx, actorOf(ctx), id) })
}

func (a *API) getReceipt(ctx context.Context, in *SessionPath) (*receiptAnswer, error) {
	id, err := in.session()
	if err != nil {
		return nil, err
	}
	r, err := a.deps.Visits.Receipt(ctx, actorOf(ctx), id)
	if err != nil {
		return nil, err
	}
	r.Lines, r.Lanes = whole(r.Lines), whole(r.Lanes)
	return &receiptAnswer{Body: r}, nil
}

// whole is the list itself, or an empty one in place of nil.
func whole[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// idOf reads an id of a path. One that is too large to be an id names nothing.
func idOf[T ~int64](text string) (T, error) {
	id, err := larder.ParseID[struct{}](text)
	if err != nil {
		return 0, errNoSuchID
	}
	return T(id), nil
}
