package api

import (
	"net/http"
	"strconv"
	"strings"
)

// language is what people read: what machines need is in codes and parameters.
type language int

// The languages of our texts. Chinese is what somebody gets who asks for nothing or for neither.
const (
	chinese language = iota
	english
)

// tag is the language as headers have it.
func (l language) tag() string {
	if l == english {
		return "en"
	}
	return "zh-CN"
}

// languageOf picks a language from Accept-Language: the highest q wins, the earlier of equals.
func languageOf(h http.Header) language {
	best, bestQ := chinese, 0.0
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept-Language"), ","), ",") {
		tag, parameters, _ := strings.Cut(part, ";")
		lang, known := languageOfTag(strings.TrimSpace(tag))
		if q := quality(parameters); known && q > bestQ {
			best, bestQ = lang, q
		}
	}
	return best
}

// languageOfTag reads a tag such as "zh-Hant-TW" by its first part.
func languageOfTag(tag string) (language, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch primary {
	case "zh":
		return chinese, true
	case "en":
		return english, true
	}
	return chinese, false
}

// quality reads "q=0.8"; 1 where nothing is said, 0 where it cannot be read.
func quality(parameters string) float64 {
	value, found := strings.CutPrefix(strings.TrimSpace(parameters), "q=")
	if !found {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
