package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// beijing is Asia/Shanghai, which has no daylight saving time.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

const wireTime = "20060102150405"

// phase is where an order is on its way; the triple that the wire shows follows from it.
type phase int

const (
	created   phase = iota // waits for the customer's confirmation
	confirmed              // the service may be given
	completed              // waits for the money
	done                   // paid
	revoked                // canceled by the merchant
	expired                // never confirmed
)

// final reports whether nothing can happen to the order any more.
func (p phase) final() bool { return p == done || p == revoked || p == expired }

// order is one service order. The server's mutex guards it.
type order struct {
	platform *platform
	phase    phase
	openID   string
	orderID  string
	pkg      string

	create       createRequest
	complete     *completeRequest
	cancelReason string

	paidType    string // NEWTON: collected by pay score; MCH: the merchant says so
	paidTime    string
	transaction string
}

func newOrder(p *platform, req createRequest) *order {
	return &order{
		platform: p,
		openID:   req.OpenID,
		orderID:  "1000" + digits(24),
		pkg:      "XXX" + rand.Text() + rand.Text(),
		create:   req,
	}
}

// digits returns n random decimal digits.
func digits(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand does not fail, it ends the program
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	return string(b)
}

// pay collects what the order is worth.
func (o *order) pay(now time.Time, paidType string) {
	o.phase, o.paidType, o.paidTime = done, paidType, now.In(beijing).Format(wireTime)
	if paidType == paidByScore {
		o.transaction = "4200" + digits(24)
	}
}

const (
	paidByScore    = "NEWTON"
	paidByMerchant = "MCH"
)

// state returns state and state_description.
func (o *order) state() (state, description string) {
	switch o.phase {
	case created:
		return "CREATED", ""
	case confirmed:
		return "DOING", "USER_CONFIRM"
	case completed:
		return "DOING", "MCH_COMPLETE"
	case done:
		return "DONE", "MCH_COMPLETE"
	case revoked:
		return "REVOKED", ""
	case expired:
		return "EXPIRED", ""
	}
	return "", ""
}

// total is what the merchant asked for, 0 before complete.
func (o *order) total() int64 {
	if o.complete == nil {
		return 0
	}
	return *o.complete.TotalAmount
}

// view is the whole order, as query and callbacks show it.
func (o *order) view() orderView {
	v := o.summary()
	v.Attach, v.NotifyURL = o.create.Attach, o.create.NotifyURL
	if o.phase != created {
		v.OpenID = o.openID
	}
	if o.complete != nil && o.phase != revoked {
		v.Collection = o.collection()
	}
	return v
}

// summary is the order without its collection and package, as complete answers it.
func (o *order) summary() orderView {
	v := o.identifiers()
	v.Introduction = o.create.Introduction
	v.State, v.StateDescription = o.state()
	v.RiskFund, v.TimeRange, v.Location = &o.create.RiskFund, &o.create.TimeRange, o.create.Location
	if c := o.complete; c != nil {
		v.TotalAmount, v.NeedCollection = new(o.total()), new(true)
		v.PostPayments, v.PostDiscounts, v.TimeRange = c.PostPayments, c.PostDiscounts, &c.TimeRange
	}
	return v
}

// identifiers is all that cancel answers.
func (o *order) identifiers() orderView {
	return orderView{
		AppID: o.platform.AppID, MchID: o.platform.MerchantID, ServiceID: o.platform.ServiceID,
		OutOrderNo: o.create.OutOrderNo, OrderID: o.orderID,
	}
}

func (o *order) collection() *collectionView {
	v := &collectionView{State: "USER_PAYING", TotalAmount: o.total(), PayingAmount: o.total(), Details: []detailView{}}
	if o.phase == done {
		v.State, v.PayingAmount, v.PaidAmount = "USER_PAID", 0, o.total()
		v.Details = append(v.Details, detailView{
			Seq: 1, Amount: o.total(), PaidType: o.paidType, PaidTime: o.paidTime, TransactionID: o.transaction,
		})
	}
	return v
}

// same reports whether two requests have the same parameters.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// Order is what the person and a test may see of an order.
type Order struct {
	Number      string `json:"number"`
	OrderID     string `json:"order_id"`
	OpenID      string `json:"openid"` // "" until somebody has confirmed, if the merchant named nobody
	Place       string `json:"place"`
	State       string `json:"state"`
	Description string `json:"description,omitempty"`
	Ceiling     int64  `json:"ceiling"` // fen
	Total       int64  `json:"total"`   // asked for, fen
	Paid        bool   `json:"paid"`
	Transaction string `json:"transaction,omitempty"`
}

func (o *order) snapshot() Order {
	state, description := o.state()
	return Order{
		Number: o.create.OutOrderNo, OrderID: o.orderID, OpenID: o.openID, Place: o.create.Introduction,
		State: state, Description: description, Ceiling: o.create.RiskFund.Amount, Total: o.total(),
		Paid: o.phase == done, Transaction: o.transaction,
	}
}

// String names the order and its state.
func (o Order) String() string { return fmt.Sprintf("%s %s %s", o.Number, o.State, o.Description) }
