package wechatpay

import (
	"fmt"
	"regexp"
	"time"

	"larder"
	"larder/internal/core/payment"
)

// Limits and fixed words of the wire. Lengths are in characters.
const (
	maxIntroduction = 20
	maxItemText     = 30
	maxReason       = 30 // newer pages say 50
	maxDevice       = 32
	maxItems        = 100
	maxCount        = 100   // pieces of an item
	maxPieces       = 1_000 // of a line of ours: the most that a bill has of one lane

	payLater        = "ESTIMATE_ORDER_COST" // the risk fund of the pay-later mode
	riskDescription = "商品预估费用"
	itemName        = "商品信息" // exactly this word: the smart retail rule (doc 4012587317)
	otherItems      = "其他商品"
	discountName    = "优惠"
	anyCabinet      = "智能货柜"
)

// beijing is Asia/Shanghai, which has had no daylight saving time since 1991; a fixed zone does
// not depend on the machine's zone files.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// numberForm is what we allow of WeChat Pay's [0-9A-Za-z_\-|*]: the rest needs escaping in paths.
var numberForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// invalid refuses a request of ours before it is sent.
func invalid(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, &payment.ErrRefused{Reason: payment.RefusedRequest, Code: "not_sent"})...)
}

func wireTime(m larder.Millis) string { return m.Time().In(beijing).Format("20060102150405") }

// clip keeps the first n characters.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n])
}

// createBody is a function of the request and the settings alone, so that a repetition has the
// same bytes.
func (c *Client) createBody(req payment.AuthorizeRequest) (createRequest, error) {
	switch {
	case !numberForm.MatchString(req.Number):
		return createRequest{}, invalid("number %.40q is malformed", req.Number)
	case req.Ceiling <= 0:
		return createRequest{}, invalid("ceiling %d is not above zero", req.Ceiling)
	case req.Started <= 0:
		return createRequest{}, invalid("the visit has no start")
	}
	body := createRequest{
		Number:       req.Number,
		AppID:        c.config.AppID,
		ServiceID:    c.config.ServiceID,
		Introduction: clip(req.Cabinet, maxIntroduction),
		TimeRange:    timeRange{Start: wireTime(req.Started)},
		RiskFund:     riskFund{Name: payLater, Amount: int64(req.Ceiling), Description: riskDescription},
		NotifyURL:    c.config.NotifyURL,
		OpenID:       req.Payer,
		NeedConfirm:  true,
	}
	if body.Introduction == "" {
		body.Introduction = anyCabinet
	}
	if req.Device != "" {
		body.Device = &device{Start: clip(req.Device, maxDevice)}
	}
	return body, nil
}

// completeBody follows the smart retail rule. Discounts are one line, because the receipt that
// explains them is ours.
func (c *Client) completeBody(req payment.CaptureRequest) (completeRequest, error) {
	switch {
	case !numberForm.MatchString(req.Number):
		return completeRequest{}, invalid("number %.40q is malformed", req.Number)
	case req.Amount <= 0:
		return completeRequest{}, invalid("amount %d is not above zero", req.Amount)
	case req.Started <= 0 || req.Ended < req.Started:
		return completeRequest{}, invalid("the visit ends before it starts")
	}
	items, sum, err := payItems(req.Lines)
	if err != nil {
		return completeRequest{}, err
	}
	if sum < int64(req.Amount) {
		return completeRequest{}, invalid("the lines are worth %d, less than the amount %d", sum, req.Amount)
	}
	body := completeRequest{
		AppID:     c.config.AppID,
		ServiceID: c.config.ServiceID,
		Payments:  items,
		Total:     int64(req.Amount),
		TimeRange: timeRange{Start: wireTime(req.Started), End: wireTime(req.Ended)},
	}
	if off := sum - int64(req.Amount); off > 0 {
		body.Discounts = []discount{{Name: discountName, Description: discountName, Amount: off}}
	}
	return body, nil
}

// payItems returns the lines as WeChat Pay wants them, and their sum. Free lines are dropped: an
// amount of 0 may be refused. A line of more than a hundred pieces becomes several; what is beyond the
// hundredth shares the last one.
func payItems(lines []payment.CaptureLine) ([]payItem, int64, error) {
	var items []payItem
	var sum int64
	for i, line := range lines {
		if line.Count < 1 || line.Count > maxPieces || line.Price < 0 || line.Price > larder.Fen(maxLinePrice) {
			return nil, 0, invalid("line %d: %d pieces at %d", i, line.Count, line.Price)
		}
		if line.Price == 0 {
			continue
		}
		sum += int64(line.Price) * int64(line.Count)
		for left := line.Count; left > 0; left -= maxCount {
			items = addItem(items, line, min(left, maxCount))
		}
	}
	return items, sum, nil
}

// addItem adds count pieces of a line, to the last item if there are as many as the wire takes.
func addItem(items []payItem, line payment.CaptureLine, count int) []payItem {
	amount := int64(line.Price) * int64(count)
	if len(items) == maxItems {
		last := &items[maxItems-1]
		last.Description, last.Amount, last.Count = otherItems, last.Amount+amount, min(last.Count+count, maxCount)
		return items
	}
	return append(items, payItem{Name: itemName, Amount: amount, Description: clip(line.Name, maxItemText), Count: count})
}

// maxLinePrice keeps sums far from overflowing: ten million yuan a piece.
const maxLinePrice = 1_000_000_000
