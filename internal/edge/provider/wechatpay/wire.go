package wechatpay

import (
	"fmt"
	"strconv"
	"strings"
)

// The shapes of pay score's service orders (支付分服务订单), as far as we send or read them. Amounts
// are fen.

type createRequest struct {
	Number       string    `json:"out_order_no"`
	AppID        string    `json:"appid"`
	ServiceID    string    `json:"service_id"`
	Introduction string    `json:"service_introduction"` // at most 20 characters
	TimeRange    timeRange `json:"time_range"`
	RiskFund     riskFund  `json:"risk_fund"`
	NotifyURL    string    `json:"notify_url"`
	OpenID       string    `json:"openid,omitempty"`
	NeedConfirm  bool      `json:"need_user_confirm"`
	Device       *device   `json:"device,omitempty"`
}

type timeRange struct {
	Start string `json:"start_time"` // yyyyMMddHHmmss, Beijing time
	End   string `json:"end_time,omitempty"`
}

type riskFund struct {
	Name        string `json:"name"`
	Amount      int64  `json:"amount"`
	Description string `json:"description"`
}

type device struct {
	Start string `json:"start_device_id"`
}

type completeRequest struct {
	AppID     string     `json:"appid"`
	ServiceID string     `json:"service_id"`
	Payments  []payItem  `json:"post_payments"`
	Discounts []discount `json:"post_discounts,omitempty"`
	Total     int64      `json:"total_amount"`
	TimeRange timeRange  `json:"time_range"`
}

type payItem struct {
	Name        string `json:"name"`
	Amount      int64  `json:"amount"` // of all pieces of the line
	Description string `json:"description"`
	Count       int    `json:"count"`
}

type discount struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Amount      int64  `json:"amount"`
}

type cancelRequest struct {
	AppID     string `json:"appid"`
	ServiceID string `json:"service_id"`
	Reason    string `json:"reason"`
}

// order is a service order as answers and callbacks carry it. Which fields are there depends on
// the call: cancel answers the identifiers only, complete answers no collection.
type order struct {
	AppID       string      `json:"appid"`
	MerchantID  string      `json:"mchid"`
	ServiceID   string      `json:"service_id"`
	Number      string      `json:"out_order_no"`
	OrderID     string      `json:"order_id"`
	State       string      `json:"state"`
	Description string      `json:"state_description"`
	Total       amount      `json:"total_amount"`
	Collection  *collection `json:"collection"`
	Package     string      `json:"package"`
}

type collection struct {
	State   string   `json:"state"`
	Total   amount   `json:"total_amount"`
	Paying  amount   `json:"paying_amount"`
	Paid    amount   `json:"paid_amount"`
	Details []detail `json:"details"`
}

type detail struct {
	Amount      amount `json:"amount"`
	Transaction string `json:"transaction_id"`
}

// amount is a number of fen. Official samples write some amounts as strings of digits, so both are
// read; a sign, a point, an exponent or a leading zero is refused (fault P10).
type amount int64

// UnmarshalJSON reads 40000, "40000", "" and null.
func (a *amount) UnmarshalJSON(text []byte) error {
	digits := string(text)
	if len(digits) >= 2 && strings.HasPrefix(digits, `"`) && strings.HasSuffix(digits, `"`) {
		digits = digits[1 : len(digits)-1]
	}
	if digits == "" || digits == "null" {
		*a = 0
		return nil
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != digits {
		return fmt.Errorf("not an amount in fen: %.32q", text)
	}
	*a = amount(n)
	return nil
}
