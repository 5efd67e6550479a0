package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// ClientSettings is what a merchant's client is configured with. It holds the merchant's secrets,
// which are worth nothing outside this sandbox.
type ClientSettings struct {
	AppID       string `json:"app_id"`
	AppSecret   string `json:"app_secret"`
	MerchantID  string `json:"merchant_id"`
	ServiceID   string `json:"service_id"`
	Serial      string `json:"serial"`
	PrivateKey  string `json:"private_key"` // PEM
	APIv3Key    string `json:"api_v3_key"`
	APIv2Key    string `json:"api_v2_key"`
	PublicKeyID string `json:"public_key_id"`
	PublicKey   string `json:"public_key"` // PEM
}

// ClientSettings returns what the merchant's client needs.
func (m Merchant) ClientSettings() ClientSettings {
	return ClientSettings{
		AppID: m.AppID, AppSecret: m.AppSecret, MerchantID: m.MerchantID, ServiceID: m.ServiceID,
		Serial: m.Serial, PrivateKey: m.PrivateKeyPEM(), APIv3Key: m.APIv3Key, APIv2Key: m.APIv2Key,
		PublicKeyID: m.PublicKeyID, PublicKey: m.PublicKeyPEM(),
	}
}

// control adds the endpoints that play the person and switch faults. They are no part of the
// imitated provider.
//
//	GET    /control/merchants                     []ClientSettings
//	POST   /control/customers                     {openid, code}
//	POST   /control/customers/{openid}/code       {openid, code}
//	POST   /control/customers/{openid}/broke      {"broke":bool}
//	GET    /control/customers/{openid}/orders     []Order, under way
//	POST   /control/page                          extraData of wx.openBusinessView → Order
//	GET    /control/orders/{number}               Order
//	POST   /control/orders/{number}/confirm       {"openid":""}? → Order
//	POST   /control/orders/{number}/{pay,expire}  Order
//	GET    /control/requests?call=&number=        []Request
//	POST   /control/faults                        Injection
//	GET    /control/faults                        {fired, unfired}
//	DELETE /control/faults                        switches all off
func (s *Server) control(mux *http.ServeMux) {
	handle := func(pattern string, h func(r *http.Request) (any, error)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /control/"+path, func(w http.ResponseWriter, r *http.Request) {
			if !fromHere(r) {
				writeJSON(w, http.StatusForbidden, "application/json", map[string]string{"message": "loopback only"})
				return
			}
			value, err := h(r)
			answerControl(w, value, err)
		})
	}
	handle("GET merchants", func(*http.Request) (any, error) {
		var all []ClientSettings
		for _, p := range s.merchants {
			all = append(all, p.ClientSettings())
		}
		return all, nil
	})
	handle("POST customers", func(*http.Request) (any, error) { return s.newLogin(s.NewCustomer()) })
	handle("POST customers/{openid}/code", func(r *http.Request) (any, error) { return s.newLogin(r.PathValue("openid")) })
	handle("POST customers/{openid}/broke", s.controlBroke)
	handle("GET customers/{openid}/orders", func(r *http.Request) (any, error) { return s.Orders(r.PathValue("openid")), nil })
	handle("POST page", s.controlPage)
	handle("GET orders/{number}", func(r *http.Request) (any, error) { return s.Order(r.PathValue("number")) })
	handle("POST orders/{number}/confirm", s.controlConfirm)
	handle("POST orders/{number}/pay", func(r *http.Request) (any, error) { return s.Pay(r.PathValue("number")) })
	handle("POST orders/{number}/expire", func(r *http.Request) (any, error) { return s.Expire(r.PathValue("number")) })
	handle("GET requests", func(r *http.Request) (any, error) {
		return s.Requests(r.URL.Query().Get("call"), r.URL.Query().Get("number")), nil
	})
	handle("POST faults", s.controlFault)
	handle("GET faults", func(*http.Request) (any, error) {
		return map[string]any{"fired": s.Fired(), "unfired": s.Unfired()}, nil
	})
	handle("DELETE faults", func(*http.Request) (any, error) { s.ClearFaults(); return struct{}{}, nil })
}

// fromHere reports whether the request comes from this machine and names it, so that a page of
// another site cannot reach it through a name that resolves here.
func fromHere(r *http.Request) bool {
	remote, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !loopback(remote) {
		return false
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return loopback(strings.Trim(host, "[]"))
}

func answerControl(w http.ResponseWriter, value any, err error) {
	if err == nil {
		writeJSON(w, http.StatusOK, "application/json", value)
		return
	}
	status := http.StatusBadRequest
	if t, ok := errors.AsType[*trouble](err); ok {
		status = t.status
	}
	writeJSON(w, status, "application/json", map[string]string{"message": err.Error()})
}

// readControl reads a body strictly; an empty one leaves into as it is.
func readControl(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxRequestBytes))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return paramError("%v", err)
	}
	return nil
}

func (s *Server) newLogin(openID string) (any, error) {
	code, err := s.LoginCode(openID)
	return map[string]string{"openid": openID, "code": code}, err
}

func (s *Server) controlBroke(r *http.Request) (any, error) {
	var body struct {
		Broke bool `json:"broke"`
	}
	if err := readControl(r, &body); err != nil {
		return nil, err
	}
	s.SetBroke(r.PathValue("openid"), body.Broke)
	return body, nil
}

func (s *Server) controlPage(r *http.Request) (any, error) {
	var extra map[string]string
	if err := readControl(r, &extra); err != nil {
		return nil, err
	}
	return s.OpenPage(extra)
}

func (s *Server) controlConfirm(r *http.Request) (any, error) {
	var body struct {
		OpenID string `json:"openid"`
	}
	if err := readControl(r, &body); err != nil {
		return nil, err
	}
	return s.Confirm(r.PathValue("number"), body.OpenID)
}

func (s *Server) controlFault(r *http.Request) (any, error) {
	var i Injection
	if err := readControl(r, &i); err != nil {
		return nil, err
	}
	return i, s.Inject(i)
}
