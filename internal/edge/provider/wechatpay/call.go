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

	"github.com/wechatpay-apiv3/wechatpay-go/core"

	"larder/internal/core/payment"
)

// The calls, as metrics and logs name them.
const (
	callCreate   = "create"
	callQuery    = "query"
	callCancel   = "cancel"
	callComplete = "complete"
)

const orderPath = "/v3/payscore/serviceorder"

var (
	errNotFound   = errors.New("the provider has never seen this number")
	errUnverified = errors.New("the answer's signature does not verify")
	errForeign    = errors.New("the answer is about another order, merchant, app or service")
)

// call sends one request about one order and returns the verified answer. Every error leaves the
// outcome unknown unless it is a *payment.ErrRefused or errNotFound.
func (c *Client) call(ctx context.Context, name, number, path string, body any) (order, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	began := time.Now()
	o, err := c.exchange(ctx, number, path, body)
	took := time.Since(began)
	c.metrics.observeCall(name, err, took)
	if err == nil {
		return o, nil
	}
	if !errors.Is(err, errNotFound) {
		c.config.Logger.LogAttrs(ctx, levelOf(err), "payment provider call failed",
			slog.String("provider", Name), slog.String("call", name), slog.String("number", number),
			slog.String("outcome", outcomeOf(err)), slog.Duration("took", took), slog.Any("error", err))
	}
	return order{}, fmt.Errorf("wechatpay: %s %s: %w", name, number, err)
}

// levelOf is error for what only a mistake or an attack explains.
func levelOf(err error) slog.Level {
	if payment.IsRefused(err, payment.RefusedRequest) || errors.Is(err, errUnverified) || errors.Is(err, errForeign) {
		return slog.LevelError
	}
	return slog.LevelWarn
}

func (c *Client) exchange(ctx context.Context, number, path string, body any) (order, error) {
	var result *core.APIResult
	var err error
	// The host is replaced on the way out; the SDK signs method, path and query only.
	if target := DefaultBaseURL + path; body == nil {
		result, err = c.sdk.Get(ctx, target)
	} else {
		result, err = c.sdk.Post(ctx, target, body)
	}
	if err != nil {
		return order{}, c.translate(ctx, result, err)
	}
	defer func() { _ = result.Response.Body.Close() }()
	data, err := io.ReadAll(result.Response.Body)
	if err != nil {
		return order{}, errors.New("the answer's body cannot be read")
	}
	var o order
	if err := json.Unmarshal(data, &o); err != nil {
		return order{}, errors.New("the answer is not an order")
	}
	if o.Number != number || !c.ours(o) {
		// The provider's signature covers an answer, not the question it answers.
		return order{}, errForeign
	}
	return o, nil
}

// ours reports whether the order belongs to our merchant, app and service.
func (c *Client) ours(o order) bool {
	return o.AppID == c.config.AppID && o.MerchantID == c.config.MerchantID && o.ServiceID == c.config.ServiceID
}

// translate turns an error of the SDK, whose text quotes headers and bodies, into one of ours.
func (c *Client) translate(ctx context.Context, result *core.APIResult, err error) error {
	if api, ok := errors.AsType[*core.APIError](err); ok {
		return c.translateHint(ctx, result, api)
	}
	if result != nil && result.Response != nil {
		return errUnverified
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if failed.Timeout() && !errors.Is(failed.Err, context.DeadlineExceeded) {
			return fmt.Errorf("no answer: %w", context.DeadlineExceeded)
		}
		return fmt.Errorf("no answer: %w", failed.Err)
	}
	return errors.New("the request could not be made")
}

// translateHint reads an answer outside 2xx, which the SDK does not verify. One that carries a
// signature must carry a right one; one without may be true.
func (c *Client) translateHint(ctx context.Context, result *core.APIResult, api *core.APIError) error {
	if api.Header.Get("Wechatpay-Signature") != "" && c.validator.Validate(ctx, result.Response) != nil {
		return fmt.Errorf("status %d: %w", api.StatusCode, errUnverified)
	}
	h := hintOf(api)
	if h.notFound() {
		return errors.Join(errNotFound, h.refusal())
	}
	if refused := h.refusal(); refused != nil {
		return refused
	}
	if h.code == "" && http.StatusText(h.status) == "" {
		return errors.New("the answer has no status of HTTP")
	}
	return fmt.Errorf("status %d, code %q", h.status, h.code)
}
