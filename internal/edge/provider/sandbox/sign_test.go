package sandbox_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/downloader"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"larder/internal/edge/provider/sandbox"
)

// TestServer_Verifies guards that our signature is checked over the raw bytes received: whatever
// is wrong about it is 401 SIGN_ERROR and creates nothing.
func TestServer_Verifies(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Config{})
	stranger := mustKey()
	body, err := json.Marshal(r.createBody("V1"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	const path = "/v3/payscore/serviceorder"
	right := header(t, r.m.Key, r.m.MerchantID, r.m.Serial, "POST", path, now, body)
	for name, try := range map[string]struct {
		path, header string
		body         []byte
	}{
		"no signature":      {path, "", body},
		"another scheme":    {path, strings.Replace(right, "WECHATPAY2", "WECHATPAY3", 1), body},
		"a byte more":       {path, right, append(bytes.Clone(body), '\n')},
		"a query more":      {path + "?x=1", right, body},
		"another key":       {path, header(t, stranger, r.m.MerchantID, r.m.Serial, "POST", path, now, body), body},
		"another merchant":  {path, header(t, r.m.Key, "1900000000", r.m.Serial, "POST", path, now, body), body},
		"another serial":    {path, header(t, r.m.Key, r.m.MerchantID, "00", "POST", path, now, body), body},
		"another method":    {path, header(t, r.m.Key, r.m.MerchantID, r.m.Serial, "GET", path, now, body), body},
		"an old timestamp":  {path, header(t, r.m.Key, r.m.MerchantID, r.m.Serial, "POST", path, now.Add(-6*time.Minute), body), body},
		"a twin parameter":  {path, right + `,mchid="` + r.m.MerchantID + `"`, body},
		"a strange one":     {path, right + `,color="red"`, body},
		"a space in it":     {path, strings.Replace(right, ",", ", ", 1), body},
		"a broken encoding": {path, strings.Replace(right, `signature="`, `signature="!`, 1), body},
	} {
		if status, text := send(t, r, try.path, try.header, try.body); status != http.StatusUnauthorized || !strings.Contains(text, "SIGN_ERROR") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if _, err := r.Order("V1"); err == nil {
		t.Error("an order was created")
	}
	if status, text := send(t, r, path, right, body); status != http.StatusOK {
		t.Errorf("rightly signed: %d %s", status, text)
	}
}

func header(t *testing.T, key *rsa.PrivateKey, merchant, serial, method, path string, at time.Time, body []byte) string {
	t.Helper()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\nnonce\n%s\n", method, path, at.Unix(), body))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`WECHATPAY2-SHA256-RSA2048 mchid="%s",nonce_str="nonce",timestamp="%d",serial_no="%s",signature="%s"`,
		merchant, at.Unix(), serial, base64.StdEncoding.EncodeToString(signature))
}

func send(t *testing.T, r *rig, path, authorization string, body []byte) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	answer, err := r.Transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestServer_CertificateMode guards the second key mode with a client that we did not write: the
// SDK downloads, decrypts and uses the platform certificate.
func TestServer_CertificateMode(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Config{})
	plain, err := core.NewClient(t.Context(), option.WithMerchantCredential(r.m.MerchantID, r.m.Serial, r.m.Key), option.WithoutValidator(),
		option.WithHTTPClient(&http.Client{Transport: r.Transport()}))
	if err != nil {
		t.Fatal(err)
	}
	source, err := downloader.NewCertificateDownloaderWithClient(t.Context(), plain, r.m.APIv3Key)
	if err != nil {
		t.Fatal(err)
	}
	var list []*x509.Certificate
	for _, certificate := range source.GetAll(t.Context()) {
		list = append(list, certificate)
	}
	if len(list) != 1 {
		t.Fatalf("%d certificates, want 1", len(list))
	}
	r.sdk, err = core.NewClient(t.Context(), option.WithMerchantCredential(r.m.MerchantID, r.m.Serial, r.m.Key),
		option.WithWechatPayCertificate(list), option.WithHTTPClient(&http.Client{Transport: r.Transport()}))
	if err != nil {
		t.Fatal(err)
	}
	if o, code := r.post(t, "", r.createBody("V1")); code != "" || o["state"] != "CREATED" {
		t.Errorf("create: %s %v", code, o)
	}
}
