package larder

// ActorKind says what sort of someone acts.
type ActorKind string

// The kinds of actor.
const (
	ActorAnonymous ActorKind = "anonymous" // nobody is signed in
	ActorCustomer  ActorKind = "customer"
	ActorStaff     ActorKind = "staff"
	ActorSystem    ActorKind = "system" // the platform itself: timers, policies
)

// Role is what a member of staff may do.
type Role string

// The roles of the console. Admin may do everything inside its organization.
const (
	RoleAdmin     Role = "admin"
	RoleOperator  Role = "operator"
	RoleRestocker Role = "restocker"
	RoleSupport   Role = "support"
	RoleFinance   Role = "finance"
)

// Actor is who asks. Scope always comes from here, never from a parameter of a request.
type Actor struct {
	Kind     ActorKind
	Org      OrgID      // the staff member's organization; [Platform] for a customer; 0 if anonymous
	Customer CustomerID // set for a customer
	Staff    StaffID    // set for staff
	Role     Role       // set for staff
}

// System is the platform acting by itself on behalf of org.
func System(org OrgID) Actor { return Actor{Kind: ActorSystem, Org: org} }

// ID returns the number that an audit row carries: the customer's, the staff member's or 0.
func (a Actor) ID() int64 {
	switch a.Kind {
	case ActorCustomer:
		return int64(a.Customer)
	case ActorStaff:
		return int64(a.Staff)
	case ActorAnonymous, ActorSystem:
	}
	return 0
}
