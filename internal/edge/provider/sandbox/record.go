package sandbox

import (
	"slices"
	"sync"
	"time"
)

// Request is one request to the payment API, as it was received.
type Request struct {
	At     time.Time `json:"at"`
	Call   string    `json:"call"`
	Number string    `json:"number"` // the order's number, "" if it has none
	Method string    `json:"method"`
	URI    string    `json:"uri"`
	Body   []byte    `json:"body"`   // base64 in JSON
	Status int       `json:"status"` // of the answer; 0 if none was given
}

// records keeps the latest requests.
type records struct {
	keep int

	mu   sync.Mutex // guards list
	list []Request
}

func (r *records) add(q Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) >= 2*r.keep { // so that the copy is paid for once in keep requests
		r.list = slices.Clone(r.list[len(r.list)-r.keep:])
	}
	r.list = append(r.list, q)
}

// Requests returns the latest requests, oldest first, of the given call and order; "" means any.
func (s *Server) Requests(call, number string) []Request {
	s.records.mu.Lock()
	defer s.records.mu.Unlock()
	var found []Request
	for _, q := range s.records.list[max(0, len(s.records.list)-s.records.keep):] {
		if (call == "" || q.Call == call) && (number == "" || q.Number == number) {
			found = append(found, q)
		}
	}
	return found
}
