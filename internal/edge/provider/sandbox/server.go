package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	defaultKeep   = 10_000
	readTimeout   = 10 * time.Second
	writeTimeout  = 60 * time.Second // answers may be delayed on purpose
	idleTimeout   = 90 * time.Second
	shutdownGrace = 2 * time.Second
)

// Config says what a [Server] pretends to be. The zero value is one generated merchant.
type Config struct {
	Merchants []Merchant // empty means one, generated
	Clock     Clock      // nil means package time

	// CollectAfter passes between a merchant's complete and the collection; 0 means at once, but
	// after the answer has been made.
	CollectAfter time.Duration
	// NoLimits lets a customer have more than 3 orders in progress and more than 1 unpaid.
	NoLimits bool
	// CancelWhilePaying allows what some pages of the provider allow and others forbid.
	CancelWhilePaying bool
	// Keep bounds memory: so many finished orders, recorded requests and pending callbacks; the
	// oldest are forgotten. 0 means 10,000.
	Keep int

	Transport http.RoundTripper     // carries callbacks; nil means our own, with bounded connections
	Logger    *slog.Logger          // nil means silence
	Registry  prometheus.Registerer // nil means that faults are not measured
}

// Server is one sandbox: an http.Handler that can also listen by itself. It is safe for concurrent
// use. [Server.Close] ends what it started.
type Server struct {
	config    Config
	merchants []*platform // in the order of the config; read-only
	mux       *http.ServeMux
	client    *http.Client

	people  people
	faults  *faults
	records records
	courier courier

	mu   sync.Mutex // guards book and the orders in it; taken before no other lock
	book book

	listenMu sync.Mutex // guards http
	http     *http.Server
}

// New returns a sandbox that does not listen yet. Making keys takes tenths of a second.
func New(config Config) (*Server, error) {
	if config.Keep <= 0 {
		config.Keep = defaultKeep
	}
	if config.Clock == nil {
		config.Clock = realClock{}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if len(config.Merchants) == 0 {
		config.Merchants = []Merchant{{}}
	}
	s := &Server{config: config, book: newBook(config.Keep)}
	for i, m := range config.Merchants {
		p, err := newPlatform(m, i+1, config.Clock.Now())
		if err != nil {
			return nil, err
		}
		if s.merchant(p.MerchantID) != nil || s.app(p.AppID) != nil {
			return nil, fmt.Errorf("sandbox: merchant %s or app %s appears twice", p.MerchantID, p.AppID)
		}
		s.merchants = append(s.merchants, p)
	}
	var err error
	if s.faults, err = newFaults(config.Registry); err != nil {
		return nil, err
	}
	s.people.init(config.Keep)
	s.records.keep = config.Keep
	s.courier.init(config.Clock, config.Keep)
	s.client = newCallbackClient(config.Transport)
	s.mux = s.routes()
	return s, nil
}

// Merchant returns the n-th merchant of the config, from 0, with everything filled in.
func (s *Server) Merchant(n int) Merchant { return s.merchants[n].Merchant }

func (s *Server) merchant(id string) *platform {
	for _, p := range s.merchants {
		if p.MerchantID == id {
			return p
		}
	}
	return nil
}

func (s *Server) app(id string) *platform {
	for _, p := range s.merchants {
		if p.AppID == id {
			return p
		}
	}
	return nil
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	const order = "/v3/payscore/serviceorder"
	mux.HandleFunc("POST "+order, s.api(CallCreate, s.create))
	mux.HandleFunc("GET "+order, s.api(CallQuery, s.query))
	mux.HandleFunc("POST "+order+"/{number}/cancel", s.api(CallCancel, s.cancel))
	mux.HandleFunc("POST "+order+"/{number}/complete", s.api(CallComplete, s.complete))
	mux.HandleFunc("POST "+order+"/{number}/sync", s.api(CallSync, s.sync))
	mux.HandleFunc("GET /v3/certificates", s.api(CallCertificates, s.certificates))
	mux.HandleFunc("/v3/", s.api(CallOther, func(*platform, *http.Request, []byte) (any, *trouble) { return nil, errNoResource }))
	mux.HandleFunc("GET /sns/jscode2session", s.login)
	s.control(mux)
	return mux
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Start listens on addr, for instance "127.0.0.1:0", and returns the base URL. Only loopback is
// accepted: the sandbox gives its merchants' keys away.
func (s *Server) Start(ctx context.Context, addr string) (string, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || !loopback(host) {
		return "", fmt.Errorf("sandbox: address %q is not a loopback host and a port", addr)
	}
	s.listenMu.Lock()
	defer s.listenMu.Unlock()
	if s.http != nil {
		return "", errors.New("sandbox: it listens already")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("sandbox: listen: %w", err)
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(s.config.Logger.Handler(), slog.LevelWarn),
	}
	server := s.http
	s.courier.work(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.config.Logger.Error("sandbox: serving ended", "error", err)
		}
	})
	return "http://" + listener.Addr().String(), nil
}

// Close stops listening, forgets callbacks that were not delivered and waits until everything that
// the sandbox started has ended. What was switched on to be delayed is cut short.
func (s *Server) Close() error {
	s.listenMu.Lock()
	server := s.http
	s.listenMu.Unlock()
	var err error
	s.courier.stop()
	if server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
		defer cancel()
		if err = server.Shutdown(ctx); err != nil {
			err = server.Close()
		}
	}
	s.courier.wait()
	s.client.CloseIdleConnections()
	if err != nil {
		return fmt.Errorf("sandbox: stop listening: %w", err)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
