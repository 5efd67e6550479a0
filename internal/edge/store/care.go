package store

import (
	"context"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/session"
	"larder/internal/edge/store/sqlc"
)

// Cases keeps the rows of room care.
type Cases struct{}

var _ care.Store = Cases{}

// AddCase implements [care.Store].
func (Cases) AddCase(ctx context.Context, tx larder.Tx, c care.Case) (bool, error) {
	evidence, err := text(c.Evidence)
	if err != nil {
		return false, err
	}
	n, err := sqlc.New(From(tx)).AddCase(ctx, sqlc.AddCaseParams{
		ID: c.ID, OrgID: c.Org, Cause: string(c.Cause), SubjectID: c.Subject, SessionID: c.Session, CabinetID: c.Cabinet,
		Door: int64(c.Door), State: string(c.State), Owner: c.Owner, Deadline: c.Deadline, Events: c.Events, Evidence: evidence,
		CreatedAt: c.Created,
	})
	return n == 1, Translate(err)
}

// JoinCase implements [care.Store].
func (Cases) JoinCase(ctx context.Context, tx larder.Tx, n care.Case) (bool, error) {
	q := sqlc.New(From(tx))
	row, err := q.JoinCase(ctx, sqlc.JoinCaseParams{OrgID: n.Org, Cause: string(n.Cause), CabinetID: n.Cabinet, Door: int64(n.Door)})
	if err != nil {
		return false, orNone(err)
	}
	joined, err := caseOf(row)
	if err != nil {
		return false, err
	}
	joined.Evidence.Latest = n.Evidence.Detail
	evidence, err := text(joined.Evidence)
	if err != nil {
		return false, err
	}
	_, err = q.SetCaseEvidence(ctx, sqlc.SetCaseEvidenceParams{ID: joined.ID, OrgID: joined.Org, Evidence: evidence})
	return true, Translate(err)
}

// Case implements [care.Store].
func (Cases) Case(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CaseID) (care.Case, error) {
	row, err := sqlc.New(From(tx)).CaseOfOrg(ctx, sqlc.CaseOfOrgParams{ID: id, OrgID: org})
	if err != nil {
		return care.Case{}, Translate(err)
	}
	return caseOf(row)
}

// Cases implements [care.Store].
func (Cases) Cases(ctx context.Context, tx larder.Tx, org larder.OrgID, state care.State, limit int) ([]care.Case, error) {
	rows, err := sqlc.New(From(tx)).CasesOfOrg(ctx, sqlc.CasesOfOrgParams{OrgID: org, State: string(state), Limit: int32(limit)}) //nolint:gosec // at most 200
	if err != nil {
		return nil, err
	}
	cases := make([]care.Case, 0, len(rows))
	for _, row := range rows {
		c, err := caseOf(row)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// DecideCase implements [care.Store].
func (Cases) DecideCase(ctx context.Context, tx larder.Tx, c care.Case) (bool, error) {
	n, err := sqlc.New(From(tx)).DecideCase(ctx, sqlc.DecideCaseParams{
		ID: c.ID, OrgID: c.Org, Decision: string(c.Decision), Note: c.Note, DecidedBy: c.By, DecidedAt: c.Decided,
	})
	return n == 1, err
}

func caseOf(r sqlc.CareCase) (care.Case, error) {
	c := care.Case{
		ID: r.ID, Org: r.OrgID, Cause: session.CaseCause(r.Cause), Subject: r.SubjectID, Session: r.SessionID, Cabinet: r.CabinetID,
		Door: int(r.Door), State: care.State(r.State), Owner: r.Owner, Deadline: r.Deadline, Events: r.Events, Decision: care.Verdict(r.Decision), Note: r.Note,
		By: r.DecidedBy, Created: r.CreatedAt, Decided: r.DecidedAt,
	}
	return c, value("care_case.evidence", r.Evidence, &c.Evidence)
}
