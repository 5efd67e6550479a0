package payment

import (
	"larder"
)

// State is where a payment stands, as we see it.
type State string

// The states. From Asking and Waiting there is one step to Authorized or to Releasing, never both.
const (
	Asking     State = "asking"     // written; the provider has not answered yet
	Waiting    State = "waiting"    // for the customer's consent
	Authorized State = "authorized" // the door may be opened
	Capturing  State = "capturing"  // the provider was asked to collect; may take days
	Captured   State = "captured"   // collected
	Releasing  State = "releasing"  // to be given back; the provider has not confirmed yet
	Released   State = "released"   // given back, or never given
)

// Payment is the money side of one order at one provider.
type Payment struct {
	ID       larder.PaymentID
	Org      larder.OrgID
	Order    larder.OrderID
	Session  larder.SessionID
	Customer larder.CustomerID
	Provider string
	Number   string // ours, what the provider knows the visit by
	State    State
	Ceiling  larder.Fen // the most that can be collected
	Amount   larder.Fen // to be collected, at most Ceiling; 0 before Capturing
	Captured larder.Fen // collected, at most Amount
	Request  AuthorizeRequest
	Capture  CaptureRequest
	Phone    map[string]string // what the phone needs to raise the provider's page
	Ref      string
	Trade    string

	Created, AuthorizedAt, EndedAt larder.Millis
	Version                        int64
}

// Change is what a provider's word did to a payment.
type Change string

// The changes. Surprise means that our row and the provider contradict each other: nothing was
// changed and a person must know.
const (
	Unchanged Change = "unchanged"
	Asked     Change = "asked"     // the customer sees the provider's page
	Won       Change = "won"       // authorized
	Lost      Change = "lost"      // there will be no authorization
	Collected Change = "collected" // the money is there
	GivenBack Change = "given_back"
	Surprise  Change = "surprise"
)

// Apply takes a verified word of the provider about p at the moment now. It is monotone: the same
// word again, and words that are older than what is known, change nothing (P1, P2), whichever of
// answer, callback and query brings them.
func Apply(p Payment, st Status, now larder.Millis) (Payment, Change) {
	switch p.State {
	case Asking, Waiting:
		return applyBeforeConsent(p, st, now)
	case Authorized:
		if st.State == ProviderCaptured || st.State == ProviderCanceled || st.State == ProviderCollecting {
			return p, Surprise
		}
	case Capturing:
		return applyCapturing(p, st, now)
	case Releasing:
		switch st.State {
		case ProviderCanceled, ProviderNotFound:
			p.State, p.EndedAt = Released, now
			return p, GivenBack
		case ProviderCaptured, ProviderCollecting:
			return p, Surprise
		case ProviderWaiting, ProviderAuthorized: // to be canceled still
		}
	case Released:
		if st.State == ProviderCaptured || st.State == ProviderCollecting {
			return p, Surprise
		}
	case Captured:
		if st.State == ProviderCanceled || (st.State == ProviderCaptured && st.Amount != p.Captured) {
			return p, Surprise
		}
	}
	return p, Unchanged
}

func applyBeforeConsent(p Payment, st Status, now larder.Millis) (Payment, Change) {
	switch st.State {
	case ProviderWaiting:
		if p.State == Waiting {
			return p, Unchanged
		}
		p.State, p.Phone, p.Ref = Waiting, st.Phone, st.Ref
		return p, Asked
	case ProviderAuthorized:
		p.State, p.AuthorizedAt, p.Phone = Authorized, now, nil
		if st.Ref != "" {
			p.Ref = st.Ref
		}
		return p, Won
	case ProviderCanceled:
		p.State, p.EndedAt, p.Phone = Released, now, nil
		return p, Lost
	case ProviderCollecting, ProviderCaptured:
		return p, Surprise
	case ProviderNotFound: // not arrived yet
	}
	return p, Unchanged
}

func applyCapturing(p Payment, st Status, now larder.Millis) (Payment, Change) {
	switch st.State {
	case ProviderCaptured:
		if st.Amount != p.Amount {
			return p, Surprise
		}
		p.State, p.Captured, p.Trade, p.EndedAt = Captured, st.Amount, st.Trade, now
		return p, Collected
	case ProviderCanceled:
		return p, Surprise
	case ProviderNotFound, ProviderWaiting, ProviderAuthorized, ProviderCollecting:
	}
	return p, Unchanged
}
