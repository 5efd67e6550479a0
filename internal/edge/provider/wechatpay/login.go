package wechatpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
)

// DefaultLoginURL is the host of a mini-program's server API.
const DefaultLoginURL = "https://api.weixin.qq.com"

const (
	callLogin    = "login"
	maxCodeBytes = 512
)

// LoginConfig says for which mini-program a [Login] speaks.
type LoginConfig struct {
	BaseURL   string // scheme and host only; empty means [DefaultLoginURL]; http only for loopback
	AppID     string
	AppSecret Secret
	Timeout   time.Duration // 0 means [DefaultTimeout]

	Transport http.RoundTripper     // nil means our own, with bounded connections
	Logger    *slog.Logger          // nil means silence
	Registry  prometheus.Registerer // nil means that nothing is measured
}

// Login turns the code that wx.login gives a mini-program into the customer's openid. It is safe
// for concurrent use.
type Login struct {
	appID   string
	secret  Secret
	client  *http.Client
	timeout time.Duration
	logger  *slog.Logger
	metrics *metrics
}

// NewLogin returns a Login, or an error that names every wrong setting and why.
func NewLogin(config LoginConfig) (*Login, error) {
	var wrong []error
	base, err := parseBase(config.BaseURL, DefaultLoginURL)
	if err != nil {
		wrong = append(wrong, &SettingError{"login_url", err})
	}
	if err := match(appIDForm, config.AppID); err != nil {
		wrong = append(wrong, &SettingError{"app_id", err})
	}
	if config.AppSecret.Reveal() == "" {
		wrong = append(wrong, &SettingError{"app_secret", errors.New("is missing")})
	}
	m, err := newMetrics(config.Registry)
	if err := errors.Join(append(wrong, err)...); err != nil {
		return nil, err
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Timeout <= 0 {
		config.Timeout = DefaultTimeout
	}
	return &Login{
		appID:   config.AppID,
		secret:  config.AppSecret,
		client:  newHTTPClient(base, config.Transport),
		timeout: config.Timeout,
		logger:  config.Logger,
		metrics: m,
	}, nil
}

// Identify exchanges a one-time code for the openid. The error's code is larder.CodeCredentials
// for a code that is wrong, used or old, CodeForbidden for a customer whom WeChat blocks,
// CodeLimited when WeChat asks to slow down, CodeProvider otherwise.
func (l *Login) Identify(ctx context.Context, code string) (payerID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	began := time.Now()
	payerID, err = l.identify(ctx, code)
	took := time.Since(began)
	if larder.CodeOf(err) == larder.CodeCredentials {
		l.metrics.calls.WithLabelValues(Name, callLogin, "refused").Observe(took.Seconds())
		return "", err
	}
	l.metrics.observeCall(callLogin, err, took)
	if err != nil {
		l.logger.WarnContext(ctx, "login at the provider failed", "provider", Name, "took", took, "error", err)
	}
	return payerID, err
}

func (l *Login) identify(ctx context.Context, code string) (string, error) {
	if code == "" || len(code) > maxCodeBytes {
		return "", larder.Wrap(larder.CodeCredentials, errors.New("not a login code"))
	}
	query := url.Values{"appid": {l.appID}, "secret": {l.secret.Reveal()}, "js_code": {code}, "grant_type": {"authorization_code"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, DefaultLoginURL+"/sns/jscode2session?"+query.Encode(), nil)
	if err != nil {
		return "", larder.Wrap(larder.CodeInternal, errors.New("wechatpay: login: the request could not be made"))
	}
	answer, err := l.client.Do(req)
	if err != nil {
		// The text of a url.Error holds the URL, and that holds the secret.
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err
		}
		return "", larder.Wrap(larder.CodeProvider, fmt.Errorf("wechatpay: login: no answer: %w", err))
	}
	defer func() { _ = answer.Body.Close() }()
	return readLogin(answer)
}

// readLogin reads the answer of jscode2session: status 200 and either an openid or an errcode.
func readLogin(answer *http.Response) (string, error) {
	var said struct {
		OpenID  string `json:"openid"`
		ErrCode int    `json:"errcode"`
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || json.Unmarshal(body, &said) != nil {
		return "", larder.Wrap(larder.CodeProvider, fmt.Errorf("wechatpay: login: status %d is no answer", answer.StatusCode))
	}
	err = fmt.Errorf("wechatpay: login: errcode %d", said.ErrCode)
	switch said.ErrCode {
	case 0:
		if said.OpenID == "" {
			return "", larder.Wrap(larder.CodeProvider, errors.New("wechatpay: login: the answer has no openid"))
		}
		return said.OpenID, nil
	case 40029, 40163: // wrong or old; used before
		return "", larder.Wrap(larder.CodeCredentials, err)
	case 40226: // blocked for risk
		return "", larder.Wrap(larder.CodeForbidden, err)
	case 45011: // more than 100 a minute for one customer
		return "", larder.Wrap(larder.CodeLimited, err)
	}
	return "", larder.Wrap(larder.CodeProvider, err)
}
