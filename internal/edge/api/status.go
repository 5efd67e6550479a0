package api

import (
	"net/http"

	"larder"
)

// The codes of HTTP itself, which the rules know nothing of.
const (
	codeMalformed larder.Code = "malformed"                    // the request is no JSON, or JSON that we do not read
	codeNoRoute   larder.Code = "no_such_route"                // nothing is served at this path
	codeMethod    larder.Code = "method_not_allowed"           // not with this method; the header Allow says which
	codeMedia     larder.Code = "unsupported_media_type"       // bodies are application/json
	codeEncoding  larder.Code = "unsupported_content_encoding" // bodies come as they are
	codeSlow      larder.Code = "too_slow"                     // the body did not arrive in time
	codeUpgrade   larder.Code = "upgrade_required"             // this path speaks WebSocket
	codeGone      larder.Code = "client_gone"                  // nobody reads this: the client went away
	codeOrigin    larder.Code = "cross_origin"                 // a page of another origin may not do this
)

// statusClientGone is nginx's number for a client that closed the connection before the answer. It
// reaches logs only.
const statusClientGone = 499

// statuses is the one place that maps codes to HTTP. What is wrong with the asker's state is 409, so
// that 5xx counts our own trouble and nothing else; a cabinet that is offline is no fault of this
// process either.
var statuses = map[larder.Code]int{
	larder.CodeInvalid:       http.StatusUnprocessableEntity,
	larder.CodeUnauthorized:  http.StatusUnauthorized,
	larder.CodeForbidden:     http.StatusForbidden,
	larder.CodeNotFound:      http.StatusNotFound,
	larder.CodeConflict:      http.StatusConflict,
	larder.CodeReused:        http.StatusUnprocessableEntity,
	larder.CodeLimited:       http.StatusTooManyRequests,
	larder.CodeDoorTaken:     http.StatusConflict,
	larder.CodeOffline:       http.StatusConflict,
	larder.CodeNotSellable:   http.StatusConflict,
	larder.CodeDebt:          http.StatusPaymentRequired,
	larder.CodeOpenElsewhere: http.StatusConflict,
	larder.CodeProvider:      http.StatusBadGateway,
	larder.CodeOverload:      http.StatusServiceUnavailable,
	larder.CodeInternal:      http.StatusInternalServerError,
	larder.CodeNotCancelable: http.StatusConflict,
	larder.CodeCaseDecided:   http.StatusConflict,
	larder.CodeCredentials:   http.StatusUnauthorized,
	larder.CodeTooLarge:      http.StatusRequestEntityTooLarge,
	larder.CodeUnsupported:   http.StatusUnprocessableEntity,

	codeMalformed: http.StatusBadRequest,
	codeNoRoute:   http.StatusNotFound,
	codeMethod:    http.StatusMethodNotAllowed,
	codeMedia:     http.StatusUnsupportedMediaType,
	codeEncoding:  http.StatusUnsupportedMediaType,
	codeSlow:      http.StatusRequestTimeout,
	codeUpgrade:   http.StatusUpgradeRequired,
	codeGone:      statusClientGone,
	codeOrigin:    http.StatusForbidden,
}

// statusOf returns the HTTP status of a code; a code without a row is a mistake of ours.
func statusOf(code larder.Code) int {
	if status, ok := statuses[code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// codeOfStatus names what huma itself refuses by status before a handler runs.
func codeOfStatus(status int) larder.Code {
	switch status {
	case http.StatusUnprocessableEntity:
		return larder.CodeInvalid
	case http.StatusRequestEntityTooLarge:
		return larder.CodeTooLarge
	case http.StatusUnsupportedMediaType:
		return codeMedia
	case http.StatusRequestTimeout:
		return codeSlow
	}
	return codeMalformed
}
