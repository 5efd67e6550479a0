package staff

import (
	"context"

	"larder"
)

// Store keeps what this room owns. Every method works inside tx. A broken unique key is an error of
// code conflict, a missing row one of code not_found.
type Store interface {
	// AddOrg keeps a new organization; conflict if its code is taken.
	AddOrg(ctx context.Context, tx larder.Tx, org Org, at larder.Millis) error
	// EnsureOrg keeps an organization unless one of its id is there.
	EnsureOrg(ctx context.Context, tx larder.Tx, org Org, at larder.Millis) error
	// AddStaff keeps a new member and the hash of their password; conflict if the login is taken.
	AddStaff(ctx context.Context, tx larder.Tx, staff Staff, password string, at larder.Millis) error
	// Credential finds a member by the organization's code and the login.
	Credential(ctx context.Context, tx larder.Tx, org, login string) (Credential, error)
	// SetFailures keeps how often signing in has failed in a row and until when it is refused. An id
	// that does not exist changes nothing and is no error.
	SetFailures(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.StaffID, failures int, until larder.Millis) error

	// AddPass keeps a sign-in.
	AddPass(ctx context.Context, tx larder.Tx, pass Pass, at larder.Millis) error
	// Pass finds a sign-in by the digest of its token, whether it has expired or not.
	Pass(ctx context.Context, tx larder.Tx, digest []byte) (Pass, error)
	// DeletePass ends a sign-in; one that is not there is no error.
	DeletePass(ctx context.Context, tx larder.Tx, digest []byte) error
	// DeleteExpired forgets at most limit sign-ins that expired at or before at, the oldest first.
	DeleteExpired(ctx context.Context, tx larder.Tx, at larder.Millis, limit int) error

	// AddAudit appends a row to the audit log of org.
	AddAudit(ctx context.Context, tx larder.Tx, id int64, org larder.OrgID, actor larder.Actor, rec larder.AuditRecord, at larder.Millis) error
}

// Credential is what signing in is decided by.
type Credential struct {
	Staff       Staff
	Password    string        // its hash, as [Passwords] made it
	Failures    int           // wrong passwords in a row
	LockedUntil larder.Millis // until then even the right password is refused; 0 if it never was
}

// Pass is a sign-in as kept: without its token.
type Pass struct {
	Digest  []byte           // SHA-256 of the token
	Org     larder.OrgID     // [larder.Platform] for a customer
	Kind    larder.ActorKind // customer or staff
	Subject int64            // the customer's or the staff member's id
	Role    larder.Role      // the staff member's of now; "" for a customer and for staff who left; not kept
	Expires larder.Millis
}

// Passwords hashes passwords slowly, with a salt of its own each time (argon2id).
type Passwords interface {
	// Hash returns what is kept of a password: parameters, salt and hash in one text.
	Hash(password string) (string, error)
	// Verify reports whether hash is of password; an error means that hash is none.
	Verify(hash, password string) (bool, error)
}
