package wechatpay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// DefaultBaseURL is WeChat Pay's main host.
const DefaultBaseURL = "https://api.mch.weixin.qq.com"

// DefaultTimeout bounds one call from dialing to the last byte of the answer.
const DefaultTimeout = 10 * time.Second

// maxNotifyURL is WeChat Pay's limit on notify_url.
const maxNotifyURL = 255

// apiKeyLength is the length of an APIv3 key, which is an AES-256 key, and of an APIv2 key.
const apiKeyLength = 32

// Config says for which merchant a [Client] speaks. The public key mode is the only one: it is
// what new merchants get.
type Config struct {
	BaseURL    string // scheme and host only; empty means [DefaultBaseURL]; http only for loopback
	AppID      string // the mini-program
	MerchantID string
	ServiceID  string // the pay score service, up to 32 digits

	Serial      string // serial number of the merchant's certificate
	PrivateKey  Secret // the merchant's key, PEM, PKCS #8 or PKCS #1
	APIv3Key    Secret // 32 bytes; opens callbacks
	APIv2Key    Secret // 32 bytes; signs what the phone passes to wx.openBusinessView
	PublicKeyID string // "PUB_KEY_ID_…"
	PublicKey   string // WeChat Pay's key, PEM, PKIX

	NotifyURL string        // where callbacks go: https, no query; http only for loopback
	Timeout   time.Duration // of one call; 0 means [DefaultTimeout]

	Transport http.RoundTripper     // nil means our own, with bounded connections
	Logger    *slog.Logger          // nil means silence
	Registry  prometheus.Registerer // nil means that nothing is measured
}

// keys are what the texts of a Config say once they are parsed.
type keys struct {
	base     *url.URL
	merchant *rsa.PrivateKey
	wechat   *rsa.PublicKey
}

var (
	appIDForm    = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)
	digitsForm   = regexp.MustCompile(`^[0-9]{1,32}$`)
	serialForm   = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)
	publicIDForm = regexp.MustCompile(`^PUB_KEY_ID_[0-9A-Za-z]{1,64}$`)
)

// parse checks every setting and returns the parsed ones; the error names each wrong key and why,
// never a value.
func (c Config) parse() (keys, error) {
	var k keys
	var wrong []error
	complain := func(key string, err error) {
		if err != nil {
			wrong = append(wrong, &SettingError{key, err})
		}
	}
	var err error
	k.base, err = parseBase(c.BaseURL, DefaultBaseURL)
	complain("base_url", err)
	complain("app_id", match(appIDForm, c.AppID))
	complain("merchant_id", match(digitsForm, c.MerchantID))
	complain("service_id", match(digitsForm, c.ServiceID))
	complain("serial", match(serialForm, c.Serial))
	complain("public_key_id", match(publicIDForm, c.PublicKeyID))
	complain("api_v3_key", checkLength(c.APIv3Key))
	complain("api_v2_key", checkLength(c.APIv2Key))
	complain("notify_url", checkNotifyURL(c.NotifyURL))
	k.merchant, err = parsePrivateKey(c.PrivateKey)
	complain("private_key", err)
	k.wechat, err = parsePublicKey(c.PublicKey)
	complain("public_key", err)
	if c.Timeout < 0 {
		complain("timeout", errors.New("is negative"))
	}
	return k, errors.Join(wrong...)
}

func match(form *regexp.Regexp, value string) error {
	if value == "" {
		return errors.New("is missing")
	}
	if !form.MatchString(value) {
		return fmt.Errorf("does not look like %s", form)
	}
	return nil
}

func checkLength(key Secret) error {
	if n := len(key.Reveal()); n != apiKeyLength {
		return fmt.Errorf("has %d bytes instead of %d", n, apiKeyLength)
	}
	return nil
}

// parseBase reads a scheme and a host; plain http is for a server on this machine.
func parseBase(text, fallback string) (*url.URL, error) {
	if text == "" {
		text = fallback
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("is not a URL")
	}
	if err := checkScheme(u); err != nil {
		return nil, err
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("has more than a scheme and a host")
	}
	return u, nil
}

func checkScheme(u *url.URL) error {
	switch {
	case u.Host == "":
		return errors.New("has no host")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return errors.New("is not https, and http is for loopback only")
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func checkNotifyURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return errors.New("is missing")
	case err != nil:
		return errors.New("is not a URL")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return errors.New("has a query, a fragment or a user, which WeChat Pay refuses")
	case len(text) > maxNotifyURL:
		return fmt.Errorf("is longer than %d bytes", maxNotifyURL)
	}
	return checkScheme(u)
}

func parsePrivateKey(text Secret) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text.Reveal()))
	if block == nil {
		return nil, errors.New("is not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("is neither PKCS #8 nor PKCS #1")
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("is not an RSA key")
	}
	return private, nil
}

func parsePublicKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("is not PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("is not PKIX")
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("is not an RSA key")
	}
	return public, nil
}
