package visit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/ledger"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// TestService_Purchase guards the walk of one purchase (CU5, AC1, I1, I3, I5, I12): what each step
// leaves behind, from the first page to the money.
func TestService_Purchase(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.start(t, r.alice, "k1")
	id := v.ID
	if v.State != session.Awaiting || v.Payment.State != payment.Asking || v.Payment.Ceiling != ceiling || v.Deadline == 0 {
		t.Fatalf("started as %+v", v)
	}
	p := r.payment(t, id)
	if p.Request.Payer != "payer-alice" || p.Request.Ceiling != ceiling || p.Request.Number != p.Number || p.Request.Device != "SN-1" {
		t.Errorf("the provider would be asked %+v", p.Request)
	}
	if r.todo.count(visit.EffectAsk) != 1 || r.todo.timer(visit.EffectDeadline, int64(id)) != v.Deadline {
		t.Errorf("after the start the list is %v, %v", r.todo.jobs, r.todo.timers)
	}

	if c := r.says(t, id, payment.Status{State: payment.ProviderWaiting, Phone: map[string]string{"package": "x"}}); c != payment.Asked {
		t.Fatalf("waiting did %s", c)
	}
	v = r.view(t, id)
	if v.Phone["package"] != "x" || v.Deadline != r.clock.millis().Add(30*time.Second) {
		t.Errorf("while the customer is asked: %+v, want 30 s and what raises the page", v)
	}
	if got := r.todo.timer(visit.EffectQuery, int64(p.ID)); got != r.clock.millis().Add(visit.FirstQuery) {
		t.Errorf("the provider is queried at %d", got)
	}

	r.says(t, id, payment.Status{State: payment.ProviderAuthorized})
	r.want(t, id, session.Opening, session.None, payment.Authorized)
	if r.todo.count(visit.EffectOpen) != 1 || r.todo.timer(visit.EffectQuery, int64(p.ID)) != 0 {
		t.Errorf("after the consent the list is %v, %v", r.todo.jobs, r.todo.timers)
	}
	if v = r.view(t, id); v.Phone != nil {
		t.Errorf("the page can still be raised: %v", v.Phone)
	}

	r.door(t, larder.DoorOpened, id)
	r.want(t, id, session.Open, session.None, payment.Authorized)
	r.clock.add(20 * time.Second)
	r.door(t, larder.DoorShut, id)
	r.want(t, id, session.Weighing, session.None, payment.Authorized)
	r.judge(t, id, weigh.Charge, r.taken(0, 2), r.taken(2, 1))
	r.want(t, id, session.Ended, session.Charged, payment.Capturing)
	if r.todo.count(visit.EffectCapture) != 1 || r.todo.timer(visit.EffectDeadline, int64(id)) != 0 {
		t.Errorf("after the verdict the list is %v, %v", r.todo.jobs, r.todo.timers)
	}

	const total = 2*350 + 1290
	if c := r.says(t, id, payment.Status{State: payment.ProviderCaptured, Amount: total, Trade: "T"}); c != payment.Collected {
		t.Fatalf("captured did %s", c)
	}
	r.want(t, id, session.Ended, session.Charged, payment.Captured)
	r.wantReceipt(t, id, total)
	r.wantBooks(t, total)
	if taken, err := r.Taken(t.Context(), r.doors[0].ID); err != nil || taken {
		t.Errorf("the door is still taken: %v, %v", taken, err)
	}
}

func (r *rig) wantReceipt(t *testing.T, id larder.SessionID, total larder.Fen) {
	t.Helper()
	got, err := r.Receipt(t.Context(), r.alice, id)
	must(t, err)
	want := []visit.ReceiptLine{
		{Line: visit.Line{Lane: r.lanes[0].ID, Product: r.goods[0].ID, Name: "可乐", NameEn: "Cola", Count: 2, Price: 350, Amount: 700}},
		{Line: visit.Line{Lane: r.lanes[2].ID, Product: r.goods[2].ID, Name: "坚果", NameEn: "Nuts", Count: 1, Price: 1290, Amount: 1290}},
	}
	if diff := cmp.Diff(want, got.Lines); diff != "" {
		t.Errorf("lines -want +got:\n%s", diff)
	}
	if got.Total != total || got.State != order.Settled || got.Payment.Captured != total || got.Confidence != 0.9 {
		t.Errorf("receipt %+v", got)
	}
}

