package api_test

import (
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/api"
)

// S11, S16 and "Bad input" of the walk: each malformed request is refused with a code, and nothing of
// what was sent comes back.
func TestInput_is_refused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	key := []string{"Idempotency-Key", "made-up-here-1"}
	start := func(fields string) string { return `{"door_token":"abc","provider":"wechatpay"` + fields + `}` }
	for name, c := range map[string]struct {
		body     string
		headers  []string
		status   int
		code     larder.Code
		location string
		field    string // the code of the first field error; "" for none
	}{
		"unknown_field":       {start(`,"price_fen":1`), key, 422, "invalid", "body.price_fen", "unknown_field"},
		"another_casing":      {`{"Door_Token":"abc","provider":"wechatpay"}`, key, 422, "invalid", "body.door_token", "required"},
		"missing_field":       {`{"provider":"wechatpay"}`, key, 422, "invalid", "body.door_token", "required"},
		"empty_field":         {`{"door_token":"","provider":"wechatpay"}`, key, 422, "invalid", "body.door_token", "too_short"},
		"wrong_type":          {`{"door_token":5,"provider":"wechatpay"}`, key, 422, "invalid", "body.door_token", "not_a_string"},
		"wrong_form":          {`{"door_token":"a/b","provider":"wechatpay"}`, key, 422, "invalid", "body.door_token", "wrong_form"},
		"a_null":              {`{"door_token":null,"provider":"wechatpay"}`, key, 400, "malformed", "body", "null_not_allowed"},
		"a_key_twice":         {start(`,"provider":"alipay"`), key, 400, "malformed", "body", "duplicate_field"},
		"no_json":             {`door_token=abc`, key, 400, "malformed", "body", "not_json"},
		"half_of_json":        {`{"door_token":"abc"`, key, 400, "malformed", "body", "not_json"},
		"two_values":          {start("") + start(""), key, 400, "malformed", "body", "not_json"},
		"no_text":             {"{\"door_token\":\"\xff\"}", key, 400, "malformed", "body", "not_json"},
		"a_nul":               {`{"door_token":"a\u0000b"}`, key, 400, "malformed", "body", "wrong_form"},
		"a_list":              {`[]`, key, 422, "invalid", "body", "not_an_object"},
		"endless_nesting":     {strings.Repeat("[", 30000), key, 400, "malformed", "body", "too_deep"},
		"no_body":             {"", key, 400, "malformed", "body", "required"},
		"another_media_type":  {start(""), append([]string{"Content-Type", "text/plain"}, key...), 415, "unsupported_media_type", "", ""},
		"a_packed_body":       {start(""), append([]string{"Content-Encoding", "gzip"}, key...), 415, "unsupported_content_encoding", "", ""},
		"a_body_packed_twice": {start(""), append([]string{"Content-Encoding", "identity, br"}, key...), 415, "unsupported_content_encoding", "", ""},
		"a_body_as_it_is":     {start(`,"x":1`), append([]string{"Content-Encoding", "identity"}, key...), 422, "invalid", "body.x", "unknown_field"},
		"too_much":            {start(`,"x":"` + strings.Repeat("x", api.MaxJSONBody) + `"`), key, 413, "too_large", "", ""},
		"no_idempotency_key":  {start(""), nil, 422, "invalid", "header.Idempotency-Key", "required"},
		"a_short_key":         {start(""), []string{"Idempotency-Key", "short"}, 422, "invalid", "header.Idempotency-Key", "too_short"},
		"a_long_key":          {start(""), []string{"Idempotency-Key", strings.Repeat("k", 129)}, 422, "invalid", "header.Idempotency-Key", "too_long"},
		"a_key_with_a_space":  {start(""), []string{"Idempotency-Key", "made up here"}, 422, "invalid", "header.Idempotency-Key", "wrong_form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := r.ask(t, ownCustomer, "POST", "/v1/sessions", c.body, c.headers...)
			p := refused(t, answer, c.status, c.code)
			if c.field == "" {
				return
			}
			if len(p.Errors) == 0 || p.Errors[0].Code != c.field || p.Errors[0].Location != c.location || p.Errors[0].Message == "" {
				t.Errorf("said %s, want %s at %s", answer.Body, c.field, c.location)
			}
		})
	}
}

func TestInput_of_path_and_query(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for path, want := range map[string]struct {
		status int
		code   larder.Code
		field  string
	}{
		"/v1/sessions?limit=1000":              {422, "invalid", "too_big"},
		"/v1/sessions?limit=0":                 {422, "invalid", "too_small"},
		"/v1/sessions?limit=1e3":               {422, "invalid", "not_an_integer"},
		"/v1/sessions?limits=5":                {422, "invalid", "unknown_field"},
		"/v1/sessions?limit=5&limit=6":         {400, "malformed", "duplicate_field"},
		"/v1/sessions?limit=5;limit=6":         {400, "malformed", "invalid"},
		"/v1/sessions?limit=%zz":               {400, "malformed", "invalid"},
		"/v1/sessions/abc":                     {422, "invalid", "wrong_form"},
		"/v1/sessions/007":                     {422, "invalid", "wrong_form"},
		"/v1/sessions/9999999999999999999":     {404, "not_found", ""}, // above 63 bits
		"/v1/sessions/1":                       {404, "not_found", ""},
		"/v1/doors/" + strings.Repeat("a", 65): {422, "invalid", "too_long"},
		"/v1/doors/a%00b":                      {422, "invalid", "wrong_form"},
	} {
		p := refused(t, r.ask(t, ownCustomer, "GET", path, ""), want.status, want.code)
		if want.field != "" && (len(p.Errors) == 0 || p.Errors[0].Code != want.field) {
			t.Errorf("%s: %v, want %s", path, p.Errors, want.field)
		}
	}
	twice := refused(t, r.ask(t, rightRole, "GET", "/v1/cases?limit=5&state=open&limit=6", ""), 400, "malformed")
	if len(twice.Errors) != 1 || twice.Errors[0].Location != "query.limit" || twice.Errors[0].Message == "" {
		t.Errorf("a parameter that is given twice: %+v", twice.Errors)
	}
	p := refused(t, r.ask(t, rightRole, "GET", "/v1/cases?state=lost", ""), 422, "invalid")
	if p.Errors[0].Code != "not_one_of" || p.Errors[0].Params["allowed"] != "open, decided" {
		t.Errorf("a word that is none: %v", p.Errors)
	}
}

// The policy comes before the parsing: a stranger learns nothing about what a body should be.
func TestInput_is_not_read_for_strangers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, body := range []string{`{`, `[]`, `{"unknown":1}`, strings.Repeat("[", 1000)} {
		refused(t, r.ask(t, anonymous, "POST", "/v1/sessions", body), 401, larder.CodeUnauthorized)
		refused(t, r.ask(t, rightRole, "POST", "/v1/sessions", body), 403, larder.CodeForbidden)
	}
}

// No list is null, whoever is asked: clients were promised lists.
func TestAnswer_has_no_null(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := "/v1/sessions/" + r.start(t).ID.String()
	oneCase := "/v1/cases/" + r.openCase(t).String()
	for path, who := range map[string]string{
		"/v1/sessions": ownCustomer, one: ownCustomer, one + "/receipt": ownCustomer, "/v1/doors/" + r.door.Token: ownCustomer,
		"/v1/cases": rightRole, oneCase: rightRole, "/v1/cases?state=decided": rightRole,
	} {
		answer := r.ask(t, who, "GET", path, "")
		if answer.Code != 200 || strings.Contains(answer.Body.String(), "null") || strings.Contains(answer.Body.String(), "$schema") {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
}
