package wechatpay

import (
	"errors"
	"fmt"

	"larder"
	"larder/internal/core/payment"
)

// errNoState says that an answer is about the right order but does not tell its state.
var errNoState = errors.New("the answer does not tell the order's state")

// triple is what a state is judged by. description counts only while state is DOING: WeChat Pay
// defines it as a remark on that state.
type triple struct {
	state, description, collection string
}

// states is every triple that we know the meaning of. DOING/MCH_COMPLETE without a collection is
// what complete answers: it never carries one.
var states = map[triple]payment.ProviderState{
	{"CREATED", "", ""}:                      payment.ProviderWaiting,
	{"DOING", "USER_CONFIRM", ""}:            payment.ProviderAuthorized,
	{"DOING", "MCH_COMPLETE", ""}:            payment.ProviderCollecting,
	{"DOING", "MCH_COMPLETE", "USER_PAYING"}: payment.ProviderCollecting,
	{"DONE", "", "USER_PAID"}:                payment.ProviderCaptured,
	{"REVOKED", "", ""}:                      payment.ProviderCanceled,
	{"EXPIRED", "", ""}:                      payment.ProviderCanceled,
}

// status reads the order in our words. errNoState means that the answer says nothing about the
// state; a triple that is not in the table is an error that names it.
func (o order) status() (payment.Status, error) {
	t := triple{state: o.State}
	if o.State == "DOING" {
		t.description = o.Description
	}
	if o.Collection != nil {
		t.collection = o.Collection.State
	}
	if o.State == "" || t == (triple{state: "DOING"}) {
		return payment.Status{}, errNoState
	}
	state, known := states[t]
	if !known {
		return payment.Status{}, fmt.Errorf("no meaning for state %.32q, state_description %.32q, collection.state %.32q",
			o.State, o.Description, t.collection)
	}
	s := payment.Status{Number: o.Number, State: state, Ref: o.OrderID}
	switch state {
	case payment.ProviderCollecting:
		s.Amount = o.asked()
	case payment.ProviderCaptured:
		s.Amount, s.Trade = larder.Fen(o.Collection.Paid), o.trade()
		if s.Amount == 0 {
			return payment.Status{}, errors.New("the order is paid, but with an amount of 0")
		}
	case payment.ProviderNotFound, payment.ProviderWaiting, payment.ProviderAuthorized, payment.ProviderCanceled:
	}
	return s, nil
}

// asked is what is being collected.
func (o order) asked() larder.Fen {
	if o.Collection != nil && o.Collection.Total > 0 {
		return larder.Fen(o.Collection.Total)
	}
	return larder.Fen(o.Total)
}

// trade is the number that refunds need: the transaction of the first collection. A pay score
// order is collected in one piece unless the merchant settled a part of it elsewhere, which we
// never do.
func (o order) trade() string {
	for _, d := range o.Collection.Details {
		if d.Transaction != "" {
			return d.Transaction
		}
	}
	return ""
}