// wantBooks checks the two journals of one paid purchase, and the lane ledger.
func (r *rig) wantBooks(t *testing.T, total larder.Fen) {
	t.Helper()
	if got := r.balance(t, ledger.Sales); got != -total {
		t.Errorf("sales %s, want %s", got, -total)
	}
	if got := r.balance(t, ledger.Receivable); got != 0 {
		t.Errorf("%s is owed after the collection", got)
	}
	if got := r.balance(t, ledger.ClearingOf(wechat)); got != total {
		t.Errorf("clearing %s, want %s", got, total)
	}
	r.sound(t)
}

// sound holds what must be true of money and stock at any moment (I2, I3, I5), as the audit has it.
func (r *rig) sound(t *testing.T) {
	t.Helper()
	for what, query := range map[string]string{
		"journals that are not balanced": `SELECT COUNT(*) FROM (SELECT journal_id FROM posting GROUP BY journal_id HAVING SUM(amount_fen) <> 0) AS wrong`,
		"accounts that differ from their postings": `SELECT COUNT(*) FROM account a
			WHERE balance_fen <> (SELECT COALESCE(SUM(amount_fen), 0) FROM posting p WHERE p.account_id = a.id)`,
		"lanes that differ from their entries": `SELECT COUNT(*) FROM lane_stock s
			WHERE quantity <> (SELECT SUM(change_qty) FROM lane_entry e WHERE e.lane_id = s.lane_id)`,
		"bills that differ from their lines": `SELECT COUNT(*) FROM orders o
			WHERE total_fen <> (SELECT COALESCE(SUM(amount_fen), 0) FROM order_line l WHERE l.order_id = o.id)`,
		"payments above their bill": `SELECT COUNT(*) FROM payment p JOIN orders o ON o.id = p.order_id WHERE p.captured_fen > o.total_fen`,
	} {
		if n := r.number(t, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

// TestService_Judged_NothingTaken guards that a visit without goods costs nothing and gives the
// authorization back.
func TestService_Judged_NothingTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.closedVisit(t, r.alice, "k1")
	r.judge(t, id, weigh.NoCharge)
	r.want(t, id, session.Ended, session.NothingTaken, payment.Releasing)
	if r.todo.count(visit.EffectRelease) != 1 || r.todo.count(visit.EffectCapture) != 0 {
		t.Errorf("list %v", r.todo.jobs)
	}
	if got := r.view(t, id).Basket.Total; got != 0 {
		t.Errorf("an empty visit costs %s", got)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM journal`); n != 0 {
		t.Errorf("%d journals of nothing", n)
	}
}

// TestService_Judged_Twice guards O4 and I2: the verdict that is told again, with other lines even,
// settles nothing again.
func TestService_Judged_Twice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.closedVisit(t, r.alice, "k1")
	r.judge(t, id, weigh.Charge, r.taken(0, 1))
	r.door(t, larder.DoorShut, id)
	r.judge(t, id, weigh.Charge, r.taken(0, 5))
	if got := r.view(t, id).Basket.Total; got != 350 {
		t.Errorf("the bill became %s", got)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM lane_entry WHERE kind = 'purchase'`); n != 1 {
		t.Errorf("%d lane entries", n)
	}
	r.sound(t)
}

// TestService_Judged_Prices guards I13: a new planogram while the door is open changes no price and
// no product of this visit; the next visit has it.
func TestService_Judged_Prices(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openVisit(t, r.alice, "k1")
	dear, err := r.catalog.AddProduct(t.Context(), larder.System(r.org), catalog.Product{Name: "酒", NameEn: "Wine", UnitMass: 900, UnitSD: 9})
	must(t, err)
	cola := r.goods[0]
	r.goods[0] = dear
	r.publish(t, []larder.Fen{4900, 200, 1290, 350})
	r.door(t, larder.DoorShut, id)
	r.judge(t, id, weigh.Charge, r.taken(0, 1))
	if lines := r.view(t, id).Basket.Lines; len(lines) != 1 || lines[0].Price != 350 || lines[0].Product != cola.ID {
		t.Errorf("charged %+v, want the cola at its price as of the opening", lines)
	}
	next := r.closedVisit(t, r.bob, "k2")
	r.judge(t, next, weigh.Charge, r.taken(0, 1))
	if lines := r.view(t, next).Basket.Lines; len(lines) != 1 || lines[0].Price != 4900 || lines[0].Product != dear.ID {
		t.Errorf("charged %+v, want the new price", lines)
	}
}

// TestService_Judged_OverCeiling guards I2 and I12: what exceeds the authorization is billed, is not
// collected, stays owed, and a person hears of it.
func TestService_Judged_OverCeiling(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.closedVisit(t, r.alice, "k1")
	r.judge(t, id, weigh.Charge, r.taken(2, 5)) // 64.50 of 50.00
	v := r.view(t, id)
	if v.Basket.Total != 6450 || v.Payment.Amount != ceiling {
		t.Errorf("bill %s, to be collected %s", v.Basket.Total, v.Payment.Amount)
	}
	c := r.theCase(t, visit.CauseOverCeiling)
	if c.Session != id || c.Evidence.Detail["total_fen"] == nil {
		t.Errorf("case %+v", c)
	}
	var shown larder.Fen
	for _, l := range r.payment(t, id).Capture.Lines {
		shown += larder.Fen(l.Count) * l.Price
	}
	if shown != ceiling {
		t.Errorf("the provider is shown lines of %s for %s", shown, ceiling)
	}
	r.says(t, id, payment.Status{State: payment.ProviderCaptured, Amount: ceiling, Trade: "T"})
	if got := r.balance(t, ledger.Receivable); got != 1450 {
		t.Errorf("%s is owed, want 14.50", got)
	}
	r.sound(t)
}

// TestService_Judged_StockChain guards I5: entries of a lane chain from visit to visit, and goods
// that the ledger never had are booked all the same.
func TestService_Judged_StockChain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, n := range []int{3, 4, 5} {
		id := r.closedVisit(t, r.alice, "k"+string(rune('0'+n)))
		r.judge(t, id, weigh.Charge, r.taken(1, n))
	}
	lane := int64(r.lanes[1].ID)
	if got := r.number(t, `SELECT quantity FROM lane_stock WHERE lane_id = $1`, lane); got != -2 {
		t.Errorf("the ledger has %d pieces, want -2", got)
	}
	broken := r.number(t, `SELECT COUNT(*) FROM (
		SELECT before_qty, LAG(after_qty) OVER (ORDER BY at, ref_id) AS earlier FROM lane_entry WHERE lane_id = $1
	) AS entry WHERE earlier IS NOT NULL AND before_qty <> earlier`, lane)
	if broken != 0 {
		t.Errorf("%d entries do not follow from the one before", broken)
	}
	r.sound(t)
}

// TestService_Judged_ForeignLane guards I5 and L1: a verdict with a lane of another door settles
// nothing at all, and the visit still waits.
func TestService_Judged_ForeignLane(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.closedVisit(t, r.alice, "k1")
	err := r.Judged(t.Context(), id, weigh.Charge, []session.Taken{r.taken(0, 1), r.taken(3, 1)}, trace(id))
	wantCode(t, err, larder.CodeInvalid)
	r.want(t, id, session.Weighing, session.None, payment.Authorized)
	if n := r.number(t, `SELECT COUNT(*) FROM trace`); n != 0 {
		t.Errorf("%d traces of a verdict that was refused", n)
	}
}
