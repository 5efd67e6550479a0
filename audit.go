package larder

// AuditRecord says what somebody privileged did, for the audit log. The room that does it hands the
// record over in the same transaction (invariant I19), through a port of its own; who did it and
// for which organization is the [Actor]'s to say, when is the transaction's.
type AuditRecord struct {
	Action     string // "room.verb", for instance "catalog.publish"; a constant of the room
	ObjectKind string // what it was done to, in the glossary's word: "cabinet"
	Object     int64  // the object's id; 0 if there is none
	Detail     string // for people, at most a few words; never a secret, a login or a phone number
}
