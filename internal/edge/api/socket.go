package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"

	"larder"
)

// followSocket follows a session over a WebSocket.
func (a *API) followSocket(ctx context.Context, in *SessionPath) (*huma.StreamResponse, error) {
	id, err := in.session()
	if err != nil {
		return nil, err
	}
	s, err := a.openStream(ctx, id)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := unwrap(hc)
		if err := a.checkUpgrade(r); err != nil {
			s.leave()
			writeProblem(w, r, err)
			return
		}
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: a.deps.TrustedOrigins})
		if err != nil {
			s.leave()
			noteError(r.Context(), err)
			return
		}
		a.talk(r.Context(), s, conn)
	}}, nil
}

// talk runs the stream over an accepted connection. Clients have nothing to say here: a message of
// theirs ends it.
func (a *API) talk(ctx context.Context, s *stream, conn *websocket.Conn) {
	open := a.metrics.streams.WithLabelValues(note(ctx).op)
	open.Inc()
	defer open.Dec()
	reading := conn.CloseRead(ctx)
	err := s.run(reading, &socketWriter{conn: conn})
	if err != nil {
		a.ended(reading, err)
		_ = conn.CloseNow() // the client is gone, or learns no more from a reason than from the end
		return
	}
	_ = conn.Close(websocket.StatusNormalClosure, "")
}

// checkUpgrade refuses, as a problem, what the library would refuse in plain text, and pages of
// other origins: a browser sends the cookie along with a WebSocket from anywhere.
func (a *API) checkUpgrade(r *http.Request) error {
	if !hasToken(r.Header, "Connection", "upgrade") || !hasToken(r.Header, "Upgrade", "websocket") {
		return errorOf(codeUpgrade)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.Header.Get("Sec-WebSocket-Key")))
	if err != nil || len(key) != 16 || r.Header.Get("Sec-WebSocket-Version") != "13" {
		return errorOf(codeMalformed)
	}
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(a.deps.TrustedOrigins, origin) {
		return nil
	}
	if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
		return larder.E(codeOrigin)
	}
	return nil
}

// hasToken reports whether a list header holds a word.
func hasToken(h http.Header, name, word string) bool {
	for part := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(part), word) {
			return true
		}
	}
	return false
}

// socketWriter sends each view as one text message.
type socketWriter struct{ conn *websocket.Conn }

func (s *socketWriter) view(ctx context.Context, _ int64, encoded []byte) error {
	return s.conn.Write(ctx, websocket.MessageText, encoded)
}

// beat pings: a client that does not answer in time is gone.
func (s *socketWriter) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pushTime)
	defer cancel()
	return s.conn.Ping(ctx)
}
