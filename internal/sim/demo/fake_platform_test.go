package demo_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/sim/demo"
)

type object = map[string]any

// fakePlatform is a platform that cheats: it asks the demo's control how many pieces are gone. It
// serves the page's and Once's side of the API, one cabinet at a time, so that both can be tried
// without the real one; test/ tries them with the real one.
type fakePlatform struct {
	t     *testing.T
	plan  demo.Plan
	reg   []demo.Registered
	world *demo.World
	link  *fakeLink
	http  *httptest.Server
	pay   *sandbox.Server
	sdk   *core.Client

	weighing time.Duration // between the close and the receipt
	lie      func(receipt object)

	mu       sync.Mutex // guards what follows
	sessions []*fakeSession
	changed  chan struct{} // closed and made anew at every change
}

type fakeSession struct {
	id, number        string
	cabinet           int
	state, outcome    string
	door, payment     string
	version           int
	phone             object
	opened, closed    int64
	full              []int // pieces by lane before the opening
	created, deadline int64
}

var fakeKeys = sync.OnceValues(func() (merchant, platform *rsa.PrivateKey) { return fakeKey(), fakeKey() })

func fakeKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the random source of the test machine is broken
	}
	return key
}

// newFake starts a platform and a world around it. Everything ends with the test.
func newFake(t *testing.T, seed uint64) *fakePlatform {
	t.Helper()
	plan, err := demo.Fleet(seed)
	if err != nil {
		t.Fatal(err)
	}
	p := &fakePlatform{t: t, plan: plan, changed: make(chan struct{}), lie: func(object) {}}
	next := int64(1000)
	for i, c := range plan.Cabinets {
		reg := demo.Registered{ID: larder.CabinetID(i + 1), Key: bytes.Repeat([]byte{byte(i + 1)}, wire.KeySize), Token: fmt.Sprintf("door-%d", i+1)}
		for range c.Lanes {
			next++
			reg.Lanes = append(reg.Lanes, larder.LaneID(next))
		}
		p.reg = append(p.reg, reg)
	}
	p.startProvider()
	p.link = newFakeLink(t, plan, p.reg, p.doorMoved)
	p.world, err = demo.New(demo.Config{
		Plan: plan, Registered: p.reg, LinkAddress: p.link.listener.Addr().String(), Provider: "wechatpay", Sandbox: p.pay,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.http = httptest.NewUnstartedServer(p.routes())
	p.http.Start()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.world.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		p.link.close()
		p.http.CloseClientConnections()
		p.http.Close()
		_ = p.pay.Close()
	})
	if err := p.world.WaitConnected(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *fakePlatform) startProvider() {
	key, platform := fakeKeys()
	var err error
	p.pay, err = sandbox.New(sandbox.Config{
		Merchants: []sandbox.Merchant{{Key: key, PlatformKey: platform}}, Transport: p, CollectAfter: 50 * time.Millisecond,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	m := p.pay.Merchant(0)
	p.sdk, err = core.NewClient(p.t.Context(),
		option.WithWechatPayPublicKeyAuthCipher(m.MerchantID, m.Serial, m.Key, m.PublicKeyID, &m.PlatformKey.PublicKey),
		option.WithHTTPClient(&http.Client{Transport: p.pay.Transport()}))
	if err != nil {
		p.t.Fatal(err)
	}
}

// RoundTrip receives the provider's callbacks: whatever they say, it looks at all orders.
func (p *fakePlatform) RoundTrip(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sessions {
		o, err := p.pay.Order(s.number)
		switch {
		case err != nil:
		case o.Paid && s.payment == "capturing":
			s.payment = "captured"
			p.moved(s)
		case o.Description == "USER_CONFIRM" && s.state == "awaiting":
			s.state, s.payment, s.phone = "opening", "authorized", nil
			p.moved(s)
			serial, id := p.plan.Cabinets[s.cabinet].Serial, must(strconv.ParseInt(s.id, 10, 64))
			go p.link.open(p.t.Context(), serial, id)
		}
	}
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err) // a test's own figures
	}
	return value
}

// moved tells everyone who follows. The caller holds the mutex.
func (p *fakePlatform) moved(s *fakeSession) {
	s.version++
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *fakePlatform) doorMoved(e *pb.DoorEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.find(strconv.FormatInt(e.Session, 10))
	if s == nil {
		return
	}
	if e.Kind == pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED {
		s.state, s.door, s.closed = "weighing", "closed", time.Now().UnixMilli()
		time.AfterFunc(p.weighing, func() { p.settle(s) })
	} else {
		s.state, s.door, s.opened = "open", "open", time.Now().UnixMilli()
	}
	p.moved(s)
}

func (p *fakePlatform) settle(s *fakeSession) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines, total := p.basket(s)
	s.state, s.outcome, s.payment = "ended", "charged", "capturing"
	if total == 0 {
		s.outcome, s.payment = "nothing_taken", "released"
	} else {
		go p.capture(s, lines, total)
	}
	p.moved(s)
}

