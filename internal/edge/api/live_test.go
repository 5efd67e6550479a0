package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/edge/api"
)

// phone is a client that follows a session as server-sent events, inside a bubble.
type phone struct {
	header http.Header
	gone   context.CancelFunc
	served chan struct{} // closed when the handler has returned

	mu      sync.Mutex // guards what follows
	status  int
	text    strings.Builder
	pending strings.Builder // written and not flushed: a client does not see it
}

func (p *phone) Header() http.Header    { return p.header }
func (p *phone) WriteHeader(status int) { p.status = status }

func (p *phone) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pending.Write(b)
}

func (p *phone) Flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.WriteString(p.pending.String())
	p.pending.Reset()
}

// seen is what has arrived: the views, and how many heartbeats.
func (p *phone) seen(t *testing.T) (views []visit.View, beats int) {
	t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for event := range strings.SplitSeq(strings.TrimSuffix(p.text.String(), "\n\n"), "\n\n") {
		if strings.HasPrefix(event, ":") {
			beats++
			continue
		}
		lines := strings.Split(event, "\n")
		if len(lines) != 3 || lines[0] != "event: session" || !strings.HasPrefix(lines[1], "id: ") {
			t.Fatalf("an event is %q", event)
		}
		var v visit.View
		must(t, json.Unmarshal([]byte(strings.TrimPrefix(lines[2], "data: ")), &v))
		views = append(views, v)
	}
	return views, beats
}

func (p *phone) done() bool {
	synctest.Wait()
	select {
	case <-p.served:
		return true
	default:
		return false
	}
}

// follow begins to follow the own customer's session.
func (r *rig) follow(t *testing.T, id larder.SessionID) *phone {
	t.Helper()
	req := r.request(t, ownCustomer, "GET", "/v1/sessions/"+id.String()+"/live", "")
	ctx, cancel := context.WithCancel(t.Context())
	p := &phone{header: http.Header{}, gone: cancel, served: make(chan struct{})}
	go func() {
		defer close(p.served)
		r.ServeHTTP(p, req.WithContext(ctx))
	}()
	synctest.Wait()
	return p
}

// bubble runs a test under a fake clock; the rig's rooms and database are inside.
func bubble(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newRig(t)) })
}

func states(views []visit.View) (s []session.State) {
	for _, v := range views {
		s = append(s, v.State)
	}
	return s
}

// The walk of a stream: first the session as it is, then each change and each estimate, at last the
// end, and nothing after it.
func TestLive_from_start_to_end(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		id := r.start(t).ID
		p := r.follow(t, id)
		if got := p.header.Get("Content-Type"); got != "text/event-stream" {
			t.Fatalf("follows %q", got)
		}
		r.says(t, id, payment.ProviderWaiting)
		r.says(t, id, payment.ProviderAuthorized)
		synctest.Wait()
		r.opened(t, id)
		synctest.Wait()
		r.live.Estimate(id, visit.Basket{Lines: []visit.Line{{Name: "可乐", Count: 1}}, Total: 350})
		views, _ := p.seen(t)
		last := views[len(views)-1]
		if views[0].State != session.Awaiting || last.State != session.Open || last.Basket.Total != 350 {
			t.Fatalf("saw %v, the last with %d fen", states(views), last.Basket.Total)
		}
		if got, _ := p.seen(t); len(got) != len(views) || p.done() {
			t.Fatal("an estimate ends nothing and is told once")
		}
		r.live.Estimate(id, visit.Basket{Lines: []visit.Line{{Name: "可乐", Count: 1}}, Total: 350})
		if got, _ := p.seen(t); len(got) != len(views) {
			t.Error("what the client has was sent again")
		}
	})
}

// Walk, step 5: who only polls sees what who follows sees, the basket of an open door included, by
// whichever question; what has ended shows its bill and no estimate.
func TestLive_for_who_polls(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		id := r.start(t).ID
		p := r.follow(t, id)
		r.says(t, id, payment.ProviderWaiting)
		r.says(t, id, payment.ProviderAuthorized)
		r.opened(t, id)
		same := func() visit.View {
			t.Helper()
			views, _ := p.seen(t)
			want := views[len(views)-1]
			var got visit.View
			must(t, json.Unmarshal(r.ask(t, ownCustomer, "GET", "/v1/sessions/"+id.String(), "").Body.Bytes(), &got))
			var list struct{ Sessions []visit.View }
			must(t, json.Unmarshal(r.ask(t, ownCustomer, "GET", "/v1/sessions", "").Body.Bytes(), &list))
			if diff := cmp.Diff([]visit.View{want, want}, append(list.Sessions, got)); diff != "" {
				t.Errorf("list and poll differ from the stream: %s", diff)
			}
			return got
		}
		if v := same(); v.State != session.Open || v.Basket.Lines == nil {
			t.Fatalf("before an estimate: %+v", v)
		}
		r.live.Estimate(id, visit.Basket{Lines: []visit.Line{{Name: "可乐", Count: 1}}, Total: 350})
		r.live.Estimate(id, visit.Basket{Lines: []visit.Line{{Name: "可乐", Count: 2}}, Total: 700})
		if v := same(); v.Basket.Total != 700 || len(v.Basket.Lines) != 1 {
			t.Errorf("polled %+v, want the newest estimate", v.Basket)
		}
		refused(t, r.ask(t, otherCustomer, "GET", "/v1/sessions/"+id.String(), ""), 404, larder.CodeNotFound)
		p.gone()
	})
}

