package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// What the person with the phone does. Leaving the confirmation page does nothing at the provider,
// so there is no method for it.

// errNobody says that a person named an order that is not there.
func errNobody(number string) error {
	return &trouble{http.StatusNotFound, "ORDER_NOT_EXIST", fmt.Sprintf("no order %.40q", number), 0}
}

// errCannot says that an order is not in the state for what a person wants.
func errCannot(o *order, what string) error {
	return &trouble{http.StatusConflict, "INVALID_ORDER_STATE", what + ": the order is " + o.snapshot().String(), 0}
}

// lookup finds an order of any merchant. The caller holds the mutex.
func (s *Server) lookup(number string) *order {
	for _, p := range s.merchants {
		if o := s.book.find(p, number); o != nil {
			return o
		}
	}
	return nil
}

// Order returns an order as it is now.
func (s *Server) Order(number string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.lookup(number)
	if o == nil {
		return Order{}, errNobody(number)
	}
	return o.snapshot(), nil
}

// Orders returns a customer's orders that are under way, by number.
func (s *Server) Orders(openID string) []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Order{}
	for o := range s.book.byPayer[openID] {
		found = append(found, o.snapshot())
	}
	slices.SortFunc(found, func(a, b Order) int { return strings.Compare(a.Number, b.Number) })
	return found
}

// OpenPage raises the confirmation page with what a mini-program passes to wx.openBusinessView; it
// verifies the merchant's APIv2 signature and returns the order that the page shows.
func (s *Server) OpenPage(extra map[string]string) (Order, error) {
	p := s.merchant(extra["mch_id"])
	if p == nil || extra["sign_type"] != "HMAC-SHA256" || extra["timestamp"] == "" || extra["nonce_str"] == "" {
		return Order{}, signError("openBusinessView")
	}
	if !hmac.Equal([]byte(p.signV2(extra)), []byte(extra["sign"])) {
		return Order{}, signError("openBusinessView")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.byPage[extra["package"]]
	if o == nil || o.platform != p {
		return Order{}, &trouble{http.StatusNotFound, "RESOURCE_NOT_EXISTS", "this page is used up", 0}
	}
	return o.snapshot(), nil
}

// signV2 makes the APIv2 signature of every parameter but sign.
func (p *platform) signV2(extra map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		if name != "sign" && extra[name] != "" {
			pairs = append(pairs, name+"="+extra[name])
		}
	}
	mac := hmac.New(sha256.New, []byte(p.APIv2Key))
	_, _ = mac.Write([]byte(strings.Join(append(pairs, "key="+p.APIv2Key), "&"))) // a hash never fails
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}

// Confirm gives the customer's consent to an order; a callback follows. openID says who confirms
// where the merchant named nobody; "" is the one whom the merchant named. Confirming twice changes
// nothing.
func (s *Server) Confirm(number, openID string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.lookup(number)
	if o == nil {
		return Order{}, errNobody(number)
	}
	n, err := s.confirm(o, openID)
	if err != nil {
		return Order{}, err
	}
	if n != nil {
		s.callBack(n)
	}
	return o.snapshot(), nil
}

// confirm changes the order and returns the callback about it, nil if nothing changed. The caller
// holds the mutex.
func (s *Server) confirm(o *order, openID string) (*notice, error) {
	switch {
	case o.phase == confirmed:
		return nil, nil
	case o.phase != created:
		return nil, errCannot(o, "confirm")
	case o.openID != "" && openID != "" && openID != o.openID:
		return nil, errCannot(o, "confirm another customer's order")
	case o.openID == "" && !openIDForm.MatchString(openID):
		return nil, errCannot(o, "confirm without a customer")
	}
	if o.openID == "" {
		s.book.assign(o, openID)
	}
	o.phase = confirmed
	s.book.moved(o)
	return s.newNotice(o, KindConfirmed), nil
}

// Expire ends an order that nobody confirmed, as 30 days would; no callback follows.
func (s *Server) Expire(number string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.lookup(number)
	if o == nil {
		return Order{}, errNobody(number)
	}
	if o.phase != created {
		return Order{}, errCannot(o, "expire")
	}
	o.phase = expired
	s.book.moved(o)
	return o.snapshot(), nil
}

// Pay pays a completed order by hand, broke or not; a callback follows. Paying twice changes
// nothing.
func (s *Server) Pay(number string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.lookup(number)
	switch {
	case o == nil:
		return Order{}, errNobody(number)
	case o.phase == done:
		return o.snapshot(), nil
	case o.phase != completed:
		return Order{}, errCannot(o, "pay")
	}
	s.callBack(s.collect(o))
	return o.snapshot(), nil
}

// SetBroke says whether deductions from a customer fail. Orders that wait for money are collected
// when the customer has some again.
func (s *Server) SetBroke(openID string, broke bool) {
	s.people.setBroke(openID, broke)
	if broke {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for o := range s.book.byPayer[openID] {
		if o.phase == completed {
			s.collectLater(o)
		}
	}
}

// collect takes the money and returns the callback about it. The caller holds the mutex.
func (s *Server) collect(o *order) *notice {
	o.pay(s.config.Clock.Now(), paidByScore)
	s.book.moved(o)
	return s.newNotice(o, KindPaid)
}

// collectLater plans the collection that follows a complete.
func (s *Server) collectLater(o *order) {
	s.courier.later(s.config.CollectAfter, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if o.phase == completed && !s.people.isBroke(o.openID) {
			s.callBack(s.collect(o))
		}
	})
}

// callBackEarly lets the customer confirm, or the collection happen, and delivers the callback
// before the answer to the call that made it possible (fault P7).
func (s *Server) callBackEarly(p *platform, call, number string) {
	if n := s.actEarly(p, call, number); n != nil {
		s.attempt(n)
	}
}

func (s *Server) actEarly(p *platform, call, number string) *notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.book.find(p, number)
	switch {
	case o == nil:
	case call == CallCreate && o.phase == created:
		if n, err := s.confirm(o, ""); err == nil {
			return n
		}
	case call == CallComplete && o.phase == completed:
		return s.collect(o)
	}
	return nil
}