const payscore = "https://api.mch.weixin.qq.com/v3/payscore/serviceorder"

func (p *fakePlatform) capture(s *fakeSession, lines []object, total int) {
	m := p.pay.Merchant(0)
	posts := []object{}
	for _, l := range lines {
		posts = append(posts, object{"name": "商品信息", "description": l["name"], "amount": l["amount_fen"], "count": l["count"]})
	}
	_, err := p.sdk.Post(p.t.Context(), payscore+"/"+s.number+"/complete", object{
		"appid": m.AppID, "service_id": m.ServiceID, "total_amount": total, "post_payments": posts,
		"time_range": object{"end_time": wireTime(time.Now())},
	})
	if err != nil {
		p.t.Errorf("complete: %v", err)
	}
}

func wireTime(t time.Time) string {
	return t.In(time.FixedZone("", 8*60*60)).Format("20060102150405")
}

// state asks the demo's own control, as the page does.
func (p *fakePlatform) state(cabinet int) demo.CabinetState {
	return p.world.State().Cabinets[cabinet]
}

// basket compares what is in the lanes with what was. The caller holds the mutex.
func (p *fakePlatform) basket(s *fakeSession) (lines []object, total int) {
	lines = []object{}
	for i, lane := range p.state(s.cabinet).Lanes {
		if n := s.full[i] - lane.Count; n > 0 {
			planned := p.plan.Cabinets[s.cabinet].Lanes[i]
			product := p.plan.Products[planned.Product]
			amount := n * int(planned.Price)
			total += amount
			lines = append(lines, object{
				"lane_id": p.reg[s.cabinet].Lanes[i].String(), "name": product.Name, "name_en": product.NameEn,
				"count": n, "price_fen": int(planned.Price), "amount_fen": amount,
				"why": object{
					"before_g": product.UnitMass * larder.Gram(s.full[i]), "after_g": product.UnitMass*larder.Gram(lane.Count) + 2,
					"unit_mass_g": product.UnitMass, "moved": 0, "rest_g": -2,
				},
			})
		}
	}
	return lines, total
}

func (p *fakePlatform) find(id string) *fakeSession {
	for _, s := range p.sessions {
		if s.id == id {
			return s
		}
	}
	return nil
}

// view is what the API shows. The caller holds the mutex.
func (p *fakePlatform) view(s *fakeSession) object {
	lines, total := p.basket(s)
	v := object{
		"id": s.id, "cabinet_id": p.reg[s.cabinet].ID, "state": s.state, "outcome": s.outcome, "door_state": s.door,
		"version": s.version, "deadline_ms": s.deadline, "created_ms": s.created, "opened_ms": s.opened, "closed_ms": s.closed,
		"payment": p.money(s, total), "basket": object{"lines": lines, "total_fen": total},
	}
	if s.phone != nil {
		v["phone"] = s.phone
	}
	return v
}

func (p *fakePlatform) money(s *fakeSession, total int) object {
	m := object{"state": s.payment, "ceiling_fen": 20000, "amount_fen": total, "captured_fen": 0}
	if s.payment == "captured" {
		m["captured_fen"] = total
	}
	return m
}

// authorize creates the order at the provider and returns what raises its page.
func (p *fakePlatform) authorize(s *fakeSession, openID string) object {
	m := p.pay.Merchant(0)
	result, err := p.sdk.Post(p.t.Context(), payscore, object{
		"out_order_no": s.number, "appid": m.AppID, "service_id": m.ServiceID, "service_introduction": p.plan.Cabinets[s.cabinet].Name,
		"time_range": object{"start_time": wireTime(time.Now().Add(-time.Second))},
		"risk_fund":  object{"name": "ESTIMATE_ORDER_COST", "amount": 20000},
		"notify_url": "https://larder.example/notice", "need_user_confirm": true, "openid": openID,
		"device": object{"start_device_id": p.plan.Cabinets[s.cabinet].Serial},
	})
	if err != nil {
		p.t.Errorf("create: %v", err)
		return nil
	}
	defer func() { _ = result.Response.Body.Close() }()
	var order struct {
		Package string `json:"package"`
	}
	if err := json.NewDecoder(result.Response.Body).Decode(&order); err != nil {
		p.t.Error(err)
	}
	data := map[string]string{"mch_id": m.MerchantID, "package": order.Package, "timestamp": "1", "nonce_str": "n", "sign_type": "HMAC-SHA256"}
	signed, pairs := object{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		pairs = append(pairs, name+"="+data[name])
		signed[name] = data[name]
	}
	mac := hmac.New(sha256.New, []byte(m.APIv2Key))
	mac.Write([]byte(strings.Join(append(pairs, "key="+m.APIv2Key), "&")))
	signed["sign"] = strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
	return signed
}
