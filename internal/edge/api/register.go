package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"larder"
)

// handlerTime bounds what a handler may take, but for those that stream.
const handlerTime = 10 * time.Second

// Repeat says what makes a repeated request harmless. Every operation that changes something names
// one.
type Repeat string

// The ways to absorb a repetition.
const (
	RepeatSafe    Repeat = ""        // nothing is changed: GET
	RepeatKey     Repeat = "key"     // the input embeds [Keyed]
	RepeatNatural Repeat = "natural" // doing it twice is doing it once, or makes something that binds nobody
)

// Op is one operation, as its registration states it.
type Op struct {
	ID      string // "start-session"; metrics, logs and the OpenAPI document name it so
	Method  string
	Path    string // of net/http's ServeMux
	Tag     string // the group in the document
	Summary string // one sentence
	Status  int    // of success; 0 is 200, or 204 without a body
	Repeat  Repeat
	Stream  bool          // it lasts as long as the client likes
	Refuses []larder.Code // what it may be refused with besides what any operation may

	// Document may complete what the types do not say in the OpenAPI document.
	Document func(*huma.Operation, huma.Registry)
}

// Registered is an operation with its policy, for tests that walk all of them.
type Registered struct {
	Op
	Policy Policy
}

// Keyed is embedded by inputs whose effect must not happen twice: the client makes a key up and
// sends it again with every repetition.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"128" pattern:"^[!-~]+$" patternDescription:"printable ASCII" doc:"Made up by the client, the same for every repetition of this request. The same key with another input is refused (key_reused)."`
}

// Register adds an operation. It is the only way to serve anything: the policy is checked before
// the request is parsed. It panics, at start, on an operation that nobody could account for.
func Register[I, O any](a *API, policy Policy, op Op, handle func(context.Context, *I) (*O, error)) {
	if err := op.check(policy, reflect.TypeFor[I]()); err != nil {
		panic(fmt.Sprintf("api: operation %q: %v", op.ID, err))
	}
	documented := op.document(policy, a.huma.OpenAPI().Components.Schemas)
	documented.Middlewares = huma.Middlewares{a.enter(op, policy)}
	a.mux.expected = op.Method + " " + op.Path
	huma.Register(a.huma, documented, func(ctx context.Context, in *I) (*O, error) {
		if !op.Stream {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, handlerTime, context.DeadlineExceeded)
			defer cancel()
		}
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.refuse(ctx, err)
		}
		return out, nil
	})
	a.ops = append(a.ops, Registered{Op: op, Policy: policy})
}

// check refuses what would be served without a policy, a name or an answer to repetition.
func (op Op) check(policy Policy, input reflect.Type) error {
	keyed, _ := input.FieldByName("Keyed")
	hasKey := keyed.Anonymous && keyed.Type == reflect.TypeFor[Keyed]()
	changes := op.Method != http.MethodGet
	switch {
	case policy.IsZero():
		return fmt.Errorf("has no policy")
	case op.ID == "" || op.Method == "" || op.Path == "" || op.Summary == "" || op.Tag == "":
		return fmt.Errorf("needs id, method, path, tag and summary")
	case changes && op.Repeat == RepeatSafe:
		return fmt.Errorf("changes something and does not say what a repetition does")
	case !changes && op.Repeat != RepeatSafe:
		return fmt.Errorf("is a GET, which changes nothing")
	case hasKey != (op.Repeat == RepeatKey):
		return fmt.Errorf("repeat %q and an embedded Keyed go together", op.Repeat)
	}
	return nil
}

// document is the operation as huma and the OpenAPI document have it.
func (op Op) document(policy Policy, r huma.Registry) huma.Operation {
	o := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path,
		Summary: op.Summary, Tags: []string{op.Tag}, DefaultStatus: op.Status,
		MaxBodyBytes: maxJSONBody, BodyReadTimeout: bodyTime,
		Extensions: map[string]any{"x-policy": policy.String()},
	}
	if len(op.Refuses) > 0 {
		o.Extensions["x-codes"] = op.Refuses
	}
	if policy.open() {
		o.Security = []map[string][]string{}
	}
	if op.Document != nil {
		op.Document(&o, r)
	}
	return o
}

// enter is the first thing that happens to a request of an operation: who asks, may they, and does it
// say one thing.
func (a *API) enter(op Op, policy Policy) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := unwrap(hc)
		n := note(r.Context())
		n.op, n.stream = op.ID, op.Stream
		actor, err := a.authenticate(r, policy)
		if err == nil {
			n.actor = actor
			err = policy.check(actor)
		}
		if err != nil {
			writeProblem(w, r, coded(r.Context(), err))
			return
		}
		if checkForm(w, r) {
			return
		}
		next(hc)
	}
}

// refuse turns a handler's error into the problem that the client gets.
func (a *API) refuse(ctx context.Context, err error) error {
	err = coded(ctx, err)
	noteError(ctx, err)
	return newProblem(err, note(ctx).lang)
}
