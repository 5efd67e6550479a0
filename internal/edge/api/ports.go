package api

import (
	"context"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/care"
	"larder/internal/core/catalog"
	"larder/internal/core/customer"
	"larder/internal/core/payment"
	"larder/internal/core/staff"
	"larder/internal/core/visit"
	"larder/internal/run"
)

// Logins says who somebody is; *staff.Service.
type Logins interface {
	// Who returns whose sign-in a token is; unauthorized for a token that is none or has ended.
	Who(ctx context.Context, token string) (larder.Actor, error)
	// SignOut ends a sign-in; one that has ended is no error.
	SignOut(ctx context.Context, token string) error
	// SignIn signs a member of staff in; wrong_credentials whatever was wrong.
	SignIn(ctx context.Context, org, login, password string) (staff.Login, error)
}

// Customers signs customers in; *customer.Service.
type Customers interface {
	// SignIn exchanges a provider's one-time code; invalid for an unknown provider, wrong_credentials
	// for a code that is wrong, used or old, provider_trouble if the provider cannot tell.
	SignIn(ctx context.Context, provider, code string) (customer.Login, error)
}

// Cabinets finds doors; *cabinet.Service.
type Cabinets interface {
	// DoorByToken returns the door that a sticker's token leads to; not_found if none.
	DoorByToken(ctx context.Context, token string) (cabinet.Cabinet, cabinet.Door, error)
}

// Planograms tells what is for sale; *catalog.Service.
type Planograms interface {
	// Slots returns the lanes of a door as of a planogram version, by lane number.
	Slots(ctx context.Context, door larder.DoorID, version int64) ([]catalog.Slot, error)
}

// Leases tells whether somebody uses a door; *visit.Service.
type Leases interface {
	// Taken reports whether a session holds the door's lease now.
	Taken(ctx context.Context, door larder.DoorID) (bool, error)
}

// Prover asks a cabinet whether it is there. It is the one question that a handler puts to a
// cabinet, and it changes nothing.
type Prover interface {
	// Prove returns within 2 s; cabinet_offline where no answer came.
	Prove(ctx context.Context, cabinet larder.CabinetID) (larder.Proof, error)
}

// Visits is a purchase as customers see it; *visit.Service.
type Visits interface {
	Start(ctx context.Context, actor larder.Actor, req visit.StartRequest) (visit.View, error)
	View(ctx context.Context, actor larder.Actor, id larder.SessionID) (visit.View, error)
	Cancel(ctx context.Context, actor larder.Actor, id larder.SessionID) (visit.View, error)
	Receipt(ctx context.Context, actor larder.Actor, id larder.SessionID) (visit.Receipt, error)
	History(ctx context.Context, actor larder.Actor, limit int) ([]visit.View, error)
	// Notice takes a provider's callback. Nil means that the provider may be told "success";
	// *payment.ErrBadNotice that it changed nothing and is to be refused.
	Notice(ctx context.Context, provider string, cb payment.Callback) error
}

// Cases is what people decide; *care.Service.
type Cases interface {
	List(ctx context.Context, actor larder.Actor, state care.State, limit int) ([]care.Case, error)
	Get(ctx context.Context, actor larder.Actor, id larder.CaseID) (care.Case, error)
	Decide(ctx context.Context, actor larder.Actor, id larder.CaseID, d care.Decision) (care.Case, error)
}

// Scales is what people look after; *run.Scales.
type Scales interface {
	List(ctx context.Context, actor larder.Actor, limit int) ([]run.Scale, error)
	Serve(ctx context.Context, actor larder.Actor, lane larder.LaneID, work run.Work, note string) (run.Scale, error)
}

// Live tells of sessions while they are under way; *run.Live.
type Live interface {
	// Subscribe returns where the newest snapshot of a session is put (older ones are overwritten) and
	// what ends the subscription.
	Subscribe(session larder.SessionID) (<-chan run.Snapshot, func())
}
