package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/run"
)

const (
	heartbeat = 15 * time.Second // of silence, after which a stream says that it lives
	lookAgain = 5 * time.Second  // how late news is whose bell was lost
	pushTime  = 10 * time.Second // for a client to take a message
)

func registerLive(a *API) {
	Register(a, Customer(), Op{
		ID: "follow-session", Method: http.MethodGet, Path: "/v1/sessions/{id}/live", Tag: "purchase", Stream: true,
		Summary: "Follow a session as server-sent events (event: session)",
		Refuses: []larder.Code{larder.CodeNotFound, larder.CodeLimited, larder.CodeOverload},
		Document: func(o *huma.Operation, r huma.Registry) {
			o.Responses = map[string]*huma.Response{"200": {
				Description: "The session now, and again whenever it or its basket changes; ends with the session.",
				Content: map[string]*huma.MediaType{
					"text/event-stream": {Schema: r.Schema(reflect.TypeFor[visit.View](), true, "")},
				},
			}}
		},
	}, a.followEvents)
	Register(a, Customer(), Op{
		ID: "follow-session-socket", Method: http.MethodGet, Path: "/v1/sessions/{id}/socket", Tag: "purchase", Stream: true,
		Status:  http.StatusSwitchingProtocols,
		Summary: "Follow a session over a WebSocket; each message is what get-session returns",
		Refuses: []larder.Code{larder.CodeNotFound, larder.CodeLimited, larder.CodeOverload, codeUpgrade},
		Document: func(o *huma.Operation, _ huma.Registry) {
			o.Responses = map[string]*huma.Response{"101": {Description: "The connection speaks WebSocket from here."}}
		},
	}, a.followSocket)
}

// push is where a stream's news goes: one client.
type push interface {
	// view sends one view, already encoded; version is the view's.
	view(ctx context.Context, version int64, encoded []byte) error
	// beat says that the stream lives.
	beat(ctx context.Context) error
}

// stream is one client that follows one session.
type stream struct {
	api   *API
	actor larder.Actor
	token string
	id    larder.SessionID
	news  <-chan run.Snapshot
	leave func()

	latest visit.View
	basket *visit.Basket // as weighed so far; nil before the first snapshot
	sent   []byte        // what the client has
	sentAt time.Time
}

// openStream lets a client follow a session that is its own. It subscribes before it looks, so that
// nothing falls between; close it in any case.
func (a *API) openStream(ctx context.Context, id larder.SessionID) (*stream, error) {
	n := note(ctx)
	left, err := a.streams.enter(askerName(n))
	if err != nil {
		return nil, a.limit("streams", err)
	}
	news, unsubscribe := a.deps.Live.Subscribe(id)
	s := &stream{
		api: a, actor: n.actor, token: n.token, id: id, news: news,
		leave: func() { unsubscribe(); left() },
	}
	if s.latest, err = a.deps.Visits.View(ctx, s.actor, id); err != nil {
		s.leave()
		return nil, err
	}
	return s, nil
}

// run sends the session as it is and then each change, the newest only, until the session has ended
// (nil), the client is gone, or the API closes.
func (s *stream) run(ctx context.Context, to push) error {
	defer s.leave()
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	for {
		if err := s.tell(ctx, to); err != nil || s.latest.State == session.Ended {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.api.closing:
			return nil
		case news := <-s.news:
			if err := s.take(ctx, news); err != nil {
				return err
			}
		case <-look.C:
			if err := s.lives(ctx, to); err != nil {
				return err
			}
		}
	}
}

// take keeps a snapshot's basket and, where rows have changed, looks at them.
func (s *stream) take(ctx context.Context, news run.Snapshot) error {
	if news.Basket != nil {
		s.basket = news.Basket
	}
	if !news.Changed {
		return nil
	}
	return s.look(ctx)
}

// look reads the session anew.
func (s *stream) look(ctx context.Context) error {
	v, err := s.api.deps.Visits.View(ctx, s.actor, s.id)
	if err != nil {
		return fmt.Errorf("api: follow session %s: %w", s.id, err)
	}
	s.latest = v
	return nil
}

// lives looks without having been told to: rows are the truth, and news is a bell that may be lost.
// It keeps a quiet stream open, as long as its sign-in counts.
func (s *stream) lives(ctx context.Context, to push) error {
	if err := s.look(ctx); err != nil || time.Since(s.sentAt) < heartbeat {
		return err
	}
	if _, err := s.api.deps.Logins.Who(ctx, s.token); err != nil {
		return err
	}
	s.sentAt = time.Now()
	return to.beat(ctx)
}

// tell sends what the client does not have yet.
func (s *stream) tell(ctx context.Context, to push) error {
	v := shown(s.latest, s.basket)
	encoded, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("api: encode session %s: %w", s.id, err)
	}
	if bytes.Equal(encoded, s.sent) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pushTime)
	defer cancel()
	if err := to.view(ctx, v.Version, encoded); err != nil {
		return err
	}
	s.sent, s.sentAt = encoded, time.Now()
	return nil
}
