package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/weigh/health"
	"larder/internal/run"
)

// describeWords tells the OpenAPI document what types of the rules look like in JSON: the rules
// know nothing of documents.
func describeWords(r huma.Registry) {
	describe[larder.Gram, gram](r)
	describe[session.State, sessionState](r)
	describe[session.Outcome, sessionOutcome](r)
	describe[larder.DoorState, doorState](r)
	describe[payment.State, paymentState](r)
	describe[order.State, orderState](r)
	describe[care.State, caseState](r)
	describe[care.Verdict, caseVerdict](r)
	describe[larder.Role, role](r)
	describe[health.Status, scaleStatus](r)
	describe[run.Work, scaleWork](r)
}

// describe has the document show T as D describes itself.
func describe[T any, D huma.SchemaProvider](r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[D]())
}

// oneOf is a string that is one of the given words.
func oneOf[W ~string](words ...W) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, w := range words {
		s.Enum = append(s.Enum, string(w))
	}
	return s
}

type gram struct{}

// Schema is a number of grams, or null.
func (gram) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Format: "double", Nullable: true}
}

type sessionState struct{}

// Schema lists where a session may stand.
func (sessionState) Schema(huma.Registry) *huma.Schema {
	return oneOf(session.Awaiting, session.Opening, session.Open, session.Weighing, session.Review, session.Ended)
}

type sessionOutcome struct{}

// Schema lists how a session may end.
func (sessionOutcome) Schema(huma.Registry) *huma.Schema {
	return oneOf(session.None, session.Charged, session.NothingTaken, session.Canceled, session.NotOpened, session.WrittenOff)
}

type doorState struct{}

// Schema lists what may be known of a door.
func (doorState) Schema(huma.Registry) *huma.Schema {
	return oneOf(larder.DoorUnknown, larder.DoorClosed, larder.DoorOpening, larder.DoorOpen)
}

type paymentState struct{}

// Schema lists where a payment may stand.
func (paymentState) Schema(huma.Registry) *huma.Schema {
	return oneOf(payment.Asking, payment.Waiting, payment.Authorized, payment.Capturing,
		payment.Captured, payment.Releasing, payment.Released)
}

type orderState struct{}

// Schema lists where an order may stand.
func (orderState) Schema(huma.Registry) *huma.Schema {
	return oneOf(order.Open, order.Settled, order.Void)
}

type caseState struct{}

// Schema lists where a case may stand.
func (caseState) Schema(huma.Registry) *huma.Schema { return oneOf(care.Open, care.Decided) }

type caseVerdict struct{}

// Schema lists how a case may be decided; "" while it is open.
func (caseVerdict) Schema(huma.Registry) *huma.Schema {
	return oneOf("", care.Charged, care.Released, care.Noted, care.ByPolicy)
}

type role struct{}

// Schema lists the roles of staff.
func (role) Schema(huma.Registry) *huma.Schema {
	return oneOf(larder.RoleAdmin, larder.RoleOperator, larder.RoleRestocker, larder.RoleSupport, larder.RoleFinance)
}

type scaleStatus struct{}

// Schema lists what may be to be done about a scale.
func (scaleStatus) Schema(huma.Registry) *huma.Schema {
	return oneOf(append([]health.Status{health.Healthy}, health.Unwell()...)...)
}

type scaleWork struct{}

// Schema lists what may be done to a scale.
func (scaleWork) Schema(huma.Registry) *huma.Schema { return oneOf(run.Works()...) }
