package sandbox

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	scheme          = "WECHATPAY2-SHA256-RSA2048"
	signatureWindow = 5 * time.Minute
	certificateLife = 5 * 365 * 24 * time.Hour
	nonceBytes      = 12
	certSerialBytes = 20
)

// platform is WeChat Pay as one merchant sees it: the merchant and what is made from its keys.
type platform struct {
	Merchant
	aead        cipher.AEAD
	certificate []byte // PEM
	certSerial  string // names the platform key in certificate mode
	from, until time.Time
}

func newPlatform(m Merchant, n int, now time.Time) (*platform, error) {
	m, err := m.complete(n)
	if err != nil {
		return nil, err
	}
	p := &platform{Merchant: m, from: now.Add(-time.Hour), until: now.Add(certificateLife)}
	block, err := aes.NewCipher([]byte(m.APIv3Key))
	if err != nil {
		return nil, fmt.Errorf("sandbox: merchant %s: APIv3 key: %w", m.MerchantID, err)
	}
	if p.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("sandbox: merchant %s: APIv3 key: %w", m.MerchantID, err)
	}
	serial := make([]byte, certSerialBytes)
	_, _ = rand.Read(serial)          // crypto/rand does not fail, it ends the program
	serial[0] = serial[0]&0x3f | 0x40 // positive, and 40 digits as the real ones have
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: "Tenpay.com sign (sandbox)"},
		NotBefore:    p.from,
		NotAfter:     p.until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &m.PlatformKey.PublicKey, m.PlatformKey)
	if err != nil {
		return nil, fmt.Errorf("sandbox: merchant %s: platform certificate: %w", m.MerchantID, err)
	}
	p.certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	p.certSerial = fmt.Sprintf("%X", serial)
	return p, nil
}

// authorization is the header of a signed request.
type authorization struct {
	merchant, nonce, serial, signature string
	timestamp                          int64
}

var parameterForm = regexp.MustCompile(`^(mchid|nonce_str|timestamp|serial_no|signature)="([^"]*)"$`)

// parseAuthorization reads the header strictly: each parameter once, nothing else.
func parseAuthorization(header string) (authorization, error) {
	rest, ok := strings.CutPrefix(header, scheme+" ")
	if !ok {
		return authorization{}, errors.New("not " + scheme)
	}
	found := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		m := parameterForm.FindStringSubmatch(part)
		if m == nil {
			return authorization{}, errors.New("a malformed parameter")
		}
		if _, twice := found[m[1]]; twice {
			return authorization{}, errors.New(m[1] + " appears twice")
		}
		found[m[1]] = m[2]
	}
	seconds, err := strconv.ParseInt(found["timestamp"], 10, 64)
	if err != nil || found["nonce_str"] == "" || len(found["nonce_str"]) > 32 {
		return authorization{}, errors.New("timestamp or nonce_str")
	}
	return authorization{
		merchant: found["mchid"], nonce: found["nonce_str"], serial: found["serial_no"],
		signature: found["signature"], timestamp: seconds,
	}, nil
}

// verify returns the merchant who signed the request. body is what was received, byte for byte.
func (s *Server) verify(r *http.Request, body []byte) (*platform, *trouble) {
	a, err := parseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return nil, signError(err.Error())
	}
	p := s.merchant(a.merchant)
	if p == nil || a.serial != p.Serial {
		return nil, signError("商户号或证书序列号")
	}
	if s.config.Clock.Now().Sub(time.Unix(a.timestamp, 0)).Abs() >= signatureWindow {
		return nil, signError("时间戳")
	}
	signature, err := base64.StdEncoding.DecodeString(a.signature)
	if err != nil {
		return nil, signError("base64")
	}
	text := fmt.Sprintf("%s\n%s\n%d\n%s\n%s\n", r.Method, r.RequestURI, a.timestamp, a.nonce, body)
	sum := sha256.Sum256([]byte(text))
	if rsa.VerifyPKCS1v15(&p.Key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return nil, signError("验签失败")
	}
	return p, nil
}

// signHeader signs an answer or a callback made at the given moment. The serial says which mode
// the receiver is to verify in.
func (p *platform) signHeader(h http.Header, at time.Time, serial string, body []byte) error {
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), rand.Text()
	sum := sha256.Sum256([]byte(timestamp + "\n" + nonce + "\n" + string(body) + "\n"))
	signature, err := rsa.SignPKCS1v15(nil, p.PlatformKey, crypto.SHA256, sum[:])
	if err != nil {
		return fmt.Errorf("sandbox: sign: %w", err)
	}
	h.Set("Wechatpay-Timestamp", timestamp)
	h.Set("Wechatpay-Nonce", nonce)
	h.Set("Wechatpay-Signature", base64.StdEncoding.EncodeToString(signature))
	h.Set("Wechatpay-Signature-Type", scheme)
	h.Set("Wechatpay-Serial", serial)
	return nil
}

// sealed is what AES-256-GCM with the APIv3 key made of something.
type sealed struct {
	Algorithm      string `json:"algorithm"`
	Ciphertext     string `json:"ciphertext"`
	AssociatedData string `json:"associated_data"`
	Nonce          string `json:"nonce"`
	OriginalType   string `json:"original_type,omitempty"`
}

func (p *platform) seal(plain []byte, associated, originalType string) sealed {
	nonce := rand.Text()[:nonceBytes]
	return sealed{
		Algorithm:      "AEAD_AES_256_GCM",
		Ciphertext:     base64.StdEncoding.EncodeToString(p.aead.Seal(nil, []byte(nonce), plain, []byte(associated))),
		AssociatedData: associated,
		Nonce:          nonce,
		OriginalType:   originalType,
	}
}

// certificates answers GET /v3/certificates.
func (s *Server) certificates(p *platform, _ *http.Request, _ []byte) (any, *trouble) {
	type item struct {
		SerialNo    string    `json:"serial_no"`
		Effective   time.Time `json:"effective_time"`
		Expire      time.Time `json:"expire_time"`
		Certificate sealed    `json:"encrypt_certificate"`
	}
	return map[string][]item{"data": {{
		SerialNo: p.certSerial, Effective: p.from, Expire: p.until,
		Certificate: p.seal(p.certificate, "certificate", ""),
	}}}, nil
}
