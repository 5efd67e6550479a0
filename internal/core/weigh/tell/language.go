package tell

import (
	"fmt"

	"larder/internal/core/weigh"
	"larder/internal/core/weigh/study"
)

// Language is one that sessions can be told in.
type Language string

// The languages.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// phrases are what a language says. Formats have their arguments in a fixed order, which indexes may
// change.
type phrases struct {
	title   string // id
	verdict map[weigh.VerdictKind]string
	forSum  string // money
	suggest string
	nothing string
	pieces  func(n int) string
	ofLane  string // pieces, lane
	comma   string
	colon   string
	space   string // between sentences
	certain string // percent
	decided string // seconds after the close
	rules   string // rules, policy

	open      string // seconds
	closeRead string // the close was not told
	noClose   string
	next      string // seconds after the close: the next customer

	lanes    string // heading
	lane     string // name, shelf, goods
	unit     string // grams
	price    string // money
	noUnit   string
	weighed  string // before, after
	unknown  string // before, after
	missing  string // grams
	heavier  string // grams
	same     string
	sumOne   string // grams of one, what is different
	sum      string // pieces, grams of one, grams of all, what is different
	off, on  string // seconds, grams
	fits     string // pieces
	taken    string // pieces
	moved    string // pieces
	nobody   string
	others   string // number of lanes
	unsteady string // number of lanes

	stories string // heading
	chance  string // percent, what
	acts    map[string]string
	also    string // pieces taken in the same change
	waits   string // heading
	atOnce  string
	all     string // the rest of the readings was waited for
	rested  string // lane, seconds
	late    string // lane, seconds
	why     string // heading
	look    string // heading

	words func(code string) string
}

// ParseLanguage returns the language of a name.
func ParseLanguage(name string) (Language, error) {
	if _, ok := languages[Language(name)]; !ok {
		return "", fmt.Errorf("%q is no language that sessions are told in: en or zh", name)
	}
	return Language(name), nil
}

var languages = map[Language]phrases{English: english, Chinese: chinese}

var english = phrases{
	title: "Session %s",
	verdict: map[weigh.VerdictKind]string{
		weigh.Charge: "Charged", weigh.NoCharge: "Not charged", weigh.Review: "A person has to decide", "": "Nobody has judged it",
	},
	forSum: "%s yuan", suggest: "the recognizer suggests", nothing: "nothing was taken",
	pieces: func(n int) string {
		if n == 1 {
			return "1 piece"
		}
		return fmt.Sprintf("%d pieces", n)
	},
	ofLane: "%s from lane %s", comma: ", ", colon: ": ", space: " ",
	certain: "It is %s sure of that.", decided: "It was decided %.1f s after the door had closed.", rules: "Rules %s, policy %s.",
	open: "The door was open for %.1f s.", closeRead: "The message of the close never came; the readings show when it was.",
	noClose: "The door was never seen to close.", next: "The next customer opened it %.1f s later: what was weighed from then on does not count.",
	lanes: "What the scales showed", lane: "Lane %s, shelf %d (%s)", unit: "a piece weighs %s g", price: "and costs %s yuan", noUnit: "no product is known",
	weighed: "Before the door opened it weighed %s g, after it closed %s g.", unknown: "Before the door opened it weighed %s g, after it closed %s g: that cannot be compared.",
	missing: "%s g are missing:", heavier: "It is heavier by %s g.", same: "That is the same.",
	sumOne: "1 piece weighs %s g; the remaining %s g are what scales and goods differ by.",
	sum:    "%s of %s g are %s g; the remaining %s g are what scales and goods differ by.",
	off:    "%5.1f s after the opening: %s g lighter", on: "%5.1f s after the opening: %s g heavier", fits: ", which is %s",
	taken: "So %s left the cabinet.", moved: "%s went into another lane, which costs nothing.", nobody: "Nothing of this lane left the cabinet.",
	others: "Other lanes, which weigh what they weighed before: %d.", unsteady: "Lanes that never came to rest, or could not be read: %d.",
	stories: "What may have happened", chance: "%s: %s",
	acts: map[string]string{
		"seat": "what lies in lane %[2]s only shifted", "take": "%[1]s taken from lane %[2]s", "lift": "what had been put into lane %[2]s was lifted out again",
		"unplace": "%[1]s of lane %[3]s, misplaced before, taken out of lane %[2]s", "return": "%[1]s put back into lane %[2]s",
		"misplace": "%[1]s of lane %[3]s put into lane %[2]s", "foreign": "something foreign put into lane %[2]s", "returned_less": "%[1]s of lane %[2]s came back lighter",
		"wedge": "the door presses on lane %[2]s", "odd": "lane %[2]s changed by what nothing explains", "hand": "a hand rested on lane %[2]s", "lean": "what stands on another lane leaned on lane %[2]s", "handover": "%[1]s of lane %[3]s put into lane %[2]s",
	},
	also: " while %s left it", waits: "What it waited for", atOnce: "Nothing: everything was at rest in time.",
	all:    "for the readings of the 8 s after the close: it was not beyond doubt before",
	rested: "for lane %s to come to rest, %.1f s after the close", late: "for readings of lane %s that came late or never, until %.1f s after the close",
	why: "Why a person has to look", look: "Somebody should look at the cabinet",
	words: func(code string) string { return either(study.Codes[code].Sentence, code) },
}

