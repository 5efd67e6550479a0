package wechatpay

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/wechatpay-apiv3/wechatpay-go/core"

	"larder/internal/core/payment"
)

// codeNotFound is how WeChat Pay says that it has never seen a number.
const codeNotFound = "ORDER_NOT_EXIST"

// reasons says what a code outside 2xx means. What is not here is unknown, and so is every 5xx.
// INVALID_REQUEST covers everything from "not in this state" to "not this customer"; the numeric
// suffix tells, and without one the state is to be asked for.
//
// Source: the error tables of the pay score API pages.
var reasons = map[string]string{
	"PARAM_ERROR":         payment.RefusedRequest,
	"SIGN_ERROR":          payment.RefusedRequest,
	"NO_AUTH":             payment.RefusedRequest,
	"INVALID_REQUEST":     payment.RefusedState,
	"INVALID_ORDER_STATE": payment.RefusedState,
	"ORDER_CANCELED":      payment.RefusedState,
	"ORDER_DONE":          payment.RefusedState,
	codeNotFound:          payment.RefusedState,
	"FREQUENCY_LIMITED":   payment.RefusedLater,
	"RATE_LIMITED":        payment.RefusedLater,
}

// suffixes refines a code: WeChat Pay ends the Request-ID of an answer with the number of what
// went wrong inside.
//
// Source: numbers seen in the provider's troubleshooting texts; they are not a contract, so they
// only choose between reasons.
var suffixes = map[string]string{
	"271316598": payment.RefusedRequest,  // repeated with other parameters
	"271316656": payment.RefusedRequest,  // above the cap
	"271316637": payment.RefusedRequest,  // ends before it starts
	"271300099": payment.RefusedCustomer, // the evaluation of the customer failed
	"271299627": payment.RefusedCustomer, // the customer has overdue orders
	"268560785": payment.RefusedCustomer, // teenager mode
	"271302262": payment.RefusedState,
	"271302332": payment.RefusedState,
	"271302333": payment.RefusedState,
	"271316657": payment.RefusedState, // only while awaiting payment
	"271316592": payment.RefusedState, // cannot be canceled
	"271316574": payment.RefusedState, // the deduction failed
	"271316754": payment.RefusedLater, // being deducted
	"268435472": payment.RefusedLater, // too frequent
	"271317510": payment.RefusedState, // not found
}

// codeForm keeps a stranger's text out of logs and metrics.
var codeForm = regexp.MustCompile(`^[A-Z][A-Z_]{0,39}$`)

var suffixForm = regexp.MustCompile(`^[0-9]{9}$`)

// hint is what an answer outside 2xx says. It is not proof of anything.
type hint struct {
	status int
	code   string // "" if the body is not WeChat Pay's
	suffix string // "" if there is none
}

// hintOf reads an error of the SDK without its texts.
func hintOf(e *core.APIError) hint {
	h := hint{status: e.StatusCode}
	var body struct {
		Code string `json:"code"`
	}
	if json.Unmarshal([]byte(e.Body), &body) == nil && codeForm.MatchString(body.Code) {
		h.code = body.Code
	}
	id := e.Header.Get("Request-Id")
	if last := id[strings.LastIndexByte(id, '-')+1:]; suffixForm.MatchString(last) {
		h.suffix = last
	}
	return h
}

// refusal returns what the hint refuses, or nil if the outcome is unknown.
func (h hint) refusal() *payment.ErrRefused {
	if h.status < http.StatusBadRequest || h.status >= http.StatusInternalServerError {
		return nil
	}
	reason, known := reasons[h.code]
	if !known {
		return nil
	}
	code := h.code
	if finer, ok := suffixes[h.suffix]; ok {
		reason, code = finer, code+"-"+h.suffix
	}
	return &payment.ErrRefused{Reason: reason, Code: code}
}

// notFound reports whether the hint says that the number was never seen.
func (h hint) notFound() bool {
	return h.status == http.StatusNotFound && h.code == codeNotFound
}
