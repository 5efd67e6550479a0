package api

import (
	"context"
	"net/http"

	"larder"
)

// maxHashing bounds how many passwords are hashed at once: each takes tens of megabytes on purpose.
const maxHashing = 4

type customerSignIn struct {
	Body struct {
		Provider string `json:"provider" minLength:"1" maxLength:"32" pattern:"^[a-z0-9_]+$" patternDescription:"a provider's name" doc:"For instance wechatpay."`
		Code     string `json:"code" minLength:"1" maxLength:"512" doc:"The provider's one-time login code."`
	}
}

type staffSignIn struct {
	Body struct {
		Org      string `json:"org" minLength:"1" maxLength:"64" doc:"The organization's code."`
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"128"`
	}
}

// CustomerLogin is a customer's sign-in.
type CustomerLogin struct {
	Token    string            `json:"token" doc:"Send it as Authorization: Bearer. Nobody can ask for it again."`
	Expires  larder.Millis     `json:"expires_ms"`
	Customer larder.CustomerID `json:"customer_id"`
}

// StaffLogin is a staff member's sign-in.
type StaffLogin struct {
	Token   string         `json:"token" doc:"Send it as Authorization: Bearer. Nobody can ask for it again."`
	Expires larder.Millis  `json:"expires_ms"`
	Staff   larder.StaffID `json:"staff_id"`
	Role    larder.Role    `json:"role"`
}

// signedIn is an answer that also sets the browser's cookie.
type signedIn[B any] struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   B
}

func registerSignIn(a *API) {
	Register(a, Anonymous(), Op{
		ID: "sign-in-customer", Method: http.MethodPost, Path: "/v1/customers/sign-in", Tag: "sign-in",
		Summary: "Sign a customer in with a provider's login code", Repeat: RepeatNatural,
		Refuses: []larder.Code{larder.CodeCredentials, larder.CodeProvider, larder.CodeLimited},
	}, a.signInCustomer)
	Register(a, Anonymous(), Op{
		ID: "sign-in-staff", Method: http.MethodPost, Path: "/v1/staff/sign-in", Tag: "sign-in",
		Summary: "Sign a member of staff in", Repeat: RepeatNatural,
		Refuses: []larder.Code{larder.CodeCredentials, larder.CodeLimited, larder.CodeOverload},
	}, a.signInStaff)
	Register(a, Anonymous(), Op{
		ID: "sign-out", Method: http.MethodPost, Path: "/v1/sign-out", Tag: "sign-in",
		Summary: "End the sign-in of this request, if there is one", Repeat: RepeatNatural,
	}, a.signOut)
}

func (a *API) signInCustomer(ctx context.Context, in *customerSignIn) (*signedIn[CustomerLogin], error) {
	if err := a.limit("sign_in", a.signIns.take(note(ctx).asker)); err != nil {
		return nil, err
	}
	login, err := a.deps.Customers.SignIn(ctx, in.Body.Provider, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &signedIn[CustomerLogin]{
		Cookie: a.cookie(login.Token, login.Expires),
		Body:   CustomerLogin{Token: login.Token, Expires: login.Expires, Customer: login.Customer},
	}, nil
}

func (a *API) signInStaff(ctx context.Context, in *staffSignIn) (*signedIn[StaffLogin], error) {
	if err := a.limit("staff_sign_in", a.staffSignIns.take(note(ctx).asker)); err != nil {
		return nil, err
	}
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
	default:
		return nil, larder.E(larder.CodeOverload, paramRetry, 1)
	}
	login, err := a.deps.Logins.SignIn(ctx, in.Body.Org, in.Body.Login, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &signedIn[StaffLogin]{
		Cookie: a.cookie(login.Token, login.Expires),
		Body: StaffLogin{
			Token: login.Token, Expires: login.Expires, Staff: login.Staff.ID, Role: login.Staff.Role,
		},
	}, nil
}

// signedOut takes the browser's cookie away.
type signedOut struct {
	Cookie http.Cookie `header:"Set-Cookie"`
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*signedOut, error) {
	if token := note(ctx).token; token != "" {
		if err := a.deps.Logins.SignOut(ctx, token); err != nil {
			return nil, err
		}
	}
	return &signedOut{Cookie: a.cookie("", 0)}, nil
}

// limit counts a refusal by its limit's name.
func (a *API) limit(name string, err error) error {
	if err != nil {
		a.metrics.limited.WithLabelValues(name).Inc()
	}
	return err
}
