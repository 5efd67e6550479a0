package sandbox

// The shapes of pay score's service orders as the provider's pages show them; written for this
// server and shared with no client, so that a mistake in one is seen by the other.

type timeRange struct {
	StartTime       string `json:"start_time,omitempty"`
	EndTime         string `json:"end_time,omitempty"`
	StartTimeRemark string `json:"start_time_remark,omitempty"`
	EndTimeRemark   string `json:"end_time_remark,omitempty"`
}

type location struct {
	StartLocation string `json:"start_location,omitempty"`
	EndLocation   string `json:"end_location,omitempty"`
}

type riskFund struct {
	Name        string `json:"name"`
	Amount      int64  `json:"amount"`
	Description string `json:"description,omitempty"`
}

type device struct {
	StartDeviceID string `json:"start_device_id,omitempty"`
	EndDeviceID   string `json:"end_device_id,omitempty"`
	MaterielNo    string `json:"materiel_no,omitempty"`
}

type payItem struct {
	Name        string `json:"name"`
	Amount      int64  `json:"amount"`
	Description string `json:"description,omitempty"`
	Count       int    `json:"count,omitempty"`
}

type discountItem struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Amount      int64  `json:"amount"`
	Count       int    `json:"count,omitempty"`
}

type createRequest struct {
	OutOrderNo      string         `json:"out_order_no"`
	AppID           string         `json:"appid"`
	ServiceID       string         `json:"service_id"`
	Introduction    string         `json:"service_introduction"`
	PostPayments    []payItem      `json:"post_payments,omitempty"`
	PostDiscounts   []discountItem `json:"post_discounts,omitempty"`
	TimeRange       timeRange      `json:"time_range"`
	Location        *location      `json:"location,omitempty"`
	RiskFund        riskFund       `json:"risk_fund"`
	Attach          string         `json:"attach,omitempty"`
	NotifyURL       string         `json:"notify_url"`
	OpenID          string         `json:"openid,omitempty"`
	NeedUserConfirm *bool          `json:"need_user_confirm"`
	Device          *device        `json:"device,omitempty"`
}

type completeRequest struct {
	AppID         string         `json:"appid"`
	ServiceID     string         `json:"service_id"`
	PostPayments  []payItem      `json:"post_payments"`
	PostDiscounts []discountItem `json:"post_discounts,omitempty"`
	TotalAmount   *int64         `json:"total_amount"`
	TimeRange     timeRange      `json:"time_range"`
	Location      *location      `json:"location,omitempty"`
	ProfitSharing bool           `json:"profit_sharing,omitempty"`
	GoodsTag      string         `json:"goods_tag,omitempty"`
	Device        *device        `json:"device,omitempty"`
}

type cancelRequest struct {
	AppID     string `json:"appid"`
	ServiceID string `json:"service_id"`
	Reason    string `json:"reason"`
}

type syncRequest struct {
	AppID     string `json:"appid"`
	ServiceID string `json:"service_id"`
	Type      string `json:"type"`
	Detail    struct {
		PaidTime string `json:"paid_time"`
	} `json:"detail"`
}

// orderView is an order as answers and callbacks show it.
type orderView struct {
	AppID            string          `json:"appid"`
	MchID            string          `json:"mchid"`
	OutOrderNo       string          `json:"out_order_no"`
	ServiceID        string          `json:"service_id"`
	OpenID           string          `json:"openid,omitempty"`
	Introduction     string          `json:"service_introduction,omitempty"`
	State            string          `json:"state,omitempty"`
	StateDescription string          `json:"state_description,omitempty"`
	TotalAmount      *int64          `json:"total_amount,omitempty"`
	PostPayments     []payItem       `json:"post_payments,omitempty"`
	PostDiscounts    []discountItem  `json:"post_discounts,omitempty"`
	RiskFund         *riskFund       `json:"risk_fund,omitempty"`
	TimeRange        *timeRange      `json:"time_range,omitempty"`
	Location         *location       `json:"location,omitempty"`
	Attach           string          `json:"attach,omitempty"`
	NotifyURL        string          `json:"notify_url,omitempty"`
	OrderID          string          `json:"order_id"`
	Package          string          `json:"package,omitempty"`
	NeedCollection   *bool           `json:"need_collection,omitempty"`
	Collection       *collectionView `json:"collection,omitempty"`
}

type collectionView struct {
	State        string       `json:"state"`
	TotalAmount  int64        `json:"total_amount"`
	PayingAmount int64        `json:"paying_amount"`
	PaidAmount   int64        `json:"paid_amount"`
	Details      []detailView `json:"details"`
}

type detailView struct {
	Seq           int    `json:"seq"`
	Amount        int64  `json:"amount"`
	PaidType      string `json:"paid_type"`
	PaidTime      string `json:"paid_time"`
	TransactionID string `json:"transaction_id,omitempty"`
}
