package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"larder/internal/edge/api"
)

type nothing struct{}

func idle(context.Context, *struct{}) (*nothing, error) { return &nothing{}, nil }

func keyed(context.Context, *struct{ api.Keyed }) (*nothing, error) { return &nothing{}, nil }

func empty(t *testing.T) *api.API {
	t.Helper()
	a, err := api.NewEmpty(newRig(t, func(d *api.Deps) { d.Metrics = nil }).deps)
	must(t, err)
	return a
}

func panics(fn func()) (said string) {
	defer func() {
		if p, ok := recover().(string); ok {
			said = p
		}
	}()
	fn()
	return ""
}

// S10: an operation without a policy does not start, and neither does one that cannot say what a
// repetition does.
func TestRegister_refuses(t *testing.T) {
	t.Parallel()
	get := api.Op{ID: "look", Method: http.MethodGet, Path: "/look", Tag: "t", Summary: "Look"}
	post := api.Op{ID: "do", Method: http.MethodPost, Path: "/do", Tag: "t", Summary: "Do"}
	with := func(op api.Op, change func(*api.Op)) api.Op { change(&op); return op }
	for name, c := range map[string]struct {
		register func(*api.API)
		because  string
	}{
		"no_policy": {func(a *api.API) { api.Register(a, api.Policy{}, get, idle) }, "has no policy"},
		"no_name": {func(a *api.API) {
			api.Register(a, api.Anonymous(), with(get, func(op *api.Op) { op.ID = "" }), idle)
		}, "needs id"},
		"a_change_that_may_be_repeated_somehow": {func(a *api.API) { api.Register(a, api.Customer(), post, idle) }, "repetition"},
		"a_key_that_is_not_asked_for": {func(a *api.API) {
			api.Register(a, api.Customer(), with(post, func(op *api.Op) { op.Repeat = api.RepeatKey }), idle)
		}, "Keyed"},
		"a_key_that_is_not_used": {func(a *api.API) {
			api.Register(a, api.Customer(), with(post, func(op *api.Op) { op.Repeat = api.RepeatNatural }), keyed)
		}, "Keyed"},
		"a_get_that_changes_something": {func(a *api.API) {
			api.Register(a, api.Customer(), with(get, func(op *api.Op) { op.Repeat = api.RepeatNatural }), idle)
		}, "changes nothing"},
		"a_way_around_it": {func(a *api.API) {
			huma.Register(a.Huma(), huma.Operation{OperationID: "sneak", Method: http.MethodGet, Path: "/sneak"}, idle)
		}, "did not come through Register"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := empty(t)
			if said := panics(func() { c.register(a) }); !strings.Contains(said, c.because) {
				t.Errorf("panicked with %q, want %q", said, c.because)
			}
		})
	}
}

func TestRegister_accepts(t *testing.T) {
	t.Parallel()
	a := empty(t)
	api.Register(a, api.Customer(), api.Op{
		ID: "do", Method: http.MethodPost, Path: "/do", Tag: "t", Summary: "Do", Repeat: api.RepeatKey,
	}, keyed)
	if ops := a.Ops(); len(ops) != 1 || ops[0].Policy.String() != "customer" {
		t.Errorf("registered are %v", ops)
	}
}

func TestNew_names_what_is_missing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.deps
	d.Prover = nil
	if _, err := api.New(d); err == nil || !strings.Contains(err.Error(), "Prover") {
		t.Errorf("New said %v, want it to name Prover", err)
	}
	d = r.deps
	d.Metrics, d.TrustedOrigins = nil, []string{"no origin"}
	if _, err := api.New(d); err == nil || !strings.Contains(err.Error(), "no origin") {
		t.Errorf("New said %v, want it to name the origin", err)
	}
}
