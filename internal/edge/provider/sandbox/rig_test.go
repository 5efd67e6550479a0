package sandbox_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"larder/internal/edge/provider/sandbox"
)

// testKeys makes one pair of keys for the whole run.
var testKeys = sync.OnceValues(func() (merchant, platform *rsa.PrivateKey) { return mustKey(), mustKey() })

func mustKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the random source of the test machine is broken
	}
	return key
}

// rig is a sandbox without a socket and the official SDK as its client, so that it runs in a
// synctest bubble.
type rig struct {
	*sandbox.Server
	m   sandbox.Merchant
	sdk *core.Client

	mu        sync.Mutex // guards what follows
	delivered []time.Time
	bodies    []string
	status    int // what the receiver of callbacks answers
}

func newRig(t *testing.T, config sandbox.Config) *rig {
	t.Helper()
	key, platform := testKeys()
	r := &rig{status: http.StatusNoContent}
	config.Merchants = []sandbox.Merchant{{Key: key, PlatformKey: platform}}
	config.Transport = r
	server, err := sandbox.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	r.Server, r.m = server, server.Merchant(0)
	r.sdk, err = core.NewClient(t.Context(),
		option.WithWechatPayPublicKeyAuthCipher(r.m.MerchantID, r.m.Serial, r.m.Key, r.m.PublicKeyID, &r.m.PlatformKey.PublicKey),
		option.WithHTTPClient(&http.Client{Transport: server.Transport()}))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// RoundTrip receives callbacks.
func (r *rig) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered, r.bodies = append(r.delivered, time.Now()), append(r.bodies, string(body))
	return &http.Response{StatusCode: r.status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

func (r *rig) answerWith(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *rig) deliveries() (at []time.Time, bodies []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]time.Time(nil), r.delivered...), append([]string(nil), r.bodies...)
}

const base = "https://api.mch.weixin.qq.com/v3/payscore/serviceorder"

// object is a JSON object under construction.
type object map[string]any

func (r *rig) createBody(number string) object {
	return object{
		"out_order_no": number, "appid": r.m.AppID, "service_id": r.m.ServiceID, "service_introduction": "一号柜",
		"time_range": object{"start_time": wireTime(time.Now().Add(-time.Minute))},
		"risk_fund":  object{"name": "ESTIMATE_ORDER_COST", "amount": 5000},
		"notify_url": "https://larder.example/notice", "need_user_confirm": true,
		"openid": openID, "device": object{"start_device_id": "SN-1"},
	}
}

func (r *rig) completeBody(total int) object {
	return object{
		"appid": r.m.AppID, "service_id": r.m.ServiceID, "total_amount": total,
		"post_payments": []object{{"name": "商品信息", "description": "水", "amount": total, "count": 1}},
		"time_range":    object{"end_time": wireTime(time.Now().Add(-time.Second))},
	}
}

func (r *rig) cancelBody(reason string) object {
	return object{"appid": r.m.AppID, "service_id": r.m.ServiceID, "reason": reason}
}

const openID = "oAbcdefghijklmnopqrstuvwxyz0"

func wireTime(t time.Time) string {
	return t.In(time.FixedZone("", 8*60*60)).Format("20060102150405")
}

// post sends a request through the SDK and returns the code of the answer, "" for success.
func (r *rig) post(t *testing.T, path string, body any) (object, string) {
	t.Helper()
	return read(t, func(ctx context.Context) (*core.APIResult, error) { return r.sdk.Post(ctx, base+path, body) })
}

func (r *rig) get(t *testing.T, number string) (object, string) {
	t.Helper()
	url := fmt.Sprintf("%s?service_id=%s&appid=%s&out_order_no=%s", base, r.m.ServiceID, r.m.AppID, number)
	return read(t, func(ctx context.Context) (*core.APIResult, error) { return r.sdk.Get(ctx, url) })
}

func read(t *testing.T, call func(context.Context) (*core.APIResult, error)) (object, string) {
	t.Helper()
	result, err := call(t.Context())
	if failed, ok := errors.AsType[*core.APIError](err); ok {
		return nil, failed.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = result.Response.Body.Close() }()
	var o object
	if err := json.NewDecoder(result.Response.Body).Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o, ""
}

// confirmed brings a number to the customer's consent.
func (r *rig) confirmed(t *testing.T, number string) {
	t.Helper()
	if _, code := r.post(t, "", r.createBody(number)); code != "" {
		t.Fatalf("create: %s", code)
	}
	if _, err := r.Confirm(number, ""); err != nil {
		t.Fatal(err)
	}
}