func TestLive_ended_beside_an_estimate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t).ID
	r.live.Estimate(id, visit.Basket{Lines: []visit.Line{{Name: "可乐", Count: 1}}, Total: 350})
	_, err := r.visits.Cancel(t.Context(), r.owner, id)
	must(t, err)
	var got visit.View
	must(t, json.Unmarshal(r.ask(t, ownCustomer, "GET", "/v1/sessions/"+id.String(), "").Body.Bytes(), &got))
	if got.State != session.Ended || got.Basket.Total != 0 || got.Basket.Lines == nil {
		t.Errorf("a canceled visit shows %+v", got)
	}
}

func TestLive_ends_with_the_session(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		id := r.start(t).ID
		p := r.follow(t, id)
		_, err := r.visits.Cancel(t.Context(), r.owner, id)
		must(t, err)
		views, _ := p.seen(t)
		last := views[len(views)-1]
		if last.State != session.Ended || last.Outcome != session.Canceled || !p.done() {
			t.Errorf("saw %v, done %v", states(views), p.done())
		}
		late := r.follow(t, id)
		if views, _ := late.seen(t); len(views) != 1 || views[0].State != session.Ended || !late.done() {
			t.Errorf("who comes late sees %v", states(views))
		}
		if n := r.count(t, "larder_api_streams"); n != 0 {
			t.Errorf("%v streams are counted as open", n)
		}
	})
}

// SQL is the truth and the bell only a bell: when it is lost, news is late and not lost.
func TestLive_without_a_bell(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		id := r.start(t).ID
		p := r.follow(t, id)
		r.bell.broken.Store(true)
		_, err := r.visits.Cancel(t.Context(), r.owner, id)
		must(t, err)
		if p.done() {
			t.Fatal("ended without having been told")
		}
		time.Sleep(api.LookAgain)
		if views, _ := p.seen(t); views[len(views)-1].State != session.Ended || !p.done() {
			t.Errorf("saw %v", states(views))
		}
	})
}

// A quiet stream says every 15 s that it lives.
func TestLive_heartbeat(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		p := r.follow(t, r.start(t).ID)
		time.Sleep(api.Heartbeat - time.Millisecond)
		if _, beats := p.seen(t); beats != 0 {
			t.Errorf("%d heartbeats too early", beats)
		}
		time.Sleep(time.Millisecond)
		if _, beats := p.seen(t); beats != 1 {
			t.Errorf("%d heartbeats after 15 s, want 1", beats)
		}
		time.Sleep(3 * api.Heartbeat)
		if views, beats := p.seen(t); beats != 4 || len(views) != 1 {
			t.Errorf("%d heartbeats after a minute, want 4, beside %d views", beats, len(views))
		}
		p.gone()
	})
}

// R4: a client that goes away takes its stream along, and is nobody's error.
func TestLive_client_leaves(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		p := r.follow(t, r.start(t).ID)
		p.gone()
		if !p.done() {
			t.Error("the stream goes on")
		}
		if n := r.count(t, "larder_api_streams"); n != 0 || strings.Contains(r.log.String(), "ERROR") {
			t.Errorf("%v streams are open; the log: %s", n, r.log)
		}
	})
}

// S13: a stream ends with the sign-in that began it.
func TestLive_after_signing_out(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		p := r.follow(t, r.start(t).ID)
		must(t, r.staff.SignOut(t.Context(), r.tokens[ownCustomer]))
		time.Sleep(api.Heartbeat)
		if !p.done() {
			t.Error("the stream goes on without a sign-in")
		}
	})
}

// I21: one customer has a few streams and no more; a place that is left is free again.
func TestLive_limit(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		id := r.start(t).ID
		phones := make([]*phone, api.MaxStreamsOfOne)
		for i := range phones {
			phones[i] = r.follow(t, id)
		}
		path := "/v1/sessions/" + id.String() + "/live"
		refused(t, r.ask(t, ownCustomer, "GET", path, ""), 429, larder.CodeLimited)
		phones[0].gone()
		synctest.Wait()
		again := r.follow(t, id)
		if views, _ := again.seen(t); len(views) != 1 {
			t.Errorf("a free place: saw %v", states(views))
		}
		r.EndStreams()
		phones[0] = again
		for i, p := range phones {
			if !p.done() {
				t.Errorf("stream %d outlives the API", i)
			}
		}
	})
}
