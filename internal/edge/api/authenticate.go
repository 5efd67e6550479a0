package api

import (
	"net/http"
	"strings"
	"time"

	"larder"
)

// cookieName is the cookie that carries a browser's token: EventSource and WebSocket cannot set
// headers.
const cookieName = "larder_token"

// maxToken bounds what is hashed and looked up; ours have 43 characters.
const maxToken = 128

// authenticate finds out who asks. A token in the header Authorization counts before the cookie.
func (a *API) authenticate(r *http.Request, policy Policy) (larder.Actor, error) {
	nobody := larder.Actor{Kind: larder.ActorAnonymous}
	if !policy.asks() {
		return nobody, nil
	}
	token, err := tokenOf(r)
	if token == "" || err != nil {
		if policy.open() {
			err = nil
		}
		return nobody, err
	}
	actor, err := a.deps.Logins.Who(r.Context(), token)
	switch {
	case err == nil:
		note(r.Context()).token = token
		return actor, nil
	case larder.CodeOf(err) == larder.CodeUnauthorized && policy.open():
		return nobody, nil // a cookie that has ended must not keep anybody from signing in
	}
	return nobody, err
}

// tokenOf reads the token; "" where there is none, unauthorized where it cannot be one.
func tokenOf(r *http.Request) (string, error) {
	token := ""
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, rest, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", larder.E(larder.CodeUnauthorized)
		}
		token = strings.TrimSpace(rest)
	} else if cookie, err := r.Cookie(cookieName); err == nil {
		token = cookie.Value
	}
	if len(token) > maxToken {
		return "", larder.E(larder.CodeUnauthorized)
	}
	return token, nil
}

// cookie is what a sign-in gives a browser besides the token: out of reach for scripts, and not
// sent along with what other sites ask for. An empty token takes the cookie away.
func (a *API) cookie(token string, expires larder.Millis) http.Cookie {
	c := http.Cookie{ //nolint:gosec // Secure follows how clients come: the demo is on plain HTTP, on loopback
		Name: cookieName, Value: token, Path: "/",
		HttpOnly: true, Secure: a.deps.SecureCookies, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		c.MaxAge = -1
	} else {
		c.Expires = expires.Time().Truncate(time.Second)
	}
	return c
}

// askerName is whom limits count: the actor where one is signed in, else the address.
func askerName(n *requestNote) string {
	if n.actor.ID() != 0 {
		return string(n.actor.Kind) + " " + larder.ID[struct{}](n.actor.ID()).String()
	}
	return n.asker
}
