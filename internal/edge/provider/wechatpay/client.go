package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/validators"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"larder/internal/core/payment"
)

// Name is the provider's name in rows and metrics.
const Name = "wechatpay"

// Client speaks for one merchant. It is safe for concurrent use and holds no state but idle
// connections.
type Client struct {
	config    Config
	sdk       *core.Client
	validator *validators.WechatPayResponseValidator
	notices   *notify.Handler
	metrics   *metrics
}

var _ payment.Provider = (*Client)(nil)

// New returns a client, or an error that names every wrong setting and why. It makes no call.
func New(config Config) (*Client, error) {
	k, err := config.parse()
	if err != nil {
		return nil, err
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	verifier := verifiers.NewSHA256WithRSAPubkeyVerifier(config.PublicKeyID, *k.wechat)
	sdk, err := core.NewClient(context.Background(),
		option.WithWechatPayPublicKeyAuthCipher(config.MerchantID, config.Serial, k.merchant, config.PublicKeyID, k.wechat),
		option.WithHTTPClient(newHTTPClient(k.base, config.Transport)))
	if err != nil {
		return nil, errors.New("wechatpay: the SDK refuses the settings")
	}
	notices, err := notify.NewRSANotifyHandler(config.APIv3Key.Reveal(), markingVerifier{verifier})
	if err != nil {
		return nil, &SettingError{"api_v3_key", errors.New("the SDK refuses it")}
	}
	m, err := newMetrics(config.Registry)
	if err != nil {
		return nil, err
	}
	return &Client{
		config:    config,
		sdk:       sdk,
		validator: validators.NewWechatPayResponseValidator(verifier),
		notices:   notices,
		metrics:   m,
	}, nil
}

// Name implements [payment.Provider].
func (c *Client) Name() string { return Name }

// Authorize creates the service order (POST /v3/payscore/serviceorder). Its answer carries the
// package that raises the confirmation page, until the customer has confirmed.
func (c *Client) Authorize(ctx context.Context, req payment.AuthorizeRequest) (payment.Status, error) {
	body, err := c.createBody(req)
	if err != nil {
		return payment.Status{}, fmt.Errorf("wechatpay: create: %w", err)
	}
	o, err := c.call(ctx, callCreate, req.Number, orderPath, body)
	if err != nil {
		return payment.Status{}, err
	}
	status, err := o.status()
	if err != nil {
		return payment.Status{}, fmt.Errorf("wechatpay: create %s: %w", req.Number, err)
	}
	if status.State == payment.ProviderWaiting {
		if o.Package == "" {
			return payment.Status{}, fmt.Errorf("wechatpay: create %s: the answer has no package", req.Number)
		}
		status.Phone = c.phone(o.Package)
	}
	return status, nil
}

// Query asks for the order (GET /v3/payscore/serviceorder). State NotFound rests on an answer that
// the provider need not sign.
func (c *Client) Query(ctx context.Context, number string) (payment.Status, error) {
	if !numberForm.MatchString(number) {
		return payment.Status{}, fmt.Errorf("wechatpay: query: %w", invalid("number %.40q is malformed", number))
	}
	ids := url.Values{"service_id": {c.config.ServiceID}, "appid": {c.config.AppID}, "out_order_no": {number}}
	o, err := c.call(ctx, callQuery, number, orderPath+"?"+ids.Encode(), nil)
	if errors.Is(err, errNotFound) {
		return payment.Status{Number: number, State: payment.ProviderNotFound}, nil
	}
	if err != nil {
		return payment.Status{}, err
	}
	status, err := o.status()
	if err != nil {
		return payment.Status{}, fmt.Errorf("wechatpay: query %s: %w", number, err)
	}
	return status, nil
}

// Cancel revokes the order (POST …/cancel). The provider's answer carries no state, so a query
// follows and decides; it also follows when the provider says that the order is in no state to be
// canceled. A repetition must give the same reason, which is cut after 30 characters.
func (c *Client) Cancel(ctx context.Context, number, reason string) (payment.Status, error) {
	if !numberForm.MatchString(number) {
		return payment.Status{}, fmt.Errorf("wechatpay: cancel: %w", invalid("number %.40q is malformed", number))
	}
	if reason == "" {
		return payment.Status{}, fmt.Errorf("wechatpay: cancel %s: %w", number, invalid("a cancellation needs a reason"))
	}
	body := cancelRequest{AppID: c.config.AppID, ServiceID: c.config.ServiceID, Reason: clip(reason, maxReason)}
	o, err := c.call(ctx, callCancel, number, orderPath+"/"+number+"/cancel", body)
	return c.settle(ctx, callCancel, number, o, err)
}

// Capture completes the order (POST …/complete); the provider then collects by itself for as long
// as it takes and never says that it failed. A repetition after the collection is answered by a
// query.
func (c *Client) Capture(ctx context.Context, req payment.CaptureRequest) (payment.Status, error) {
	body, err := c.completeBody(req)
	if err != nil {
		return payment.Status{}, fmt.Errorf("wechatpay: complete: %w", err)
	}
	o, err := c.call(ctx, callComplete, req.Number, orderPath+"/"+req.Number+"/complete", body)
	status, settleErr := c.settle(ctx, callComplete, req.Number, o, err)
	if settleErr != nil {
		return payment.Status{}, settleErr
	}
	switch status.State {
	case payment.ProviderCollecting, payment.ProviderCaptured:
		if status.Amount == req.Amount {
			return status, nil
		}
		return payment.Status{}, fmt.Errorf("wechatpay: complete %s: %d is collected instead of %d: %w",
			req.Number, status.Amount, req.Amount, &payment.ErrRefused{Reason: payment.RefusedRequest, Code: "amount"})
	case payment.ProviderNotFound, payment.ProviderWaiting, payment.ProviderAuthorized, payment.ProviderCanceled:
	}
	return payment.Status{}, fmt.Errorf("wechatpay: complete %s: the order is %s: %w",
		req.Number, status.State, &payment.ErrRefused{Reason: payment.RefusedState, Code: string(status.State)})
}

// settle reads the answer to a change of an order, and queries where it does not tell the state.
func (c *Client) settle(ctx context.Context, call, number string, o order, err error) (payment.Status, error) {
	if payment.IsRefused(err, payment.RefusedState) {
		return c.Query(ctx, number)
	}
	if err != nil {
		return payment.Status{}, err
	}
	status, err := o.status()
	if errors.Is(err, errNoState) {
		return c.Query(ctx, number)
	}
	if err != nil {
		return payment.Status{}, fmt.Errorf("wechatpay: %s %s: %w", call, number, err)
	}
	return status, nil
}
