package sandbox

import (
	"fmt"
	"net/http"
)

// trouble is an answer outside 2xx.
type trouble struct {
	status  int
	code    string
	message string
	suffix  int // ends the Request-ID: the number of what went wrong inside
}

// Error makes a trouble an error of the methods that play the person.
func (t *trouble) Error() string { return fmt.Sprintf("sandbox: %s: %s", t.code, t.message) }

func paramError(format string, args ...any) *trouble {
	return &trouble{http.StatusBadRequest, "PARAM_ERROR", fmt.Sprintf(format, args...), 268435460}
}

func signError(why string) *trouble {
	return &trouble{http.StatusUnauthorized, "SIGN_ERROR", "签名错误: " + why, 268435461}
}

// The refusals with numbers of their own, as the provider's troubleshooting texts list them.
var (
	errReentry      = &trouble{http.StatusBadRequest, "PARAM_ERROR", "订单重入参数校验失败", 271316598}
	errOverCap      = &trouble{http.StatusBadRequest, "PARAM_ERROR", "总金额超过风险金额上限", 271316656}
	errTimeOrder    = &trouble{http.StatusBadRequest, "PARAM_ERROR", "服务结束时间早于服务开始时间", 271316637}
	errEvaluation   = &trouble{http.StatusBadRequest, "INVALID_REQUEST", "用户综合评估未通过", 271300099}
	errOverdue      = &trouble{http.StatusBadRequest, "INVALID_REQUEST", "用户有逾期未支付的订单", 271299627}
	errNotFound     = &trouble{http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在", 271317510}
	errState        = &trouble{http.StatusBadRequest, "INVALID_ORDER_STATE", "单据状态错误", 271302262}
	errRevoked      = &trouble{http.StatusBadRequest, "ORDER_CANCELED", "单据已取消", 271302332}
	errDone         = &trouble{http.StatusBadRequest, "ORDER_DONE", "订单已完成", 271302333}
	errNotPaying    = &trouble{http.StatusBadRequest, "INVALID_ORDER_STATE", "仅待支付状态可操作", 271316657}
	errCannotCancel = &trouble{http.StatusBadRequest, "INVALID_REQUEST", "订单不可取消", 271316592}
	errNoAuth       = &trouble{http.StatusForbidden, "NO_AUTH", "商户信息不合法", 268435462}
	errLimited      = &trouble{http.StatusTooManyRequests, "FREQUENCY_LIMITED", "频率超限", 268435472}
	errSystem       = &trouble{http.StatusInternalServerError, "SYSTEM_ERROR", "系统错误", 268435456}
	errNoResource   = &trouble{http.StatusNotFound, "RESOURCE_NOT_EXISTS", "资源不存在", 268435463}
	errTooLarge     = &trouble{http.StatusRequestEntityTooLarge, "PARAM_ERROR", "请求过大", 268435464}
)
