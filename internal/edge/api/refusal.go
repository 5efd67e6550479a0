package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"larder"
)

const (
	paramRetry = "retry_after_s"
	paramLimit = "limit" // bytes
)

// fieldTexts has a sentence for every code of a [FieldError]. Its keys are the codes that there are:
// what huma says and is not here becomes "invalid", because its own texts name Go types.
var fieldTexts = map[string]text{
	"unknown_field":    {"未知字段", "is not known"},
	"required":         {"必填", "is required"},
	"null_not_allowed": {"不能为 null", "may not be null"},
	"duplicate_field":  {"字段重复", "occurs twice"},
	"not_a_boolean":    {"应为布尔值", "has to be a boolean"},
	"not_a_number":     {"应为数字", "has to be a number"},
	"not_an_integer":   {"应为整数", "has to be an integer"},
	"not_a_string":     {"应为字符串", "has to be a string"},
	"not_an_array":     {"应为数组", "has to be an array"},
	"not_an_object":    {"应为对象", "has to be an object"},
	"not_unique":       {"不能重复", "may not repeat itself"},
	"not_one_of":       {"只能为 {allowed}", "has to be one of {allowed}"},
	"too_short":        {"至少 {min} 个字符", "has to have at least {min} characters"},
	"too_long":         {"最多 {max} 个字符", "may have at most {max} characters"},
	"too_small":        {"不能小于 {min}", "has to be at least {min}"},
	"too_big":          {"不能大于 {max}", "may be at most {max}"},
	"too_few":          {"至少 {min} 项", "has to have at least {min} items"},
	"too_many":         {"最多 {max} 项", "may have at most {max} items"},
	"wrong_form":       {"格式应为：{form}", "has to be {form}"},
	"not_json":         {"不是有效的 JSON", "is not JSON"},
	"too_deep":         {"嵌套过深，最多 {max} 层", "is nested deeper than {max}"},
	"invalid":          {"无效", "is not valid"},
}

// speakCodes makes huma say codes where it would say sentences, be strict about names, and turn
// what it refuses into our problem. These are globals of huma, so it happens once per process.
var speakCodes = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true  // "NAME" is not "name"
	huma.DefaultArrayNullable = false // and so no nil slice may ever be encoded
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return refusal(chinese, status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		l := languageOf(http.Header{"Accept-Language": {ctx.Header("Accept-Language")}})
		p := refusal(l, status, msg, errs)
		note(ctx.Context()).code = p.Code
		for name, values := range p.GetHeaders() {
			ctx.SetHeader(name, values[0])
		}
		return p
	}
	validation.MsgUnexpectedProperty = "unknown_field"
	validation.MsgExpectedRequiredProperty = "required field=%s"
	validation.MsgExpectedBoolean = "not_a_boolean"
	validation.MsgExpectedNumber = "not_a_number"
	validation.MsgExpectedInteger = "not_an_integer"
	validation.MsgExpectedString = "not_a_string"
	validation.MsgExpectedArray = "not_an_array"
	validation.MsgExpectedObject = "not_an_object"
	validation.MsgExpectedArrayItemsUnique = "not_unique"
	validation.MsgExpectedOneOf = "not_one_of allowed=%s"
	validation.MsgExpectedMinLength = "too_short min=%d"
	validation.MsgExpectedMaxLength = "too_long max=%d"
	validation.MsgExpectedMinimumNumber = "too_small min=%v"
	validation.MsgExpectedMaximumNumber = "too_big max=%v"
	validation.MsgExpectedMinItems = "too_few min=%d"
	validation.MsgExpectedMaxItems = "too_many max=%d"
	validation.MsgExpectedBePattern = "wrong_form form=%s"
	validation.MsgExpectedMatchPattern = "wrong_form form=%s"
})

// refusal is the problem for what huma refused before a handler ran.
func refusal(l language, status int, msg string, errs []error) *Problem {
	code := codeOfStatus(status)
	for _, err := range errs {
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return newProblem(larder.E(larder.CodeTooLarge, paramLimit, tooLarge.Limit), l)
		}
	}
	p := newProblem(larder.E(code), l)
	if limit, found := strings.CutPrefix(msg, "request body is too large limit="); found {
		p.Params[paramLimit] = valueOf(strings.TrimSuffix(limit, " bytes"))
	}
	if msg == "request body is required" {
		p.Errors = append(p.Errors, fieldError(l, "body", "required"))
	}
	if code != larder.CodeInvalid && code != codeMalformed {
		return p
	}
	for _, err := range errs {
		if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			p.Errors = append(p.Errors, fieldError(l, d.Location, d.Message))
		}
	}
	return p
}

// fieldError reads a message as [speakCodes] has huma write it: a code, and perhaps one parameter,
// "too_short min=8". The value that was refused is left out: it may be a secret.
func fieldError(l language, location, message string) FieldError {
	word, rest, _ := strings.Cut(plainWords(message), " ")
	if _, known := fieldTexts[word]; !known {
		word, rest = "invalid", ""
	}
	params := map[string]any{}
	if name, value, found := strings.Cut(rest, "="); found {
		if name == "field" { // the place is the missing field, not the object around it
			location += "." + value
		} else {
			params[name] = valueOf(value)
		}
	}
	return FieldError{Location: location, Code: word, Message: fieldTexts[word].in(l, params), Params: params}
}

// plainWords translates the few sentences of huma that cannot be replaced.
func plainWords(message string) string {
	switch {
	case message == "unknown query parameter":
		return "unknown_field"
	case message == "invalid integer":
		return "not_an_integer"
	case message == "invalid boolean":
		return "not_a_boolean"
	case strings.HasPrefix(message, "required ") && strings.HasSuffix(message, " parameter is missing"):
		return "required"
	}
	return message
}

// valueOf is a number where the text is one.
func valueOf(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}

func stringOf(value any) string { return fmt.Sprint(value) }
