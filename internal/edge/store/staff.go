package store

import (
	"context"

	"larder"
	"larder/internal/core/staff"
	"larder/internal/edge/store/sqlc"
)

// Staff keeps the rows of room staff: organizations, staff, sign-ins, the audit log.
type Staff struct{}

var _ staff.Store = Staff{}

// AddOrg implements [staff.Store].
func (Staff) AddOrg(ctx context.Context, tx larder.Tx, org staff.Org, at larder.Millis) error {
	return sqlc.New(From(tx)).AddOrg(ctx, sqlc.AddOrgParams{ID: org.ID, Code: org.Code, Name: org.Name, CreatedAt: at})
}

// EnsureOrg implements [staff.Store].
func (Staff) EnsureOrg(ctx context.Context, tx larder.Tx, org staff.Org, at larder.Millis) error {
	return sqlc.New(From(tx)).EnsureOrg(ctx, sqlc.EnsureOrgParams{ID: org.ID, Code: org.Code, Name: org.Name, CreatedAt: at})
}

// AddStaff implements [staff.Store].
func (Staff) AddStaff(ctx context.Context, tx larder.Tx, s staff.Staff, password string, at larder.Millis) error {
	return sqlc.New(From(tx)).AddStaff(ctx, sqlc.AddStaffParams{
		ID: s.ID, OrgID: s.Org, Login: s.Login, Name: s.Name, Role: string(s.Role), Password: password, CreatedAt: at,
	})
}

// Credential implements [staff.Store].
func (Staff) Credential(ctx context.Context, tx larder.Tx, org, login string) (staff.Credential, error) {
	row, err := sqlc.New(From(tx)).StaffByLogin(ctx, sqlc.StaffByLoginParams{Code: org, Login: login})
	if err != nil {
		return staff.Credential{}, Translate(err)
	}
	return staff.Credential{
		Staff:    staff.Staff{ID: row.ID, Org: row.OrgID, Login: row.Login, Name: row.Name, Role: larder.Role(row.Role)},
		Password: row.Password, Failures: int(row.Failures), LockedUntil: row.LockedUntil,
	}, nil
}

// SetFailures implements [staff.Store].
func (Staff) SetFailures(
	ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.StaffID, failures int, until larder.Millis,
) error {
	return sqlc.New(From(tx)).SetStaffFailures(ctx, sqlc.SetStaffFailuresParams{
		Failures: int64(failures), LockedUntil: until, ID: id, OrgID: org,
	})
}

// AddPass implements [staff.Store].
func (Staff) AddPass(ctx context.Context, tx larder.Tx, p staff.Pass, at larder.Millis) error {
	return sqlc.New(From(tx)).AddLogin(ctx, sqlc.AddLoginParams{
		TokenHash: p.Digest, OrgID: p.Org, Kind: string(p.Kind), SubjectID: p.Subject, CreatedAt: at, ExpiresAt: p.Expires,
	})
}

// Pass implements [staff.Store].
func (Staff) Pass(ctx context.Context, tx larder.Tx, digest []byte) (staff.Pass, error) {
	row, err := sqlc.New(From(tx)).LoginByToken(ctx, digest)
	if err != nil {
		return staff.Pass{}, Translate(err)
	}
	return staff.Pass{
		Digest: digest, Org: row.OrgID, Kind: larder.ActorKind(row.Kind), Subject: row.SubjectID,
		Role: larder.Role(row.Role), Expires: row.ExpiresAt,
	}, nil
}

// DeletePass implements [staff.Store].
func (Staff) DeletePass(ctx context.Context, tx larder.Tx, digest []byte) error {
	return sqlc.New(From(tx)).DeleteLogin(ctx, digest)
}

// DeleteExpired implements [staff.Store].
func (Staff) DeleteExpired(ctx context.Context, tx larder.Tx, at larder.Millis, limit int) error {
	return sqlc.New(From(tx)).DeleteExpiredLogins(ctx, sqlc.DeleteExpiredLoginsParams{ExpiresAt: at, AtMost: int64(limit)})
}

// AddAudit implements [staff.Store].
func (Staff) AddAudit(
	ctx context.Context, tx larder.Tx, id int64, org larder.OrgID, actor larder.Actor, rec larder.AuditRecord, at larder.Millis,
) error {
	return sqlc.New(From(tx)).AddAudit(ctx, sqlc.AddAuditParams{
		ID: id, OrgID: org, ActorKind: string(actor.Kind), ActorID: actor.ID(),
		Action: rec.Action, ObjectKind: rec.ObjectKind, ObjectID: rec.Object, Detail: rec.Detail, At: at,
	})
}
