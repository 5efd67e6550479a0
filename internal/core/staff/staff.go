package staff

import (
	"log/slog"
	"strings"

	"larder"
)

// Org is an organization: whose cabinets, products and staff these are.
type Org struct {
	ID   larder.OrgID
	Code string // what people type to sign in: lower-case letters, digits and ".", "_", "-", at most 64
	Name string // 1 to 100 bytes, legible
}

// Staff is a member of an organization's staff.
type Staff struct {
	ID    larder.StaffID
	Org   larder.OrgID
	Login string // unique in the organization; the same letters as [Org].Code, and "@"
	Name  string // 1 to 100 bytes, legible
	Role  larder.Role
}

// NewStaff is somebody to be added.
type NewStaff struct {
	Org      larder.OrgID // the actor's own, or 0, which means the same
	Login    string
	Name     string
	Role     larder.Role
	Password string // 8 to 128 bytes
}

// LogValue leaves the password out.
func (n NewStaff) LogValue() slog.Value {
	return slog.GroupValue(slog.String("org_id", n.Org.String()), slog.String("role", string(n.Role)))
}

// Login is a sign-in that has just succeeded. Nobody can ask for its token again.
type Login struct {
	Token   string        // 43 characters of base64url
	Expires larder.Millis // when it ends by itself
	Staff   Staff
}

// LogValue leaves the token out.
func (l Login) LogValue() slog.Value {
	return slog.GroupValue(slog.String("staff_id", l.Staff.ID.String()), slog.Int64("expires_ms", int64(l.Expires)))
}

const (
	maxCodeBytes     = 64
	maxNameBytes     = 100
	minPasswordBytes = 8 // NIST SP 800-63B, 5.1.1.2
	maxPasswordBytes = 128
)

// check says what is wrong with an organization that is to be added.
func (o Org) check() error {
	if !plain(o.Code, "") {
		return larder.E(larder.CodeInvalid, "field", "code", "reason", "characters")
	}
	return checkName(o.Name)
}

// check says what is wrong with somebody who is to be added.
func (n NewStaff) check() error {
	switch {
	case !plain(n.Login, "@"):
		return larder.E(larder.CodeInvalid, "field", "login", "reason", "characters")
	case len(n.Password) < minPasswordBytes || len(n.Password) > maxPasswordBytes:
		return larder.E(larder.CodeInvalid, "field", "password", "reason", "length")
	case !known(n.Role):
		return larder.E(larder.CodeInvalid, "field", "role", "reason", "unknown")
	}
	return checkName(n.Name)
}

func checkName(name string) error {
	if name == "" || len(name) > maxNameBytes {
		return larder.E(larder.CodeInvalid, "field", "name", "reason", "length")
	}
	if !larder.Legible(name) {
		return larder.E(larder.CodeInvalid, "field", "name", "reason", "illegible")
	}
	return nil
}

// plain reports whether text is 1 to 64 characters that every keyboard types alike, or of more.
func plain(text, more string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789._-"
	return text != "" && len(text) <= maxCodeBytes && strings.Trim(text, letters+more) == ""
}

func known(role larder.Role) bool {
	switch role {
	case larder.RoleAdmin, larder.RoleOperator, larder.RoleRestocker, larder.RoleSupport, larder.RoleFinance:
		return true
	}
	return false
}

// mayManage reports whether actor may say who works in its organization.
func mayManage(actor larder.Actor) bool {
	if actor.Org.IsZero() {
		return false
	}
	return actor.Kind == larder.ActorSystem || actor.Kind == larder.ActorStaff && actor.Role == larder.RoleAdmin
}
