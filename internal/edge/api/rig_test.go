package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/staff"
	"larder/internal/edge/api"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
	"larder/internal/run"
)

// rig is the API over the real rooms on a real database.
type rig struct {
	*api.API
	rooms
	deps     api.Deps
	db       storetest.DB
	staff    *staff.Service
	prover   *prover
	registry *prometheus.Registry
	log      *logBuffer

	org    larder.OrgID
	door   cabinet.Door
	lane   larder.LaneID
	owner  larder.Actor      // the own customer
	tokens map[string]string // by who it is
}

const password = "correct horse"

// Who asks, in the words of S10.
const (
	anonymous     = "anonymous"
	ownCustomer   = "own customer"
	otherCustomer = "other customer"
	lowerRole     = "lower role"
	rightRole     = "right role"
	otherOrg      = "right role in another organization"
	adminRole     = "admin"
)

func newRig(t testing.TB, change ...func(*api.Deps)) *rig {
	t.Helper()
	r := &rig{
		prover: &prover{}, registry: prometheus.NewRegistry(), log: &logBuffer{}, tokens: map[string]string{},
	}
	db := storetest.Open(t, nil)
	r.db = db
	ids, err := larder.NewIDs(1, time.Now)
	must(t, err)
	r.staff = staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader, Passwords: passwords{}})
	must(t, r.staff.EnsurePlatform(t.Context()))
	cabinets := cabinet.New(cabinet.Deps{
		DB: db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: sealer{}, Audit: r.staff,
	})
	planograms := catalog.New(catalog.Deps{DB: db, Store: store.Catalog{}, IDs: ids, Cabinets: cabinets, Audit: r.staff})
	r.build(t, ids, planograms, cabinets)
	r.people(t)
	r.furnish(t, cabinets, planograms)
	r.deps = api.Deps{
		Logins: r.staff, Customers: r.customers, Cabinets: cabinets, Planograms: planograms, Leases: r.visits, Prover: r.prover,
		Visits: r.visits, Live: r.live, Cases: r.cases,
		Scales: run.NewScales(run.ScalesConfig{DB: db, Store: store.Scales{}, Audit: r.staff, Time: run.RealTime{}}),
		Log:    slog.New(slog.NewJSONHandler(r.log, nil)), Metrics: r.registry,
	}
	for _, c := range change {
		c(&r.deps)
	}
	r.API, err = api.New(r.deps)
	must(t, err)
	return r
}

// people adds who asks.
func (r *rig) people(t testing.TB) {
	t.Helper()
	ours, err := r.staff.AddOrg(t.Context(), staff.Org{Code: "ours", Name: "我们"})
	must(t, err)
	theirs, err := r.staff.AddOrg(t.Context(), staff.Org{Code: "theirs", Name: "他们"})
	must(t, err)
	r.org = ours.ID
	for who, m := range map[string]struct {
		org  larder.OrgID
		role larder.Role
	}{
		lowerRole: {ours.ID, larder.RoleRestocker}, rightRole: {ours.ID, larder.RoleSupport},
		otherOrg: {theirs.ID, larder.RoleSupport}, adminRole: {ours.ID, larder.RoleAdmin},
	} {
		_, err := r.staff.Add(t.Context(), larder.System(m.org), staff.NewStaff{
			Login: strings.ReplaceAll(who, " ", "-"), Name: who, Role: m.role, Password: password,
		})
		must(t, err)
		r.signIn(t, who)
	}
	r.signIn(t, ownCustomer)
	r.signIn(t, otherCustomer)
	r.owner, err = r.staff.Who(t.Context(), r.tokens[ownCustomer])
	must(t, err)
}

// signIn gets somebody a fresh token, straight from the room.
func (r *rig) signIn(t testing.TB, who string) {
	t.Helper()
	switch who {
	case anonymous:
	case ownCustomer, otherCustomer:
		login, err := r.customers.SignIn(t.Context(), wechat, who)
		must(t, err)
		r.tokens[who] = login.Token
	default:
		org := "ours"
		if who == otherOrg {
			org = "theirs"
		}
		login, err := r.staff.SignIn(t.Context(), org, strings.ReplaceAll(who, " ", "-"), password)
		must(t, err)
		r.tokens[who] = login.Token
	}
}

