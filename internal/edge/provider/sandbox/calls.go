package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"
)

// Limits on a customer, as the provider's evaluation applies them.
const (
	maxInProgress = 3
	maxUnpaid     = 1
)

var errTrailing = errors.New("more than one JSON value")

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_\-|*]{1,32}$`)

// decode reads a request strictly: no unknown field, nothing after it.
func decode(body []byte, into any) *trouble {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errTrailing
		}
	}
	if err != nil {
		return paramError("请求不合法: %v", err)
	}
	return nil
}

// belongs checks that app and service are the merchant's.
func (p *platform) belongs(appID, serviceID string) *trouble {
	if appID != p.AppID || serviceID != p.ServiceID {
		return errNoAuth
	}
	return nil
}

func (s *Server) create(p *platform, _ *http.Request, body []byte) (any, *trouble) {
	var req createRequest
	if bad := decode(body, &req); bad != nil {
		return nil, bad
	}
	if bad := p.checkCreate(req); bad != nil {
		return nil, bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.find(p, req.OutOrderNo)
	switch {
	case o != nil && !same(o.create, req):
		return nil, errReentry
	case o == nil:
		if bad := s.evaluate(req.OpenID); bad != nil {
			return nil, bad
		}
		o = newOrder(p, req)
		s.book.add(o)
	}
	v := o.view()
	if o.phase == created {
		v.Package = o.pkg
	}
	return v, nil
}

// evaluate refuses customers with too many orders.
func (s *Server) evaluate(openID string) *trouble {
	if s.config.NoLimits || openID == "" {
		return nil
	}
	progress, unpaid := s.book.count(openID)
	switch {
	case unpaid > maxUnpaid:
		return errOverdue
	case progress >= maxInProgress:
		return errEvaluation
	}
	return nil
}

func (s *Server) query(p *platform, r *http.Request, _ []byte) (any, *trouble) {
	q := r.URL.Query()
	number, page := q.Get("out_order_no"), q.Get("query_id")
	if (number == "") == (page == "") {
		return nil, paramError("out_order_no 与 query_id 必须且只能传一个")
	}
	if bad := p.belongs(q.Get("appid"), q.Get("service_id")); bad != nil {
		return nil, bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.find(p, number)
	if o == nil { // query_id comes from the provider's own page, which this sandbox has not
		return nil, errNotFound
	}
	return o.view(), nil
}

func (s *Server) cancel(p *platform, r *http.Request, body []byte) (any, *trouble) {
	var req cancelRequest
	if bad := decode(body, &req); bad != nil {
		return nil, bad
	}
	if bad := p.belongs(req.AppID, req.ServiceID); bad != nil {
		return nil, bad
	}
	if n := len([]rune(req.Reason)); n < 1 || n > maxReason {
		return nil, paramError("reason 长度 %d", n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.find(p, r.PathValue("number"))
	if o == nil {
		return nil, errNotFound
	}
	switch o.phase {
	case revoked:
		if o.cancelReason != req.Reason {
			return nil, errReentry
		}
	case completed:
		if !s.config.CancelWhilePaying {
			return nil, errCannotCancel
		}
		o.revoke(req.Reason)
		s.book.moved(o)
	case created, confirmed:
		o.revoke(req.Reason)
		s.book.moved(o)
	case done:
		return nil, errDone
	case expired:
		return nil, errState
	}
	return o.identifiers(), nil
}

func (o *order) revoke(reason string) { o.phase, o.cancelReason = revoked, reason }

func (s *Server) complete(p *platform, r *http.Request, body []byte) (any, *trouble) {
	var req completeRequest
	if bad := decode(body, &req); bad != nil {
		return nil, bad
	}
	if bad := p.belongs(req.AppID, req.ServiceID); bad != nil {
		return nil, bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.find(p, r.PathValue("number"))
	if o == nil {
		return nil, errNotFound
	}
	switch o.phase {
	case confirmed:
		if bad := o.checkComplete(req, s.config.Clock.Now()); bad != nil {
			return nil, bad
		}
		o.complete, o.phase = &req, completed
		s.book.moved(o)
		s.collectLater(o)
	case completed:
		if !same(*o.complete, req) {
			return nil, errReentry
		}
	case revoked:
		return nil, errRevoked
	case done:
		return nil, errDone
	case created, expired:
		return nil, errState
	}
	return o.summary(), nil
}

// sync takes the merchant's word that an order was paid elsewhere.
func (s *Server) sync(p *platform, r *http.Request, body []byte) (any, *trouble) {
	var req syncRequest
	if bad := decode(body, &req); bad != nil {
		return nil, bad
	}
	if bad := p.belongs(req.AppID, req.ServiceID); bad != nil {
		return nil, bad
	}
	paid, err := time.ParseInLocation(wireTime, req.Detail.PaidTime, beijing)
	if req.Type != "Order_Paid" || err != nil {
		return nil, paramError("type 或 detail.paid_time")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.find(p, r.PathValue("number"))
	switch {
	case o == nil:
		return nil, errNotFound
	case o.phase != completed:
		return nil, errNotPaying
	}
	o.pay(paid, paidByMerchant)
	s.book.moved(o)
	return o.view(), nil
}
