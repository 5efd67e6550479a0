package wechatpay_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/core/payment"
	"larder/internal/edge/provider/wechatpay"
)

// TestStatusOf guards "judge by the triple": every known triple has one meaning, every other is an
// error that names it.
func TestStatusOf(t *testing.T) {
	t.Parallel()
	paid := `"collection":{"state":"USER_PAID","total_amount":1250,"paying_amount":0,"paid_amount":1250,"details":[{},{"transaction_id":"42"}]}`
	tests := []struct {
		name, order string
		want        payment.Status
		wantErr     string // a part of the error; "" means none
	}{
		{"created", `{"state":"CREATED"}`, payment.Status{State: payment.ProviderWaiting}, ""},
		{"confirmed", `{"state":"DOING","state_description":"USER_CONFIRM","order_id":"7"}`,
			payment.Status{State: payment.ProviderAuthorized, Ref: "7"}, ""},
		{"completed", `{"state":"DOING","state_description":"MCH_COMPLETE","total_amount":1250,"collection":{"state":"USER_PAYING","total_amount":1250}}`,
			payment.Status{State: payment.ProviderCollecting, Amount: 1250}, ""},
		{"complete's answer has no collection", `{"state":"DOING","state_description":"MCH_COMPLETE","total_amount":1250,"need_collection":true}`,
			payment.Status{State: payment.ProviderCollecting, Amount: 1250}, ""},
		{"paid", `{"state":"DONE","state_description":"MCH_COMPLETE",` + paid + `}`,
			payment.Status{State: payment.ProviderCaptured, Amount: 1250, Trade: "42"}, ""},
		{"paid, without a description", `{"state":"DONE",` + paid + `}`,
			payment.Status{State: payment.ProviderCaptured, Amount: 1250, Trade: "42"}, ""},
		{"revoked", `{"state":"REVOKED"}`, payment.Status{State: payment.ProviderCanceled}, ""},
		{"expired", `{"state":"EXPIRED"}`, payment.Status{State: payment.ProviderCanceled}, ""},
		{"amounts as strings of digits", `{"state":"DOING","state_description":"MCH_COMPLETE","total_amount":"40000"}`,
			payment.Status{State: payment.ProviderCollecting, Amount: 40000}, ""},

		{"no state", `{}`, payment.Status{}, "does not tell"},
		{"doing, nothing more", `{"state":"DOING","state_description":""}`, payment.Status{}, "does not tell"},
		{"an unknown state", `{"state":"WAIT_PAY"}`, payment.Status{}, "WAIT_PAY"},
		{"an unknown description", `{"state":"DOING","state_description":"USER_ACCEPTED"}`, payment.Status{}, "USER_ACCEPTED"},
		{"paid before it is done", `{"state":"DOING","state_description":"MCH_COMPLETE",` + paid + `}`, payment.Status{}, "USER_PAID"},
		{"revoked and paid", `{"state":"REVOKED",` + paid + `}`, payment.Status{}, "REVOKED"},
		{"done and unpaid", `{"state":"DONE","collection":{"state":"USER_PAYING"}}`, payment.Status{}, "USER_PAYING"},
		{"done without a collection", `{"state":"DONE"}`, payment.Status{}, "DONE"},
		{"paid with nothing", `{"state":"DONE","collection":{"state":"USER_PAID","paid_amount":0}}`, payment.Status{}, "amount of 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := wechatpay.StatusOf(tt.order)
			if (err != nil) != (tt.wantErr != "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("error %v, want one with %q", err, tt.wantErr)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAmount_Malformed guards P10: fen are digits, in quotes or not, and nothing else.
func TestAmount_Malformed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`2.00`, `"2.00"`, `"2.005"`, `-1`, `"-1"`, `+1`, `1e3`, `"1e3"`, `"01"`, `" 1"`, `"１"`, `99999999999999999999`, `true`, `{}`, `[1]`} {
		if s, err := wechatpay.StatusOf(`{"state":"DOING","state_description":"MCH_COMPLETE","total_amount":` + text + `}`); err == nil {
			t.Errorf("%s is read as %+v", text, s)
		}
	}
}

// TestRefusalOf guards the table from codes to reasons, and that what is not in it is unknown.
func TestRefusalOf(t *testing.T) {
	t.Parallel()
	const id = "08AB-"
	tests := []struct {
		status            int
		code, requestID   string
		reason, wantsCode string // reason "" means unknown
	}{
		{400, "PARAM_ERROR", id + "268435460", payment.RefusedRequest, "PARAM_ERROR"},
		{400, "PARAM_ERROR", id + "271316598", payment.RefusedRequest, "PARAM_ERROR-271316598"},
		{401, "SIGN_ERROR", "", payment.RefusedRequest, "SIGN_ERROR"},
		{403, "NO_AUTH", "", payment.RefusedRequest, "NO_AUTH"},
		{404, "ORDER_NOT_EXIST", "", payment.RefusedState, "ORDER_NOT_EXIST"},
		{400, "INVALID_REQUEST", "", payment.RefusedState, "INVALID_REQUEST"},
		{400, "INVALID_REQUEST", id + "271300099", payment.RefusedCustomer, "INVALID_REQUEST-271300099"},
		{400, "INVALID_REQUEST", id + "271299627", payment.RefusedCustomer, "INVALID_REQUEST-271299627"},
		{400, "INVALID_REQUEST", id + "268560785", payment.RefusedCustomer, "INVALID_REQUEST-268560785"},
		{400, "INVALID_REQUEST", id + "271316754", payment.RefusedLater, "INVALID_REQUEST-271316754"},
		{400, "INVALID_ORDER_STATE", "", payment.RefusedState, "INVALID_ORDER_STATE"},
		{400, "ORDER_CANCELED", "", payment.RefusedState, "ORDER_CANCELED"},
		{400, "ORDER_DONE", "", payment.RefusedState, "ORDER_DONE"},
		{429, "FREQUENCY_LIMITED", "", payment.RefusedLater, "FREQUENCY_LIMITED"},
		{429, "RATE_LIMITED", "", payment.RefusedLater, "RATE_LIMITED"},

		{500, "SYSTEM_ERROR", id + "271316598", "", ""},
		{503, "PARAM_ERROR", "", "", ""},
		{302, "PARAM_ERROR", "", "", ""},
		{400, "NEVER_HEARD_OF", "", "", ""},
		{400, "param error; drop", "", "", ""},
		{400, "", "", "", ""},
	}
	for _, tt := range tests {
		got := wechatpay.RefusalOf(tt.status, `{"code":"`+tt.code+`","message":"x"}`, tt.requestID)
		var want *payment.ErrRefused
		if tt.reason != "" {
			want = &payment.ErrRefused{Reason: tt.reason, Code: tt.wantsCode}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d %s %s:\n%s", tt.status, tt.code, tt.requestID, diff)
		}
	}
	if got := wechatpay.RefusalOf(400, "<html>", ""); got != nil {
		t.Errorf("a page of HTML refuses: %v", got)
	}
}