// furnish puts one cabinet with one door and one product there.
func (r *rig) furnish(t testing.TB, cabinets *cabinet.Service, planograms *catalog.Service) {
	t.Helper()
	by := larder.System(r.org)
	c, doors, lanes, err := cabinets.Register(t.Context(), by, cabinet.Registration{
		Serial: "SN-1", Model: "native", Name: "一号柜", Place: "大厅", Key: bytes.Repeat([]byte{7}, 32),
		Doors: []cabinet.NewDoor{{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}}}},
	})
	must(t, err)
	product, err := planograms.AddProduct(t.Context(), by, catalog.Product{
		Name: "可乐", NameEn: "Cola", UnitMass: 350, UnitSD: 2,
	})
	must(t, err)
	_, err = planograms.Publish(t.Context(), by, c.ID, []catalog.NewSlot{{Lane: lanes[0].ID, Product: product.ID, Price: 350, Par: 10}})
	must(t, err)
	r.door, r.lane = doors[0], lanes[0].ID
}

// ask sends a request as somebody; headers are given as name, value, name, value, …
func (r *rig) ask(t *testing.T, who, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	r.ServeHTTP(answer, r.request(t, who, method, path, body, headers...))
	return answer
}

func (r *rig) request(t *testing.T, who, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req := httptest.NewRequestWithContext(t.Context(), method, path, reader)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token := r.tokens[who]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// newRecorder takes an answer.
func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// problem reads a refusal and checks that it is one in form.
func problem(t *testing.T, answer *httptest.ResponseRecorder) api.Problem {
	t.Helper()
	if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("answered %d as %q, want a problem: %s", answer.Code, got, answer.Body)
	}
	var p api.Problem
	if err := json.Unmarshal(answer.Body.Bytes(), &p); err != nil {
		t.Fatalf("no problem: %v: %s", err, answer.Body)
	}
	if p.Status != answer.Code || p.Type != "about:blank" || p.Title == "" || p.Params == nil || p.Errors == nil {
		t.Fatalf("status %d with a problem that is not whole: %s", answer.Code, answer.Body)
	}
	return p
}

// refused checks status and code of a refusal.
func refused(t *testing.T, answer *httptest.ResponseRecorder, status int, code larder.Code) api.Problem {
	t.Helper()
	p := problem(t, answer)
	if answer.Code != status || p.Code != code {
		t.Fatalf("answered %d %s, want %d %s: %s", answer.Code, p.Code, status, code, answer.Body)
	}
	return p
}

// count sums a metric's series that have all the labels given as name, value, name, value, …; of a
// histogram it is the number of observations.
func (r *rig) count(t *testing.T, name string, labels ...string) (sum float64) {
	t.Helper()
	families, err := r.registry.Gather()
	must(t, err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			has := map[string]string{}
			for _, l := range m.GetLabel() {
				has[l.GetName()] = l.GetValue()
			}
			matches := true
			for i := 0; i < len(labels); i += 2 {
				matches = matches && has[labels[i]] == labels[i+1]
			}
			if matches {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// logBuffer takes log lines from several goroutines.
type logBuffer struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// passwords hashes fast: argon2id is the vault's test.
type passwords struct{}

func (passwords) Hash(p string) (string, error)       { return "h:" + p, nil }
func (passwords) Verify(hash, p string) (bool, error) { return hash == "h:"+p, nil }

// sealer keeps keys as they are: sealing is the vault's test.
type sealer struct{}

func (sealer) Seal(p []byte) ([]byte, error) { return append([]byte{1}, p...), nil }
func (sealer) Open(s []byte) ([]byte, error) { return s[1:], nil }

// prover answers for the cabinet.
type prover struct {
	mu    sync.Mutex // guards what follows
	proof larder.Proof
	err   error
}

func (p *prover) answer(proof larder.Proof, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.proof, p.err = proof, err
}

func (p *prover) Prove(context.Context, larder.CabinetID) (larder.Proof, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proof, p.err
}
