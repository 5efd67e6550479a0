package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"larder"
)

// Version is the version of the API's document: /v1, and what was added to it.
const Version = "1.0.0"

// Deps is what the API works with. The ports are all needed.
type Deps struct {
	Logins     Logins
	Customers  Customers
	Cabinets   Cabinets
	Planograms Planograms
	Leases     Leases
	Prover     Prover
	Visits     Visits
	Live       Live
	Cases      Cases
	Scales     Scales

	Log     *slog.Logger
	Metrics prometheus.Registerer // may be nil

	Limits         Limits
	SecureCookies  bool           // whether clients come by HTTPS, so that cookies go no other way
	TrustedOrigins []string       // besides our own: "https://console.example.com"
	Proxies        []netip.Prefix // those whose X-Forwarded-For is believed
}

// check names what is missing.
func (d Deps) check() error {
	for name, missing := range map[string]bool{
		"Logins": d.Logins == nil, "Customers": d.Customers == nil, "Cabinets": d.Cabinets == nil,
		"Planograms": d.Planograms == nil, "Leases": d.Leases == nil, "Prover": d.Prover == nil, "Visits": d.Visits == nil,
		"Live": d.Live == nil, "Cases": d.Cases == nil, "Scales": d.Scales == nil, "Log": d.Log == nil,
	} {
		if missing {
			return fmt.Errorf("api: %s is missing", name)
		}
	}
	return nil
}

// API serves /v1 and /openapi.json. It is safe for concurrent use.
type API struct {
	deps    Deps
	log     *slog.Logger
	metrics *metrics
	huma    huma.API
	mux     *guardedMux
	origins *http.CrossOriginProtection
	ops     []Registered

	signIns      *limiter
	staffSignIns *limiter
	scans        *limiter
	starts       *limiter
	streams      *gate
	hashing      chan struct{} // holds one for every password that is being hashed

	closing   chan struct{} // closed by EndStreams
	closeOnce sync.Once
}

var _ http.Handler = (*API)(nil)

// New builds the API with all its operations. Errors name what is missing or wrong in d.
func New(d Deps) (*API, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	a, err := newAPI(d)
	if err != nil {
		return nil, err
	}
	registerSignIn(a)
	registerDoors(a)
	registerSessions(a)
	registerLive(a)
	registerCases(a)
	registerScales(a)
	registerCallbacks(a)
	if err := registerDocument(a); err != nil {
		return nil, err
	}
	return a, nil
}

// newAPI builds the API without operations.
func newAPI(d Deps) (*API, error) {
	speakCodes()
	limits := d.Limits.withDefaults()
	m, err := newMetrics(d.Metrics)
	if err != nil {
		return nil, err
	}
	a := &API{
		deps: d, log: d.Log, metrics: m, mux: newGuardedMux(), origins: http.NewCrossOriginProtection(),
		signIns: newLimiter(limits.SignIn), staffSignIns: newLimiter(limits.StaffSignIn),
		scans: newLimiter(limits.Scan), starts: newLimiter(limits.Start),
		streams: newGate(), hashing: make(chan struct{}, maxHashing), closing: make(chan struct{}),
	}
	for _, origin := range d.TrustedOrigins {
		if err := a.origins.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("api: trusted origin %q: %w", origin, err)
		}
	}
	a.huma = humago.New(a.mux, newConfig())
	return a, nil
}

// newConfig switches off what huma would add of itself: pages, $schema links, other formats.
func newConfig() huma.Config {
	c := huma.DefaultConfig("Larder", Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	c.RejectUnknownQueryParameters = true
	c.Info.Description = "Smart vending cabinets: scan, open, take, pay. Ids are decimal strings; *_ms are milliseconds since 1970 (UTC), " +
		"0 for not yet; *_fen are fen; *_g are grams, null where a mass is not known."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":  {Type: "http", Scheme: "bearer", Description: "The token of a sign-in."},
		"cookie": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "The same token, for browsers."},
	}
	c.Security = []map[string][]string{{"token": {}}, {"cookie": {}}}
	describeWords(c.Components.Schemas)
	return c
}

// Ops returns every operation that is served, with its policy, in the order of registration.
func (a *API) Ops() []Registered { return slices.Clone(a.ops) }

// EndStreams ends what would last as long as clients like, so that a server can stop. Clients come
// again elsewhere, or later.
func (a *API) EndStreams() { a.closeOnce.Do(func() { close(a.closing) }) }

// unwrap returns what net/http handed in.
func unwrap(hc huma.Context) (*http.Request, http.ResponseWriter) { return humago.Unwrap(hc) }

// errNoSuchID is for an id that is too large to be one of ours.
var errNoSuchID = larder.Wrap(larder.CodeNotFound, errors.New("no id of ours"))
