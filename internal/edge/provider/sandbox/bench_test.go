package sandbox_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"larder/internal/edge/provider/sandbox"
)

// BenchmarkServer_Purchase is create, confirm, complete and both callbacks over loopback, the
// merchant's and the provider's signatures included. The benchmark of purchases needs 100 a second.
func BenchmarkServer_Purchase(b *testing.B) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer receiver.Close()
	key, platform := testKeys()
	server, err := sandbox.New(sandbox.Config{Merchants: []sandbox.Merchant{{Key: key, PlatformKey: platform}}, NoLimits: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	at, err := server.Start(b.Context(), "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	r := &rig{Server: server, m: server.Merchant(0)}
	wire := &http.Transport{MaxIdleConnsPerHost: 32}
	defer wire.CloseIdleConnections()
	r.sdk, err = core.NewClient(b.Context(),
		option.WithWechatPayPublicKeyAuthCipher(r.m.MerchantID, r.m.Serial, r.m.Key, r.m.PublicKeyID, &r.m.PlatformKey.PublicKey),
		option.WithHTTPClient(&http.Client{Transport: redirect{at, wire}}))
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := r.purchase(b.Context(), rand.Text(), receiver.URL); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "purchases/s")
}

// purchase is what one purchase asks of the sandbox.
func (r *rig) purchase(ctx context.Context, number, notify string) error {
	create := r.createBody(number)
	create["notify_url"] = notify
	if _, err := r.sdk.Post(ctx, base, create); err != nil {
		return err
	}
	if _, err := r.Confirm(number, ""); err != nil {
		return err
	}
	_, err := r.sdk.Post(ctx, base+"/"+number+"/complete", r.completeBody(1250))
	return err
}

// redirect sends requests to another host.
type redirect struct {
	base string
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	to, err := url.Parse(r.base)
	if err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host = to.Scheme, to.Host
	return r.next.RoundTrip(out)
}
