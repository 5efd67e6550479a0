package wechatpay

// SettingError is one wrong setting. What [New] and [NewLogin] return joins one for each.
type SettingError struct {
	Setting string // in words joined by "_", for instance merchant_id
	Reason  error  // never with a secret's value
}

// Error names the setting and the reason.
func (e *SettingError) Error() string {
	return "wechatpay: setting " + e.Setting + ": " + e.Reason.Error()
}

// Unwrap returns the reason.
func (e *SettingError) Unwrap() error { return e.Reason }
