package main

// All is the list, by the room that goes wrong.
var All = [][]Mutant{doorMutants, moneyMutants, effectMutants, evidenceMutants, linkMutants, guardMutants}

const (
	inSession  = "./internal/core/session"
	inVisit    = "./internal/core/visit"
	inPayment  = "./internal/core/payment"
	inLedger   = "./internal/core/ledger"
	inStock    = "./internal/core/stock"
	inOrder    = "./internal/core/order"
	inWeigh    = "./internal/core/weigh"
	inCatalog  = "./internal/core/catalog"
	inCare     = "./internal/core/care"
	inCabinet  = "./internal/core/cabinet"
	inStaff    = "./internal/core/staff"
	inRun      = "./internal/run"
	inApp      = "./internal/app"
	inStore    = "./internal/edge/store/..."
	inTCP      = "./internal/edge/link/tcp"
	inLink     = "./internal/edge/link/sequence"
	inWire     = "./internal/edge/link/wire"
	inNative   = "./internal/edge/link/driver/native"
	inAPI      = "./internal/edge/api"
	inWeChat   = "./internal/edge/provider/wechatpay"
	stepFile   = "internal/core/session/step.go"
	doorFile   = "internal/core/visit/door.go"
	settleFile = "internal/core/visit/settle.go"
	moneyFile  = "internal/core/visit/money.go"
	payFile    = "internal/core/payment/payment.go"
	noticeFile = "internal/edge/provider/wechatpay/notice.go"
	sessionSQL = "internal/edge/store/sqlc/session.sql.go"
	effectSQL  = "internal/edge/store/sqlc/run.sql.go"
	paymentSQL = "internal/edge/store/sqlc/payment.sql.go"
)
