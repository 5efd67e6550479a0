package floorplan

import "strings"

// Row is one room of the plan and the arrows that leave it.
type Row struct {
	Room string   // folder below the module's root; it covers the folders below it; "." is the dictionary
	May  []string // rooms it may import besides itself and the dictionary; "*" is all of them
	Test []string // rooms that only its tests may import besides
	Name string   // Chinese name that its room card has to carry; "" where none is asked for
	Why  string   // the reason, printed when the row is broken
}

// realStore is what the tests of rules and runners stand on: there are no mocks of our database.
var realStore = []string{"internal/edge/store"}

// Plan is the table of arrows. Every package needs a row; a row may wait for its room. An edge
// (first folder below internal/edge) is one room, so link/tcp may use link/wire and nothing of store.
var Plan = []Row{
	{Room: ".", Name: "词典", Why: "the words that everyone shares depend on nobody"},

	{Room: "internal/core/cabinet", Name: "货柜", Test: realStore, Why: "what a cabinet is does not depend on who uses it"},
	{Room: "internal/core/catalog", Name: "商品陈列", Test: realStore, Why: "products and prices exist before anything is sold"},
	{Room: "internal/core/weigh", Name: "称重", Why: "a basket is worked out from numbers alone, so that any bill can be replayed"},
	{Room: "internal/core/promo", Name: "优惠活动", Test: realStore, Why: "discounts are computed from what they are given"},
	{Room: "internal/core/ledger", Name: "账务", Test: realStore, Why: "double entry knows accounts and amounts, not why they move"},
	{Room: "internal/core/payment", Name: "支付", Test: realStore, Why: "a payment's states are ours; what they pay for is visit's business"},
	{Room: "internal/core/customer", Name: "用户", Test: realStore, Why: "who somebody is does not depend on what they buy"},
	{Room: "internal/core/staff", Name: "人员", Test: realStore, Why: "who works here does not depend on what they do"},
	{Room: "internal/core/alert", Name: "告警", Test: realStore, Why: "any room may have something to tell; none is told about here"},
	{Room: "internal/core/stock", Name: "货道流水", Test: realStore,
		May: []string{"internal/core/catalog"}, Why: "a lane entry names the product that the planogram puts there"},
	{Room: "internal/core/order", Name: "订单", Test: realStore,
		May: []string{"internal/core/catalog"}, Why: "lines are priced by the version at the opening"},
	{Room: "internal/core/session", Name: "开门会话", Test: realStore,
		May: []string{"internal/core/catalog", "internal/core/weigh"},
		Why: "one opening is weighed against the planogram; it knows neither money nor people"},
	{Room: "internal/core/visit", Name: "一次购物", Test: realStore,
		May: []string{
			"internal/core/session", "internal/core/order", "internal/core/promo", "internal/core/stock",
			"internal/core/ledger", "internal/core/payment", "internal/core/catalog", "internal/core/customer",
		},
		Why: "the one room whose transactions span rooms; cases and effects are reached through its ports"},
	{Room: "internal/core/recon", Name: "对账", Test: realStore, May: judged,
		Why: "comparing needs everything that can differ, and changes nothing behind a room's back"},
	{Room: "internal/core/care", Name: "异常客服", Test: realStore, May: judged,
		Why: "a case is judged with all the evidence; it implements visit's CaseOpener"},

	{Room: "internal/run", May: []string{"internal/core"}, Test: []string{"internal/edge/store", "internal/sim"},
		Why: "what moves calls the rules; the world comes in through ports that run declares"},

	edge("link", "frames become events and commands become frames; nothing else happens there"),
	edge("provider", "a provider's wire is known to its adapter only"),
	edge("store", "SQL of every room, so it knows the rooms and nobody else of the edge"),
	edge("schedule", "schedules and batches call what run and core offer"),
	edge("bus", "a doorbell carries bytes and names"),
	edge("api", "handlers ask rooms; what they must not reach directly comes through ports that app connects"),
	edge("obs", "observes through the small ports that rooms declare"),

	{Room: "internal/sim",
		May: []string{
			"internal/core", "internal/run", "internal/edge/link/wire", "internal/edge/link/driver", "internal/edge/link/sequence",
			"internal/edge/store", "internal/edge/provider/sandbox",
		},
		Why: "cabinets that are not real speak the real wire, through the real driver and in the real order of events where a " +
			"seeded run plays the gateway (docs/decisions/0012); those runs keep rows in memory, and the demo plays the " +
			"provider (0008); it never reaches for a gateway's or an adapter's inside"},
	{Room: "internal/sim/physics", Name: "物理仿真",
		Why: "the recognizer is judged by it, so the two share no model of the world (docs/decisions/0016)"},
	{Room: "internal/sim/scenario", Name: "场景", May: []string{"internal/sim/physics"},
		Why: "sessions with their truth come from the tables, not from what the recognizer believes (docs/decisions/0016)"},
	{Room: "internal/app", May: []string{"*"}, Why: "wiring is the one place that knows all"},
	{Room: "cmd", May: []string{"internal/app"}, Why: "main starts the program and decides nothing"},
	{Room: "web", Why: "built pages, embedded; no rules"},
	{Room: "test", May: []string{"*"}, Why: "end-to-end tests stand outside of the building; nothing imports them"},
}

// judged is what recon and care look at.
var judged = []string{
	"internal/core/session", "internal/core/cabinet", "internal/core/customer", "internal/core/order",
	"internal/core/stock", "internal/core/ledger", "internal/core/payment", "internal/core/visit",
}

// edge returns the row of one edge. Its tests may stand on the real store, be visited by simulated
// cabinets and people, and talk to the sandbox: a conformance kit needs a counterpart.
func edge(name, why string) Row {
	return Row{
		Room: "internal/edge/" + name,
		May:  []string{"internal/core", "internal/run"},
		Test: []string{"internal/edge/store", "internal/edge/provider/sandbox", "internal/sim"},
		Why:  why + "; one edge never imports another",
	}
}

// RowOf returns the row that covers the folder dir: the one whose Room is the longest prefix of it.
// The dictionary's row covers the root alone.
func RowOf(dir string) (Row, bool) {
	var best Row
	for _, row := range Plan {
		if (dir == row.Room || row.Room != "." && under(dir, row.Room)) && len(row.Room) > len(best.Room) {
			best = row
		}
	}
	return best, best.Room != ""
}

// Allows reports whether a package in the folder from, which the row covers, may import the folder to.
func (r Row) Allows(to string, inTest bool) bool {
	switch {
	case to == "." || under(to, r.Room):
		return true
	case under(to, "cmd") || under(to, "test"):
		return false // programs and their tests are imported by nobody, not even by app
	case reaches(r.May, to):
		return true
	}
	return inTest && (reaches(r.Test, to) || bothCore(r.Room, to))
}

// bothCore lets tests of one room use its neighbors: a test of settlement needs a cabinet to stand
// somewhere, and what a test builds binds nobody.
func bothCore(from, to string) bool {
	return under(from, "internal/core") && under(to, "internal/core")
}

// reaches reports whether one of rooms covers the folder to.
func reaches(rooms []string, to string) bool {
	for _, room := range rooms {
		if room == "*" || under(to, room) {
			return true
		}
	}
	return false
}

// under reports whether dir is room or lies below it.
func under(dir, room string) bool {
	return dir == room || strings.HasPrefix(dir, room+"/")
}
