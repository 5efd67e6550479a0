// Package staff is the room of 人员: who works here, for which organization, in which role.
//
// It owns organizations, staff with their passwords, the sign-ins of both kinds (customers' too) and
// the audit log. api asks who a token belongs to; customer issues sign-ins and every room with
// privileged actions writes its audit rows here, inside its own transaction.
//
// It guarantees: a token is 256 bits of chance and only its SHA-256 is kept; a sign-in that ended is
// nobody; a role counts as it is now, not as it was at the sign-in; signing in takes the same work
// and gets the same answer whether the organization, the login or the password was wrong or the
// login is locked (S23); no privileged action of this room is without its audit row (I19).
//
// 中文名：人员。
package staff
