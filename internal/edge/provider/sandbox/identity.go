package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	codeLife      = 5 * time.Minute
	openIDRandom  = 27
	sessionKeyLen = 16
)

// The errcodes of jscode2session.
const (
	errcodeSystem = -1
	errcodeAppID  = 40013
	errcodeGrant  = 40002
	errcodeCode   = 40029
	errcodeSecret = 40125
	errcodeUsed   = 40163
)

// people are the pretended customers, as far as they are more than an openid: any openid of the
// right form may order, so that the platform's customers survive a restart of the sandbox.
type people struct {
	mu    sync.Mutex // guards what follows; taken after the server's mutex
	keep  int
	broke map[string]bool // by openid
	codes map[string]*loginCode
	order []string // codes, oldest first
}

type loginCode struct {
	app, openID string
	until       time.Time
	used        bool
}

func (p *people) init(keep int) {
	p.keep, p.broke, p.codes = keep, map[string]bool{}, map[string]*loginCode{}
}

func (p *people) isBroke(openID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broke[openID]
}

func (p *people) setBroke(openID string, broke bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if delete(p.broke, openID); broke {
		p.broke[openID] = true
	}
}

// NewCustomer invents a phone's owner and returns the openid.
func (s *Server) NewCustomer() string {
	return "o" + (rand.Text() + rand.Text())[:openIDRandom]
}

// LoginCode returns what wx.login gives the first merchant's mini-program for a customer: good for
// one exchange within five minutes.
func (s *Server) LoginCode(openID string) (string, error) {
	if !openIDForm.MatchString(openID) {
		return "", fmt.Errorf("sandbox: %.40q is not an openid", openID)
	}
	code := "0" + rand.Text()
	p := &s.people
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = &loginCode{app: s.merchants[0].AppID, openID: openID, until: s.config.Clock.Now().Add(codeLife)}
	p.order = append(p.order, code)
	for len(p.order) > p.keep {
		delete(p.codes, p.order[0])
		p.order = p.order[1:]
	}
	return code, nil
}

// login answers GET /sns/jscode2session. It answers 200 whatever happens, as the real one does.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	s.records.add(Request{At: s.config.Clock.Now(), Call: CallLogin, Method: r.Method, URI: r.URL.Path, Status: http.StatusOK})
	switch {
	case s.faults.fire(RequestLost, CallLogin, "") != nil:
		panic(http.ErrAbortHandler) // net/http closes the connection and says nothing
	case s.faults.fire(ServerError, CallLogin, "") != nil:
		answerLogin(w, errcodeSystem, "system error")
		return
	}
	q := r.URL.Query()
	app := s.app(q.Get("appid"))
	switch {
	case app == nil:
		answerLogin(w, errcodeAppID, "invalid appid")
	case q.Get("secret") != app.AppSecret:
		answerLogin(w, errcodeSecret, "invalid appsecret")
	case q.Get("grant_type") != "authorization_code":
		answerLogin(w, errcodeGrant, "invalid grant_type")
	default:
		s.exchange(w, app.AppID, q.Get("js_code"))
	}
}

// exchange uses a code up.
func (s *Server) exchange(w http.ResponseWriter, app, code string) {
	s.people.mu.Lock()
	defer s.people.mu.Unlock()
	c := s.people.codes[code]
	switch {
	case c == nil || c.app != app || s.config.Clock.Now().After(c.until):
		answerLogin(w, errcodeCode, "invalid code")
	case c.used:
		answerLogin(w, errcodeUsed, "code been used")
	default:
		c.used = true
		key := make([]byte, sessionKeyLen)
		_, _ = rand.Read(key) // crypto/rand does not fail, it ends the program
		writeJSON(w, http.StatusOK, "text/plain", map[string]string{
			"openid": c.openID, "session_key": base64.StdEncoding.EncodeToString(key), "unionid": "u" + c.openID[1:],
		})
	}
}

func answerLogin(w http.ResponseWriter, errcode int, message string) {
	writeJSON(w, http.StatusOK, "text/plain", map[string]any{"errcode": errcode, "errmsg": message})
}

func writeJSON(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // nobody is told that the client went away
}
