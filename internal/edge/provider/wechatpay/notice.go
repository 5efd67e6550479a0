package wechatpay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core/auth"

	"larder/internal/core/payment"
)

// Causes of a bad notice, as payment.ErrBadNotice lists them.
const (
	causeSignature = "signature"
	causeProbe     = "probe"
	causeStale     = "stale"
	causeMalformed = "malformed"
	causeForeign   = "foreign"
)

const (
	maxNoticeBytes = 1 << 20
	noticeWindow   = 5 * time.Minute // between the callback's timestamp and its arrival
	gcmNonceBytes  = 12
	// probePrefix begins the signatures of the wrong callbacks that WeChat Pay sends on purpose,
	// to see whether they are refused.
	probePrefix = "WECHATPAY/SIGNTEST/"
)

// The kinds of callback that are about an order, as Notice.Kind has them.
const (
	KindConfirmed = "PAYSCORE.USER_CONFIRM"
	KindPaid      = "PAYSCORE.USER_PAID"
)

// envelope is the part of a callback that is looked at before it is verified.
type envelope struct {
	ID       string `json:"id"`
	Resource *struct {
		Nonce string `json:"nonce"`
	} `json:"resource"`
}

// ParseNotice verifies a callback over its raw bytes, opens it and reads it. A verified notice of
// a kind that is about no order has an empty Status: store it and answer success.
func (c *Client) ParseNotice(ctx context.Context, cb payment.Callback) (payment.Notice, error) {
	n, err := c.parseNotice(ctx, cb)
	if bad, ok := errors.AsType[*payment.ErrBadNotice](err); ok {
		c.metrics.countNotice(bad.Cause)
		return payment.Notice{}, err
	}
	c.metrics.countNotice("ok")
	return n, nil
}

func (c *Client) parseNotice(ctx context.Context, cb payment.Callback) (payment.Notice, error) {
	if err := checkCallback(cb); err != nil {
		return payment.Notice{}, err
	}
	kind, id, plain, err := c.open(ctx, cb)
	if err != nil {
		return payment.Notice{}, err
	}
	n := payment.Notice{ID: id, Kind: kind}
	var o order
	if err := json.Unmarshal(plain, &o); err != nil {
		return payment.Notice{}, bad(causeMalformed, "what was encrypted is no JSON object of an order")
	}
	if kind != KindConfirmed && kind != KindPaid {
		if o.MerchantID != "" && o.MerchantID != c.config.MerchantID {
			return payment.Notice{}, bad(causeForeign, "another merchant's")
		}
		return n, nil
	}
	if !c.ours(o) {
		return payment.Notice{}, bad(causeForeign, "another merchant's, app's or service's")
	}
	if !numberForm.MatchString(o.Number) {
		return payment.Notice{}, bad(causeForeign, "not a number of ours")
	}
	if n.Status, err = o.status(); err != nil {
		return payment.Notice{}, &payment.ErrBadNotice{Cause: causeMalformed, Err: err}
	}
	return n, nil
}

func bad(cause, why string) error {
	return &payment.ErrBadNotice{Cause: cause, Err: errors.New(why)}
}

// checkCallback refuses what need not be verified: probes, stale callbacks, and the shapes that
// the SDK would panic on.
func checkCallback(cb payment.Callback) error {
	header := http.Header(cb.Header)
	for _, name := range []string{"Wechatpay-Serial", "Wechatpay-Signature", "Wechatpay-Timestamp", "Wechatpay-Nonce"} {
		if header.Get(name) == "" {
			return bad(causeSignature, "header "+name+" is missing")
		}
	}
	if strings.HasPrefix(header.Get("Wechatpay-Signature"), probePrefix) {
		return bad(causeProbe, "the provider checks whether wrong signatures are refused")
	}
	seconds, err := strconv.ParseInt(header.Get("Wechatpay-Timestamp"), 10, 64)
	if err != nil {
		return bad(causeSignature, "the timestamp is no number")
	}
	if away := cb.Arrived.Time().Sub(time.Unix(seconds, 0)).Abs(); away >= noticeWindow {
		return bad(causeStale, "the timestamp is too far from the arrival")
	}
	if len(cb.Body) > maxNoticeBytes {
		return bad(causeMalformed, "larger than 1 MiB")
	}
	var e envelope
	switch err := json.Unmarshal(cb.Body, &e); {
	case err != nil:
		return bad(causeMalformed, "not a JSON object")
	case e.ID == "":
		return bad(causeMalformed, "no id")
	case e.Resource == nil:
		return bad(causeMalformed, "no resource")
	case len(e.Resource.Nonce) != gcmNonceBytes:
		return bad(causeMalformed, fmt.Sprintf("a nonce of %d bytes", len(e.Resource.Nonce)))
	}
	return nil
}

// open lets the SDK verify and decrypt. Its errors quote the whole request, so none of their text
// is kept; it has panicked on strange bodies, so a panic is a malformed callback.
func (c *Client) open(ctx context.Context, cb payment.Callback) (kind, id string, plain []byte, err error) {
	defer func() {
		if recover() != nil {
			err = bad(causeMalformed, "the SDK panicked")
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(cb.Body))
	if err != nil {
		return "", "", nil, bad(causeMalformed, "no request can be made of it")
	}
	req.Header = http.Header(cb.Header).Clone()
	verified := new(bool)
	var content json.RawMessage
	read, err := c.notices.ParseNotifyRequest(context.WithValue(ctx, verifiedKey{}, verified), req, &content)
	switch {
	case !*verified:
		return "", "", nil, bad(causeSignature, "the signature does not verify")
	case err != nil:
		return "", "", nil, bad(causeMalformed, "it does not decrypt or is no notice")
	}
	return read.EventType, read.ID, content, nil
}

// verifiedKey is where open learns that the signature was right: the SDK's errors have no types.
type verifiedKey struct{}

// markingVerifier sets the *bool at verifiedKey when a signature verifies.
type markingVerifier struct{ auth.Verifier }

// Verify implements [auth.Verifier].
func (v markingVerifier) Verify(ctx context.Context, serial, message, signature string) error {
	err := v.Verifier.Verify(ctx, serial, message, signature)
	if mark, ok := ctx.Value(verifiedKey{}).(*bool); ok && err == nil {
		*mark = true
	}
	return err
}
