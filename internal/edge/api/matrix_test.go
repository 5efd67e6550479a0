package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"larder/internal/edge/api"
)

// how is how an operation is asked for by somebody whom its policy lets in.
type how struct {
	path   string
	body   string
	keyed  bool
	status int  // what the room then says
	object bool // it is about one object, the own customer's or our organization's
}

// hows has a row for every operation: a new one without a row fails the walk.
func hows(t *testing.T, r *rig) map[string]how {
	t.Helper()
	one, oneCase := "/v1/sessions/"+r.start(t).ID.String(), "/v1/cases/"+r.openCase(t).String()
	return map[string]how{
		"sign-in-customer": {path: "/v1/customers/sign-in", body: `{"provider":"wechatpay","code":"own customer"}`, status: 200},
		"sign-in-staff":    {path: "/v1/staff/sign-in", body: `{"org":"ours","login":"admin","password":"` + password + `"}`, status: 200},
		"sign-out":         {path: "/v1/sign-out", status: 204},
		"scan-door":        {path: "/v1/doors/" + r.door.Token, status: 200},
		// Whoever may start one finds that the own customer has the door.
		"start-session":         {path: "/v1/sessions", body: `{"door_token":"` + r.door.Token + `","provider":"wechatpay"}`, keyed: true, status: 409},
		"list-sessions":         {path: "/v1/sessions", status: 200},
		"get-session":           {path: one, status: 200, object: true},
		"cancel-session":        {path: one + "/cancel", status: 200, object: true},
		"get-receipt":           {path: one + "/receipt", status: 200, object: true},
		"follow-session":        {path: one + "/live", status: 200, object: true},
		"follow-session-socket": {path: one + "/socket", status: 426, object: true}, // asked for without WebSocket
		"list-cases":            {path: "/v1/cases", status: 200},
		"get-case":              {path: oneCase, status: 200, object: true},
		"decide-case":           {path: oneCase + "/decide", body: `{"charge":false}`, keyed: true, status: 200, object: true},
		"list-scales":           {path: "/v1/scales", status: 200},
		"service-scale":         {path: "/v1/scales/" + r.lane.String() + "/service", body: `{"work":"cleaned"}`, status: 200, object: true},
		"take-callback":         {path: "/v1/callbacks/wechatpay", body: `{}`, status: 401},
		"get-document":          {path: "/openapi.json", status: 200},
	}
}

// S10, S12: every operation, asked for by everybody. What comes of it follows from the policy alone;
// an object of somebody else's does not exist.
func TestOperations_authorization(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.EndStreams() // a stream that is let in ends after its first view
	table := hows(t, r)
	for _, op := range r.Ops() {
		h, ok := table[op.ID]
		if !ok {
			t.Errorf("operation %s has no row in the matrix", op.ID)
			continue
		}
		delete(table, op.ID)
		for _, who := range []string{anonymous, otherCustomer, ownCustomer, lowerRole, otherOrg, rightRole, adminRole} {
			t.Run(op.ID+"/"+strings.ReplaceAll(who, " ", "_"), func(t *testing.T) {
				answer := r.ask(t, who, op.Method, h.path, h.body, keyOf(h)...)
				if want := expected(op, h, who); answer.Code != want {
					t.Errorf("%s %s as %s (%s): %d, want %d: %s", op.Method, h.path, who, op.Policy, answer.Code, want, answer.Body)
				}
				if answer.Code >= 400 && op.ID != "take-callback" {
					problem(t, answer)
				}
				if op.ID == "sign-out" {
					r.signIn(t, who)
				}
			})
		}
	}
	if len(table) != 0 {
		t.Errorf("the matrix has rows for operations that are not served: %v", slices.Collect(maps.Keys(table)))
	}
}

// expected is what an operation answers somebody: the policy decides, not the test's author.
func expected(op api.Registered, h how, who string) int {
	customer := who == ownCustomer || who == otherCustomer
	staff := !customer && who != anonymous
	switch policy := op.Policy.String(); {
	case policy == "anonymous", policy == "callback":
		return h.status
	case who == anonymous:
		return http.StatusUnauthorized
	case policy == "customer" && staff, strings.HasPrefix(policy, "staff:") && customer, who == lowerRole:
		return http.StatusForbidden
	case h.object && (who == otherCustomer || who == otherOrg):
		return http.StatusNotFound
	case op.ID == "decide-case" && who == adminRole:
		return http.StatusConflict // let in, and late: the right role has decided
	}
	return h.status
}

func keyOf(h how) []string {
	if h.keyed {
		return []string{"Idempotency-Key", "made-up-here-1"}
	}
	return nil
}

// S10: no route bypasses Register: what the mux has is what is in the list, and each has a policy.
func TestOperations_are_all_there_is(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var listed []string
	for _, op := range r.Ops() {
		listed = append(listed, op.Method+" "+op.Path)
		if op.Policy.IsZero() {
			t.Errorf("%s has no policy", op.ID)
		}
		if op.Method == http.MethodGet && op.Repeat != api.RepeatSafe {
			t.Errorf("%s changes something on a GET (S14)", op.ID)
		}
	}
	if got := r.Patterns(); !slices.Equal(got, listed) {
		t.Errorf("the mux serves %v, registered are %v", got, listed)
	}
}
