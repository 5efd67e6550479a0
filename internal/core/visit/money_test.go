package visit_test

import (
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/core/ledger"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// crowd runs fn in fifty goroutines at once.
func crowd(fn func(i int)) {
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range 50 {
		wg.Go(func() {
			<-begin
			fn(i)
		})
	}
	close(begin)
	wg.Wait()
}

// TestService_Notice_Duplicated guards P1 and P2: fifty callbacks at once, under one id and under
// many, win once, open once, collect once and post once.
func TestService_Notice_Duplicated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	number := r.payment(t, id).Number
	shout := func(st payment.Status) {
		t.Helper()
		st.Number = number
		crowd(func(i int) {
			name := string(st.State) + "-same"
			if i%2 == 0 {
				name = string(st.State) + "-" + string(rune('a'+i))
			}
			if err := r.Notice(t.Context(), wechat, r.callback(t, name, st)); err != nil {
				t.Errorf("callback %d: %v", i, err)
			}
		})
	}
	shout(payment.Status{State: payment.ProviderAuthorized})
	r.want(t, id, session.Opening, session.None, payment.Authorized)
	if n := r.number(t, `SELECT COUNT(*) FROM command`); n != 1 || r.todo.count(visit.EffectOpen) != 1 {
		t.Errorf("%d commands, told to open %d times", n, r.todo.count(visit.EffectOpen))
	}
	r.door(t, larder.DoorOpened, id)
	r.door(t, larder.DoorShut, id)
	r.judge(t, id, weigh.Charge, r.taken(0, 1))
	shout(payment.Status{State: payment.ProviderCaptured, Amount: 350, Trade: "T"})
	r.want(t, id, session.Ended, session.Charged, payment.Captured)
	shout(payment.Status{State: payment.ProviderAuthorized}) // P1: long after
	r.want(t, id, session.Ended, session.Charged, payment.Captured)
	if n := r.number(t, `SELECT COUNT(*) FROM journal WHERE kind = $1`, ledger.JournalCapture); n != 1 {
		t.Errorf("posted %d times", n)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM notice WHERE effect = 'applied'`); n != 2 {
		t.Errorf("%d notices took effect, want the first of each", n)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM notice`); n != 2*26 {
		t.Errorf("%d notices are kept, want each id once", n)
	}
	r.wantBooks(t, 350)
}

// TestService_Notice_Bad guards P8: what is not signed, and what is about a number that was never
// given out, changes nothing and is not kept.
func TestService_Notice_Bad(t *testing.T) {
	t.Parallel()
	seen := &causes{}
	r := newRig(t, func(d *visit.Deps) { d.Observer = seen })
	id := r.start(t, r.alice, "k1").ID
	forged := r.callback(t, "n1", payment.Status{Number: r.payment(t, id).Number, State: payment.ProviderAuthorized})
	forged.Header = nil
	if err := r.Notice(t.Context(), wechat, forged); larder.CodeOf(err) != larder.CodeInternal {
		t.Errorf("forged: %v", err)
	}
	unknown := r.callback(t, "n2", payment.Status{Number: "L99", State: payment.ProviderAuthorized})
	wantCode(t, r.Notice(t.Context(), wechat, unknown), larder.CodeNotFound)
	wantCode(t, r.Notice(t.Context(), "cash", unknown), larder.CodeNotFound)
	r.want(t, id, session.Awaiting, session.None, payment.Asking)
	if n := r.number(t, `SELECT COUNT(*) FROM notice`); n != 0 {
		t.Errorf("%d notices are kept", n)
	}
	if got := seen.all(); len(got) != 2 || got[0] != "signature" || got[1] != "unknown_number" {
		t.Errorf("counted %q", got)
	}
}

// causes keeps what was told about callbacks.
type causes struct {
	mu   sync.Mutex // guards list
	list []string
}

func (c *causes) Notice(_, cause string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, cause)
}
func (*causes) Provider(string, payment.Change) {}
func (*causes) Settled(int)                     {}

func (c *causes) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.list...)
}

// TestService_Notice_BeforeAnswer guards P7: the callback comes before the answer to our own
// question; it is taken, and the answer that follows changes nothing.
func TestService_Notice_BeforeAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	st := payment.Status{Number: r.payment(t, id).Number, State: payment.ProviderAuthorized}
	must(t, r.Notice(t.Context(), wechat, r.callback(t, "n1", st)))
	r.want(t, id, session.Opening, session.None, payment.Authorized)
	if c := r.says(t, id, payment.Status{State: payment.ProviderWaiting, Phone: map[string]string{"package": "x"}}); c != payment.Unchanged {
		t.Errorf("the late answer did %s", c)
	}
	r.want(t, id, session.Opening, session.None, payment.Authorized)
}

