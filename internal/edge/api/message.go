package api

import (
	"fmt"
	"strings"

	"larder"
)

// text is one sentence in both languages; {name} stands for a parameter.
type text struct{ zh, en string }

// in returns the sentence in a language, its parameters filled in.
func (t text) in(l language, params map[string]any) string {
	s := t.zh
	if l == english {
		s = t.en
	}
	if !strings.Contains(s, "{") {
		return s
	}
	for name, value := range params {
		s = strings.ReplaceAll(s, "{"+name+"}", fmt.Sprint(value))
	}
	return s
}

// titles has a sentence for people for every code.
var titles = map[larder.Code]text{
	larder.CodeInvalid:       {"提交的内容有误", "The input is not valid"},
	larder.CodeUnauthorized:  {"请先登录", "Please sign in"},
	larder.CodeForbidden:     {"没有权限", "You may not do this"},
	larder.CodeNotFound:      {"没有找到", "There is no such thing"},
	larder.CodeConflict:      {"状态已变化，请刷新", "This has changed meanwhile; read it again"},
	larder.CodeReused:        {"幂等键已用于其他请求", "This idempotency key was used for another request"},
	larder.CodeLimited:       {"操作过于频繁，请稍后再试", "Too many attempts; try again later"},
	larder.CodeDoorTaken:     {"有人正在使用这扇门", "Somebody else is using this door"},
	larder.CodeOffline:       {"货柜离线", "The cabinet is offline"},
	larder.CodeNotSellable:   {"货柜暂不可售", "The cabinet cannot sell right now"},
	larder.CodeDebt:          {"有未付清的订单", "An earlier purchase is not paid yet"},
	larder.CodeOpenElsewhere: {"您还有一次购物未结束", "Another visit of yours is under way"},
	larder.CodeProvider:      {"支付服务暂不可用", "The payment provider refused or cannot be reached"},
	larder.CodeOverload:      {"系统繁忙，请稍后再试", "The platform is busy; try again"},
	larder.CodeInternal:      {"系统出错", "Something went wrong on our side"},
	larder.CodeNotCancelable: {"门已开启，不能取消", "The door was already told to open"},
	larder.CodeCaseDecided:   {"异常单已处理", "This case is already decided"},
	larder.CodeCredentials:   {"账号或密码不正确", "Login and password do not match"},
	larder.CodeTooLarge:      {"提交的内容过大", "The input is too large"},
	larder.CodeUnsupported:   {"此型号不支持该操作", "This cabinet model cannot do that"},

	codeMalformed: {"请求格式不正确", "The request is malformed"},
	codeNoRoute:   {"没有这个接口", "Nothing is served at this path"},
	codeMethod:    {"不支持该请求方法", "This method is not allowed here"},
	codeMedia:     {"请求体须为 application/json", "A body has to be application/json"},
	codeEncoding:  {"请求体不能压缩", "A body may not be compressed"},
	codeSlow:      {"请求接收超时", "The request took too long to arrive"},
	codeUpgrade:   {"该接口使用 WebSocket", "This path speaks WebSocket"},
	codeGone:      {"客户端已断开", "The client went away"},
	codeOrigin:    {"不允许跨站请求", "A page of another origin may not do this"},
}

// titleOf returns the sentence of a code.
func titleOf(code larder.Code, l language) string {
	t, ok := titles[code]
	if !ok {
		t = titles[larder.CodeInternal]
	}
	return t.in(l, nil)
}
