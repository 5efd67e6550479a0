package wechatpay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// phone returns the extraData that a mini-program passes to wx.openBusinessView with businessType
// wxpayScoreUse: mch_id, package, timestamp, nonce_str, sign_type and sign, an HMAC-SHA256 with
// the APIv2 key.
func (c *Client) phone(pkg string) map[string]string {
	data := map[string]string{
		"mch_id":    c.config.MerchantID,
		"package":   pkg,
		"timestamp": strconv.FormatInt(time.Now().Unix(), 10),
		"nonce_str": rand.Text(),
		"sign_type": "HMAC-SHA256",
	}
	data["sign"] = signV2(data, c.config.APIv2Key)
	return data
}

// signV2 is WeChat Pay's old signature: parameters that are not empty, sorted by name, joined, the
// key last, in upper case hexadecimal.
func signV2(data map[string]string, key Secret) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if data[name] != "" && name != "sign" {
			b.WriteString(name + "=" + data[name] + "&")
		}
	}
	b.WriteString("key=" + key.Reveal())
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(b.String())) // a hash never fails
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}
