package api

import (
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"larder"
)

// NewEmpty builds an API without operations, for tests that register their own.
func NewEmpty(d Deps) (*API, error) { return newAPI(d) }

// Huma hands out what nobody outside of Register may touch, to show that touching it fails.
func (a *API) Huma() huma.API { return a.huma }

// Patterns are the routes that the mux really has.
func (a *API) Patterns() []string { return a.mux.patterns }

// StatusOf and TitleOf look the tables up.
func StatusOf(code larder.Code) (int, bool) { s, ok := statuses[code]; return s, ok }

// TitleOf returns the sentences of a code.
func TitleOf(code larder.Code) (zh, en string) { return titles[code].zh, titles[code].en }

// AskerOf is the address that limits count.
func AskerOf(r *http.Request, proxies ...netip.Prefix) string { return askerOf(r, proxies) }

// Limiter counts attempts.
type Limiter struct{ *limiter }

// NewLimiter returns a limiter of its own.
func NewLimiter(l Limit) Limiter { return Limiter{newLimiter(l)} }

// Take spends an attempt.
func (l Limiter) Take(asker string) error { return l.take(asker) }

// Check spends nothing.
func (l Limiter) Check(asker string) error { return l.check(asker) }

// Spend takes an attempt that has happened.
func (l Limiter) Spend(asker string) { l.spend(asker) }

// Askers is how many are remembered.
func (l Limiter) Askers() int { return l.recent.Len() }

// Figures that tests compare with.
const (
	MaxAskers       = maxAskers
	MaxStreamsOfOne = maxStreamsOfOne
	MaxJSONBody     = maxJSONBody
	MaxCallback     = maxCallback
	Heartbeat       = heartbeat
	LookAgain       = lookAgain
	CookieName      = cookieName
)