var chinese = phrases{
	title: "会话 %s",
	verdict: map[weigh.VerdictKind]string{
		weigh.Charge: "收费", weigh.NoCharge: "不收费", weigh.Review: "需要人来决定", "": "还没有判定",
	},
	forSum: "%s 元", suggest: "系统建议", nothing: "什么也没拿",
	pieces: func(n int) string { return fmt.Sprintf("%d 件", n) },
	ofLane: "货道 %[2]s 拿走 %[1]s", comma: "，", colon: "：",
	certain: "把握 %s。", decided: "关门后 %.1f 秒作出判定。", rules: "规则 %s，策略 %s。",
	open: "门开了 %.1f 秒。", closeRead: "没有收到关门的消息，时间是从读数看出来的。",
	noClose: "一直没有见到关门。", next: "%.1f 秒后下一位顾客开了门：之后称到的重量不算。",
	lanes: "秤上看到了什么", lane: "货道 %s，第 %d 层（%s）", unit: "每件 %s 克", price: "每件 %s 元", noUnit: "没有登记商品",
	weighed: "开门前 %s 克，关门后 %s 克。", unknown: "开门前 %s 克，关门后 %s 克：没法比较。",
	missing: "少了 %s 克：", heavier: "多了 %s 克。", same: "没有变化。",
	sumOne: "一件 %s 克，相差 %s 克，属于秤和商品本身的出入。",
	sum:    "%s，每件 %s 克，共 %s 克，相差 %s 克，属于秤和商品本身的出入。",
	off:    "开门后 %5.1f 秒：轻了 %s 克", on: "开门后 %5.1f 秒：重了 %s 克", fits: "，正好 %s",
	taken: "所以被带走 %s。", moved: "%s 放进了别的货道，不收钱。", nobody: "这个货道的商品没有离开货柜。",
	others: "其余 %d 个货道的重量没有变。", unsteady: "%d 个货道没有稳定下来，或者读不到。",
	stories: "可能发生了什么", chance: "%s：%s",
	acts: map[string]string{
		"seat": "货道 %[2]s 里的东西只是动了一下", "take": "从货道 %[2]s 拿走 %[1]s", "lift": "先前放进货道 %[2]s 的东西又被拿走",
		"unplace": "先前错放在货道 %[2]s 的 %[1]s（属于货道 %[3]s）被拿走", "return": "%[1]s 放回货道 %[2]s",
		"misplace": "货道 %[3]s 的 %[1]s 放进了货道 %[2]s", "foreign": "货道 %[2]s 放进了异物", "returned_less": "货道 %[2]s 的 %[1]s 放回来时变轻了",
		"wedge": "门压着货道 %[2]s", "odd": "货道 %[2]s 的变化没法解释", "hand": "有手停在货道 %[2]s 上", "lean": "旁边货道的商品靠到了货道 %[2]s 上", "handover": "货道 %[3]s 的 %[1]s 放进了货道 %[2]s",
	},
	also: "，同时有 %s 离开", waits: "等了什么", atOnce: "没有等：一切都及时稳定下来。",
	all:    "等关门后 8 秒的读数收齐：之前还不能排除疑问",
	rested: "等货道 %s 稳定下来，到关门后 %.1f 秒", late: "等货道 %s 迟到或没有来的读数，到关门后 %.1f 秒",
	why: "为什么需要人来看", look: "请派人看看货柜",
	words: func(code string) string { return either(study.Codes[code].Juzi, code) },
}

// either is a text, or what stands in where there is none.
func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
