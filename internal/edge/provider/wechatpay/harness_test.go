package wechatpay_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/edge/provider/providertest"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"

	"time"
)

// testKeys makes one pair of keys for the whole run.
var testKeys = sync.OnceValues(func() (merchant, platform *rsa.PrivateKey) {
	return mustKey(), mustKey()
})

func mustKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the random source of the test machine is broken
	}
	return key
}

func testMerchant() sandbox.Merchant {
	key, platform := testKeys()
	return sandbox.Merchant{Key: key, PlatformKey: platform}
}

// clientConfig is what a merchant of the sandbox configures.
func clientConfig(m sandbox.Merchant, base, notify string) wechatpay.Config {
	c := m.ClientSettings()
	return wechatpay.Config{
		BaseURL: base, AppID: c.AppID, MerchantID: c.MerchantID, ServiceID: c.ServiceID,
		Serial: c.Serial, PrivateKey: wechatpay.NewSecret(c.PrivateKey),
		APIv3Key: wechatpay.NewSecret(c.APIv3Key), APIv2Key: wechatpay.NewSecret(c.APIv2Key),
		PublicKeyID: c.PublicKeyID, PublicKey: c.PublicKey, NotifyURL: notify,
	}
}

// bench is a sandbox on a socket, a client and a receiver of callbacks.
type bench struct {
	sandbox   *sandbox.Server
	client    *wechatpay.Client
	config    wechatpay.Config
	callbacks chan payment.Callback
}

func newBench(t *testing.T, config sandbox.Config) *bench {
	t.Helper()
	config.Merchants = []sandbox.Merchant{testMerchant()}
	server, err := sandbox.New(config)
	if err != nil {
		t.Fatal(err)
	}
	base, err := server.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{sandbox: server, callbacks: make(chan payment.Callback, 64)}
	receiver := httptest.NewServer(http.HandlerFunc(b.receive))
	b.config = clientConfig(server.Merchant(0), base, receiver.URL+"/notice")
	transport := &http.Transport{}
	b.config.Transport = transport
	if b.client, err = wechatpay.New(b.config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		receiver.Close()
		if idle := server.Unfired(); len(idle) > 0 {
			t.Errorf("faults that never happened: %v", idle)
		}
	})
	return b
}

// receive keeps a callback and answers success.
func (b *bench) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.callbacks <- payment.Callback{Header: r.Header.Clone(), Body: body, Arrived: larder.MillisOf(time.Now())}
	w.WriteHeader(http.StatusNoContent)
}

// next waits for the next callback.
func (b *bench) next(t *testing.T) payment.Callback {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case cb := <-b.callbacks:
		return cb
	case <-ctx.Done():
		t.Fatal("no callback arrived")
		return payment.Callback{}
	}
}

func (b *bench) inject(t *testing.T, i sandbox.Injection) {
	t.Helper()
	if err := b.sandbox.Inject(i); err != nil {
		t.Fatal(err)
	}
}

var sandboxCalls = map[providertest.Call]string{
	providertest.Authorize: sandbox.CallCreate,
	providertest.Cancel:    sandbox.CallCancel,
	providertest.Capture:   sandbox.CallComplete,
}

func (b *bench) harness() providertest.Harness {
	return providertest.Harness{
		Provider: b.client,
		NewPayer: b.sandbox.NewCustomer,
		Confirm: func(number string) error {
			_, err := b.sandbox.Confirm(number, "")
			return err
		},
		Hold: b.sandbox.SetBroke,
		Lose: func(t *testing.T, what providertest.Loss, call providertest.Call, number string) {
			t.Helper()
			fault := map[providertest.Loss]sandbox.Fault{
				providertest.LostRequest: sandbox.RequestLost, providertest.LostAnswer: sandbox.AnswerLost,
			}[what]
			b.inject(t, sandbox.Injection{Fault: fault, Call: sandboxCalls[call], Number: number, Times: 1})
		},
		Duplicate: func(t *testing.T, number string) {
			t.Helper()
			b.inject(t, sandbox.Injection{Fault: sandbox.CallbackDuplicated, Number: number})
		},
		Sent: func(call providertest.Call, number string) [][]byte {
			var bodies [][]byte
			for _, r := range b.sandbox.Requests(sandboxCalls[call], number) {
				bodies = append(bodies, r.Body)
			}
			return bodies
		},
		Callbacks: b.callbacks,
	}
}

// TestClient_Conforms guards the contract of payment.Provider and the provider's share of P1, P2,
// P4, P5, P6, P8 and P9.
func TestClient_Conforms(t *testing.T) {
	t.Parallel()
	providertest.Run(t, func(t *testing.T) providertest.Harness { return newBench(t, sandbox.Config{}).harness() })
}
