package wechatpay

import (
	"encoding/json"
	"net/http"

	"github.com/wechatpay-apiv3/wechatpay-go/core"

	"larder/internal/core/payment"
)

// StatusOf reads an order's JSON as an answer's is read.
func StatusOf(text string) (payment.Status, error) {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return payment.Status{}, err
	}
	return o.status()
}

// RefusalOf reads an answer outside 2xx; nil means that the outcome is unknown.
func RefusalOf(status int, body, requestID string) *payment.ErrRefused {
	return hintOf(&core.APIError{StatusCode: status, Body: body, Header: http.Header{"Request-Id": {requestID}}}).refusal()
}
