package api

import (
	"slices"
	"strings"

	"larder"
)

// Policy says who may call an operation. Its zero value is no policy, and [Register] refuses it:
// who may call is never decided by forgetting. What a policy cannot see (whose session this is) is
// decided by the room that owns the object, which answers not_found for a stranger's.
type Policy struct {
	kind  policyKind
	roles []larder.Role
}

type policyKind int

const (
	policyNone policyKind = iota
	policyAnonymous
	policyCustomer
	policyStaff
	policyCallback
)

// Anonymous lets everybody in, signed in or not. A token that has ended counts as none.
func Anonymous() Policy { return Policy{kind: policyAnonymous} }

// Customer lets signed-in customers in.
func Customer() Policy { return Policy{kind: policyCustomer} }

// Staff lets members of staff in who have one of the roles; admin always has.
func Staff(roles ...larder.Role) Policy {
	roles = append(slices.Clone(roles), larder.RoleAdmin)
	slices.Sort(roles)
	return Policy{kind: policyStaff, roles: slices.Compact(roles)}
}

// Callback is for providers' callbacks: nobody is signed in, and the handler trusts nothing but
// the signature over the raw body.
func Callback() Policy { return Policy{kind: policyCallback} }

// String is how the OpenAPI document shows the policy (x-policy): "anonymous", "customer",
// "callback" or "staff:" with the roles in order.
func (p Policy) String() string {
	switch p.kind {
	case policyAnonymous:
		return "anonymous"
	case policyCustomer:
		return "customer"
	case policyCallback:
		return "callback"
	case policyStaff:
		names := make([]string, len(p.roles))
		for i, r := range p.roles {
			names[i] = string(r)
		}
		return "staff:" + strings.Join(names, ",")
	case policyNone:
	}
	return "none"
}

// IsZero reports whether p is no policy.
func (p Policy) IsZero() bool { return p.kind == policyNone }

// asks reports whether the policy wants to know who is signed in. Callbacks do not: a cookie that
// happens to come along means nothing there.
func (p Policy) asks() bool { return p.kind != policyCallback }

// open reports whether nobody needs to be signed in.
func (p Policy) open() bool { return p.kind == policyAnonymous || p.kind == policyCallback }

// check returns nil where the actor may pass, else unauthorized (nobody is signed in) or forbidden.
func (p Policy) check(actor larder.Actor) error {
	switch {
	case p.open():
		return nil
	case actor.Kind != larder.ActorCustomer && actor.Kind != larder.ActorStaff:
		return larder.E(larder.CodeUnauthorized)
	case p.kind == policyCustomer && actor.Kind == larder.ActorCustomer:
		return nil
	case p.kind == policyStaff && actor.Kind == larder.ActorStaff && slices.Contains(p.roles, actor.Role):
		return nil
	}
	return larder.E(larder.CodeForbidden)
}