// TestService_ExpiredTx_LateConsent guards P4: nobody confirms within 30 s; a consent that comes later
// opens nothing, and the effect that gives it back is there.
func TestService_ExpiredTx_LateConsent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	r.says(t, id, payment.Status{State: payment.ProviderWaiting})
	expire := func() {
		t.Helper()
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
			return r.ExpiredTx(t.Context(), tx, id, session.Expired{})
		}))
	}
	r.clock.add(29 * time.Second)
	expire() // a clock that fires early changes nothing
	r.want(t, id, session.Awaiting, session.None, payment.Waiting)
	r.clock.add(time.Second)
	expire()
	r.want(t, id, session.Ended, session.Canceled, payment.Releasing)
	for range 3 {
		if c := r.says(t, id, payment.Status{State: payment.ProviderAuthorized}); c != payment.Unchanged {
			t.Errorf("the late consent did %s", c)
		}
	}
	if r.todo.count(visit.EffectOpen) != 0 || r.todo.count(visit.EffectRelease) != 1 {
		t.Errorf("list %v", r.todo.jobs)
	}
	if c := r.says(t, id, payment.Status{State: payment.ProviderCanceled}); c != payment.GivenBack {
		t.Errorf("the cancellation did %s", c)
	}
	r.want(t, id, session.Ended, session.Canceled, payment.Released)
	if n := r.number(t, `SELECT COUNT(*) FROM orders WHERE state = 'void'`); n != 1 {
		t.Errorf("%d void orders", n)
	}
}

// TestService_Cancel_Race guards P5: a consent races the cancellation. One wins, the other is made
// up for: an open command and no release, or a release and no command.
func TestService_Cancel_Race(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	wins := map[session.State]int{}
	for i := range 20 {
		before := [2]int{r.todo.count(visit.EffectOpen), r.todo.count(visit.EffectRelease)}
		id := r.start(t, r.alice, "k"+string(rune('a'+i))).ID
		st := payment.Status{Number: r.payment(t, id).Number, State: payment.ProviderAuthorized}
		consent := r.callback(t, id.String(), st)
		runners := []func(){
			func() {
				if err := r.Notice(t.Context(), wechat, consent); err != nil {
					t.Error(err)
				}
			},
			func() { _, _ = r.Cancel(t.Context(), r.alice, id) }, // not_cancelable if it comes second
		}
		var wg sync.WaitGroup
		wg.Go(runners[i%2])
		wg.Go(runners[1-i%2])
		wg.Wait()
		v := r.view(t, id)
		opened, released := r.todo.count(visit.EffectOpen)-before[0], r.todo.count(visit.EffectRelease)-before[1]
		switch v.State {
		case session.Opening:
			if v.Payment.State != payment.Authorized || opened != 1 || released != 0 {
				t.Fatalf("consent won: %+v, %d opened, %d released", v.Payment, opened, released)
			}
			r.door(t, larder.DoorOpened, id)
			r.door(t, larder.DoorShut, id)
			r.judge(t, id, weigh.NoCharge)
		case session.Ended:
			if v.Payment.State != payment.Releasing || opened != 0 || released != 1 {
				t.Fatalf("cancellation won: %+v, %d opened, %d released", v.Payment, opened, released)
			}
		default:
			t.Fatalf("nobody won: %+v", v)
		}
		wins[v.State]++
	}
	t.Logf("winners: %v", wins)
}

// TestService_ProviderSaidTx_Contradiction guards P3 and I2: money that moved against our row changes
// no row of ours, and a person hears of it once.
func TestService_ProviderSaidTx_Contradiction(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	_, err := r.Cancel(t.Context(), r.alice, id)
	must(t, err)
	for range 3 {
		if c := r.says(t, id, payment.Status{State: payment.ProviderCaptured, Amount: 900}); c != payment.Surprise {
			t.Fatalf("money that we never asked for did %s", c)
		}
	}
	r.want(t, id, session.Ended, session.Canceled, payment.Releasing)
	c := r.theCase(t, visit.CausePaymentSurprise)
	if c.Evidence.Detail["their_amount_fen"] != float64(900) || c.Session != id {
		t.Errorf("case %+v", c)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM journal`); n != 0 {
		t.Errorf("%d journals", n)
	}
}

// TestService_RefusedTx guards P14's first half: a provider that will not have this customer ends the
// visit; a refusal that comes too late changes nothing.
func TestService_RefusedTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	refuse := func(id larder.SessionID) {
		t.Helper()
		p := r.payment(t, id)
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.RefusedTx(t.Context(), tx, p.ID) }))
	}
	id := r.start(t, r.alice, "k1").ID
	refuse(id)
	r.want(t, id, session.Ended, session.Canceled, payment.Releasing)
	open := r.openVisit(t, r.bob, "k2")
	refuse(open)
	r.want(t, open, session.Open, session.None, payment.Authorized)
}
