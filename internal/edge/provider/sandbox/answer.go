package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	maxRequestBytes = 1 << 20
	staleBy         = 10 * time.Minute
	gatewayPage     = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
)

// The calls, as faults and records name them.
const (
	CallCreate       = "create"
	CallQuery        = "query"
	CallCancel       = "cancel"
	CallComplete     = "complete"
	CallSync         = "sync"
	CallCertificates = "certificates"
	CallLogin        = "login"
	CallOther        = "other"
)

// apiFunc does what a verified request asks for. It holds no lock when called.
type apiFunc func(p *platform, r *http.Request, body []byte) (any, *trouble)

// api wraps do in what all calls of the payment API share: the raw body, our signature, the record,
// the faults, the provider's signature.
func (s *Server) api(call string, do apiFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := s.config.Clock.Now()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
		if err != nil {
			s.answerTrouble(w, r, nil, errTooLarge)
			return
		}
		number := numberOf(call, r, body)
		record := func(status int) {
			s.records.add(Request{At: began, Call: call, Number: number, Method: r.Method, URI: r.RequestURI, Body: body, Status: status})
		}
		p, bad := s.verify(r, body)
		if bad != nil {
			record(s.answerTrouble(w, r, nil, bad))
			return
		}
		if s.failBefore(w, r, p, call, number, record) {
			return
		}
		value, bad := do(p, r, body)
		if bad == nil && s.faults.fire(CallbackEarly, call, number) != nil {
			s.callBackEarly(p, call, number)
		}
		if s.failAfter(w, r, p, call, number, record) {
			return
		}
		if bad != nil {
			record(s.answerTrouble(w, r, p, bad))
			return
		}
		record(s.answer(w, r, p, http.StatusOK, 0, value, s.sabotageOf(call, number)))
	}
}

// failBefore plays the faults in which nothing has happened.
func (s *Server) failBefore(w http.ResponseWriter, r *http.Request, p *platform, call, number string, record func(int)) bool {
	switch {
	case s.faults.fire(RequestLost, call, number) != nil:
		record(0)
		panic(http.ErrAbortHandler) // net/http closes the connection and says nothing
	case s.faults.fire(ServerError, call, number) != nil:
		record(s.answerTrouble(w, r, p, errSystem))
	case s.faults.fire(RateLimited, call, number) != nil:
		record(s.answerTrouble(w, r, p, errLimited))
	default:
		return false
	}
	return true
}

// failAfter plays the faults in which it has happened, but the answer does not say so.
func (s *Server) failAfter(w http.ResponseWriter, r *http.Request, p *platform, call, number string, record func(int)) bool {
	if late := s.faults.fire(AnswerDelayed, call, number); late != nil {
		s.sleep(r, late.Delay)
	}
	switch {
	case s.faults.fire(AnswerLost, call, number) != nil:
		record(0)
		panic(http.ErrAbortHandler)
	case s.faults.fire(ServerErrorAfter, call, number) != nil:
		record(s.answerTrouble(w, r, p, errSystem))
	case s.faults.fire(BadGateway, call, number) != nil:
		record(answerPage(w, http.StatusBadGateway))
	case s.faults.fire(HTMLAnswer, call, number) != nil:
		record(answerPage(w, http.StatusOK))
	default:
		return false
	}
	return true
}

// sleep waits for d, or until the client has gone or the sandbox closes.
func (s *Server) sleep(r *http.Request, d time.Duration) {
	awake := make(chan struct{})
	stop := s.config.Clock.AfterFunc(d, func() { close(awake) })
	defer stop()
	select {
	case <-awake:
	case <-r.Context().Done():
	case <-s.courier.ctx.Done():
	}
}

func answerPage(w http.ResponseWriter, status int) int {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, gatewayPage) // nobody is told that the client went away
	return status
}

// sabotage spoils an answer that is otherwise right.
type sabotage struct{ badSignature, stale, foreign bool }

func (s *Server) sabotageOf(call, number string) sabotage {
	return sabotage{
		badSignature: s.faults.fire(BadSignature, call, number) != nil,
		stale:        s.faults.fire(StaleAnswer, call, number) != nil,
		foreign:      s.faults.fire(ForeignAnswer, call, number) != nil,
	}
}

// answer signs and writes a value as JSON; it returns the status.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, p *platform, status, suffix int, value any, spoil sabotage) int {
	if view, ok := value.(orderView); ok && spoil.foreign {
		view.OutOrderNo = "another-" + view.OutOrderNo
		value = view
	}
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "sandbox: encode the answer", http.StatusInternalServerError)
		return http.StatusInternalServerError
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Request-Id", fmt.Sprintf("08%s-%d", randomHex(20), suffix))
	if p != nil {
		at := s.config.Clock.Now()
		if spoil.stale {
			at = at.Add(-staleBy)
		}
		signed := body
		if spoil.badSignature {
			signed = append([]byte("x"), body...)
		}
		if err := p.signHeader(h, at, p.serialFor(r), signed); err != nil {
			http.Error(w, "sandbox: sign the answer", http.StatusInternalServerError)
			return http.StatusInternalServerError
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // nobody is told that the client went away
	return status
}

// serialFor chooses the mode by what the request says it can verify.
func (p *platform) serialFor(r *http.Request) string {
	if r.Header.Get("Wechatpay-Serial") == p.PublicKeyID {
		return p.PublicKeyID
	}
	return p.certSerial
}

// answerTrouble answers outside 2xx, signed if the merchant is known (p may be nil).
func (s *Server) answerTrouble(w http.ResponseWriter, r *http.Request, p *platform, t *trouble) int {
	return s.answer(w, r, p, t.status, t.suffix, map[string]string{"code": t.code, "message": t.message}, sabotage{})
}

// numberOf finds the order that a request is about, "" if there is none to be found.
func numberOf(call string, r *http.Request, body []byte) string {
	switch call {
	case CallCreate:
		var c struct {
			Number string `json:"out_order_no"`
		}
		_ = json.Unmarshal(body, &c) // create itself refuses what is malformed
		return c.Number
	case CallQuery:
		return r.URL.Query().Get("out_order_no")
	}
	return r.PathValue("number")
}
