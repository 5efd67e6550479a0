package app

import (
	"errors"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/app/config"
	"larder/internal/core/customer"
	"larder/internal/core/visit"
	"larder/internal/edge/provider/wechatpay"
)

// providers are the payment providers and identity providers of an installation, by name.
type providers struct {
	payment  visit.Providers
	identity map[string]customer.IdentityProvider
}

// newProviders makes the clients; nothing is called yet. The error is [*config.Invalid]: what is
// wrong here is a setting.
func newProviders(c config.Config, notify string, log *slog.Logger, r prometheus.Registerer) (providers, error) {
	w := c.WeChatPay
	secret := func(s config.Secret) wechatpay.Secret { return wechatpay.NewSecret(s.Reveal()) }
	var wrong []config.Problem
	complain := func(err error) {
		for _, one := range each(err) {
			wrong = append(wrong, problemOf(one))
		}
	}
	client, err := wechatpay.New(wechatpay.Config{
		BaseURL: w.BaseURL, AppID: w.AppID, MerchantID: w.MerchantID, ServiceID: w.ServiceID,
		Serial: w.Serial, PrivateKey: secret(w.PrivateKey), APIv3Key: secret(w.APIv3Key), APIv2Key: secret(w.APIv2Key),
		PublicKeyID: w.PublicKeyID, PublicKey: w.PublicKey, NotifyURL: notify, Logger: log, Registry: r,
	})
	complain(err)
	login, err := wechatpay.NewLogin(wechatpay.LoginConfig{
		BaseURL: w.LoginURL, AppID: w.AppID, AppSecret: secret(w.AppSecret), Logger: log, Registry: r,
	})
	complain(err)
	if len(wrong) > 0 {
		return providers{}, config.Join(&config.Invalid{Problems: wrong}) // both may complain of one
	}
	return providers{
		payment:  visit.Providers{wechatpay.Name: client},
		identity: map[string]customer.IdentityProvider{wechatpay.Name: login},
	}, nil
}

// problemOf tells a complaint of the client in the words of the settings.
func problemOf(err error) config.Problem {
	if of, ok := errors.AsType[*wechatpay.SettingError](err); ok {
		return config.Problem{Key: "wechatpay-" + strings.ReplaceAll(of.Setting, "_", "-"), Reason: of.Reason.Error()}
	}
	return config.Problem{Key: "wechatpay", Reason: err.Error()}
}

// each returns the errors that err joins, or err itself; none for nil.
func each(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // only the outermost error is taken apart
		return joined.Unwrap()
	}
	return []error{err}
}
