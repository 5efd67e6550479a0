package api

import (
	"context"
	"net/http"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/session"
)

// CasePath names a case.
type CasePath struct {
	ID string `path:"id" pattern:"^[1-9][0-9]{0,18}$" patternDescription:"an id" doc:"The case's id."`
}

type casesInput struct {
	State string `query:"state" enum:"open,decided" default:"open"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most, the nearest deadline first."`
}

type decideInput struct {
	Keyed
	CasePath
	Body struct {
		Charge bool         `json:"charge" doc:"Whether the customer is charged for the lines."`
		Lines  []chargeLine `json:"lines,omitempty" maxItems:"256" doc:"What was taken; at least one where charge is true, none otherwise."`
		Note   string       `json:"note,omitempty" maxLength:"1000" doc:"Why, for those who look later."`
	}
}

type chargeLine struct {
	Lane  larder.LaneID `json:"lane_id" pattern:"^[1-9][0-9]{0,18}$" patternDescription:"an id"`
	Count int           `json:"count" minimum:"1" maximum:"1000"`
}

type caseAnswer struct{ Body care.Case }

type casesAnswer struct {
	Body struct {
		Cases []care.Case `json:"cases"`
	}
}

func registerCases(a *API) {
	judges := Staff(larder.RoleSupport, larder.RoleOperator)
	Register(a, judges, Op{
		ID: "list-cases", Method: http.MethodGet, Path: "/v1/cases", Tag: "care",
		Summary: "The organization's cases, the nearest deadline first",
	}, a.listCases)
	Register(a, judges, Op{
		ID: "get-case", Method: http.MethodGet, Path: "/v1/cases/{id}", Tag: "care",
		Summary: "One case of the organization", Refuses: []larder.Code{larder.CodeNotFound},
	}, a.getCase)
	Register(a, judges, Op{
		ID: "decide-case", Method: http.MethodPost, Path: "/v1/cases/{id}/decide", Tag: "care",
		Summary: "Decide a case; money and audit log follow in the same transaction", Repeat: RepeatKey,
		Refuses: []larder.Code{larder.CodeNotFound, larder.CodeCaseDecided, larder.CodeReused, larder.CodeConflict},
	}, a.decideCase)
}

func (a *API) listCases(ctx context.Context, in *casesInput) (*casesAnswer, error) {
	cases, err := a.deps.Cases.List(ctx, actorOf(ctx), care.State(in.State), in.Limit)
	if err != nil {
		return nil, err
	}
	var out casesAnswer
	out.Body.Cases = make([]care.Case, 0, len(cases))
	for _, c := range cases {
		out.Body.Cases = append(out.Body.Cases, wholeCase(c))
	}
	return &out, nil
}

func (a *API) getCase(ctx context.Context, in *CasePath) (*caseAnswer, error) {
	id, err := idOf[larder.CaseID](in.ID)
	if err != nil {
		return nil, err
	}
	return answerCase(a.deps.Cases.Get(ctx, actorOf(ctx), id))
}

func (a *API) decideCase(ctx context.Context, in *decideInput) (*caseAnswer, error) {
	id, err := idOf[larder.CaseID](in.ID)
	if err != nil {
		return nil, err
	}
	lines := make([]session.Taken, 0, len(in.Body.Lines))
	for _, l := range in.Body.Lines {
		lines = append(lines, session.Taken{Lane: l.Lane, Count: l.Count})
	}
	return answerCase(a.deps.Cases.Decide(ctx, actorOf(ctx), id, care.Decision{
		Charge: in.Body.Charge, Lines: lines, Note: in.Body.Note, Key: in.Key,
	}))
}

func answerCase(c care.Case, err error) (*caseAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &caseAnswer{Body: wholeCase(c)}, nil
}

// wholeCase has no list or object that is null.
func wholeCase(c care.Case) care.Case {
	c.Evidence.Suggestion = whole(c.Evidence.Suggestion)
	if c.Evidence.Detail == nil {
		c.Evidence.Detail = map[string]any{}
	}
	return c
}
