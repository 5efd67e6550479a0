package api

import (
	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// shown is a visit as clients see it, whichever way they ask. Rows know no basket before the verdict,
// so until the visit has ended the newest estimate stands in for it; nil leaves what the rows say.
// The version is the rows' in any case: an estimate never makes a view newer. No list is null.
func shown(v visit.View, estimate *visit.Basket) visit.View {
	if estimate != nil && v.State != session.Ended { // then the bill counts
		v.Basket = *estimate
	}
	v.Basket.Lines = whole(v.Basket.Lines)
	return v
}

// estimate is the newest live basket of a session, without waiting for one; nil if there is none.
func (a *API) estimate(id larder.SessionID) *visit.Basket {
	news, leave := a.deps.Live.Subscribe(id)
	defer leave()
	select {
	case newest := <-news:
		return newest.Basket
	default:
		return nil
	}
}

// answerView answers with a visit that read gives. The estimate is looked at first: of a visit that
// ends in between it is gone, and the rows that are read then have the bill.
func (a *API) answerView(id larder.SessionID, read func() (visit.View, error)) (*viewAnswer, error) {
	estimate := a.estimate(id)
	v, err := read()
	if err != nil {
		return nil, err
	}
	return &viewAnswer{Body: shown(v, estimate)}, nil
}
