package api

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"larder"
)

// errForm is the cause, for the log, of a request that says two things at once.
var errForm = errors.New("the query does not say one thing")

// checkForm refuses what huma would quietly read by half, and reports whether it did: of a query
// parameter that is given twice the first value, of a query that cannot be read the rest, and a body
// that is packed as if it were not.
func checkForm(w http.ResponseWriter, r *http.Request) (refused bool) {
	if packed(r) {
		w.Header().Set("Accept-Encoding", "identity") // RFC 9110, 12.5.3: what would have been taken
		writeProblem(w, r, errorOf(codeEncoding))
		return true
	}
	said := note(r.Context())
	p := newProblem(errorOf(codeMalformed), said.lang)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		p.Errors = append(p.Errors, fieldError(said.lang, "query", "invalid"))
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if len(query[name]) > 1 {
			p.Errors = append(p.Errors, fieldError(said.lang, "query."+name, "duplicate_field"))
		}
	}
	if len(p.Errors) == 0 {
		return false
	}
	noteError(r.Context(), larder.Wrap(codeMalformed, errForm))
	sendProblem(w, p)
	return true
}

// packed reports whether a request has a body in any coding but its own. None is unpacked here: a
// small body could become a large one.
func packed(r *http.Request) bool {
	if r.ContentLength == 0 {
		return false
	}
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Content-Encoding"), ","), ",") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return true
		}
	}
	return false
}
