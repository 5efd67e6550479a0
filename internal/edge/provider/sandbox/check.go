package sandbox

import (
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of the wire, in characters where texts are meant.
const (
	maxIntroduction = 20
	maxItemText     = 30
	maxReason       = 50
	maxItems        = 100
	maxDiscounts    = 30
	maxCount        = 100
	maxAttach       = 256
	maxNotifyURL    = 255
	maxDeviceID     = 32

	itemName = "商品信息" // the smart retail rule
	onAccept = "OnAccept"
)

var (
	openIDForm = regexp.MustCompile(`^o[0-9A-Za-z_-]{27}$`)
	riskNames  = []string{"DEPOSIT", "ADVANCE", "CASH_DEPOSIT", "ESTIMATE_ORDER_COST"}
)

func longer(text string, n int) bool { return utf8.RuneCountInString(text) > n }

// checkCreate checks what does not depend on other orders.
func (p *platform) checkCreate(req createRequest) *trouble {
	if bad := p.belongs(req.AppID, req.ServiceID); bad != nil {
		return bad
	}
	switch {
	case !numberForm.MatchString(req.OutOrderNo):
		return paramError("out_order_no")
	case req.Introduction == "" || longer(req.Introduction, maxIntroduction):
		return paramError("service_introduction")
	case !startTime(req.TimeRange.StartTime):
		return paramError("time_range.start_time")
	case !slices.Contains(riskNames, req.RiskFund.Name) || longer(req.RiskFund.Description, maxItemText):
		return paramError("risk_fund")
	case req.RiskFund.Amount < 1:
		return paramError("risk_fund.amount")
	case req.RiskFund.Amount > p.Cap:
		return errOverCap
	case !notifyURL(req.NotifyURL):
		return paramError("notify_url")
	case req.NeedUserConfirm == nil || !*req.NeedUserConfirm:
		return errNoAuth // the variant without confirmation needs a privilege
	case len(req.PostPayments) > 0 || len(req.PostDiscounts) > 0:
		return paramError("智慧零售创单不可传 post_payments、post_discounts")
	case req.OpenID != "" && !openIDForm.MatchString(req.OpenID):
		return paramError("openid")
	case len(req.Attach) > maxAttach:
		return paramError("attach")
	case req.Device != nil && (req.Device.StartDeviceID == "" || longer(req.Device.StartDeviceID, maxDeviceID)):
		return paramError("device.start_device_id")
	}
	return nil
}

func startTime(text string) bool {
	_, err := time.ParseInLocation(wireTime, text, beijing)
	return err == nil || text == onAccept
}

// notifyURL is stricter than the provider where it can be and laxer for plain http to this
// machine.
func notifyURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxNotifyURL || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

// checkComplete applies the smart retail rule, the sums and the times.
func (o *order) checkComplete(req completeRequest, now time.Time) *trouble {
	if len(req.PostPayments) < 1 || len(req.PostPayments) > maxItems || len(req.PostDiscounts) > maxDiscounts {
		return paramError("post_payments 或 post_discounts 条数")
	}
	var sum int64
	for i, item := range req.PostPayments {
		switch {
		case item.Name != itemName:
			return paramError("post_payments[%d].name 必须为 %s", i, itemName)
		case item.Description == "" || longer(item.Description, maxItemText):
			return paramError("post_payments[%d].description", i)
		case item.Amount < 1 || item.Count < 1 || item.Count > maxCount:
			return paramError("post_payments[%d].amount 或 count", i)
		}
		sum += item.Amount
	}
	for i, item := range req.PostDiscounts {
		if item.Name == "" || item.Description == "" || item.Amount < 1 || longer(item.Name, maxIntroduction) {
			return paramError("post_discounts[%d]", i)
		}
		sum -= item.Amount
	}
	switch {
	case req.TotalAmount == nil || *req.TotalAmount != sum || sum < 1:
		return paramError("total_amount")
	case sum > o.create.RiskFund.Amount:
		return errOverCap
	}
	return o.checkTimes(req.TimeRange, now)
}

func (o *order) checkTimes(r timeRange, now time.Time) *trouble {
	end, err := time.ParseInLocation(wireTime, r.EndTime, beijing)
	if err != nil || end.After(now) {
		return paramError("time_range.end_time")
	}
	if o.create.TimeRange.StartTime == onAccept {
		return nil
	}
	if r.StartTime != "" && r.StartTime != o.create.TimeRange.StartTime {
		return paramError("time_range.start_time 与创单时不同")
	}
	start, err := time.ParseInLocation(wireTime, o.create.TimeRange.StartTime, beijing)
	if err != nil || end.Before(start) {
		return errTimeOrder
	}
	return nil
}
