package study

import "larder/internal/core/weigh"

// Words are one thing in both languages: short, as for a label, and as a sentence that someone who
// has never seen a scale curve understands.
type Words struct {
	En, Zh         string // label
	Sentence, Juzi string // sentence in English, in Chinese
}

// Codes are the words of every alert and reason of package weigh.
var Codes = map[string]Words{
	weigh.AlertItemMoved: {
		En: "item moved", Zh: "商品放错位",
		Sentence: "A piece of another lane lies in this lane; whoever moved it pays nothing for that.",
		Juzi:     "这个货道里放着别的货道的商品；挪动的人不用为此付钱。",
	},
	weigh.AlertForeignObject: {
		En: "foreign object", Zh: "有异物",
		Sentence: "Something was put in that is none of the cabinet's goods.",
		Juzi:     "放进来的东西不是柜里的商品。",
	},
	weigh.AlertLaneFrozen: {
		En: "scale stuck", Zh: "秤卡死",
		Sentence: "The scale repeats one value again and again: it is stuck, and may have missed what was taken.",
		Juzi:     "这台秤一直重复同一个数：卡死了，可能漏掉了被拿走的商品。",
	},
	weigh.AlertStockDiffers: {
		En: "stock differs", Zh: "库存不符",
		Sentence: "One piece more was taken than the books had in the lane.",
		Juzi:     "拿走的比账面库存多一件。",
	},
	weigh.AlertCalibrate: {
		En: "calibrate", Zh: "需校准",
		Sentence: "The count is clear, but the grams are farther from it than usual: check the scale, or the weight of a piece.",
		Juzi:     "件数没有疑问，但克数偏得比平时多：请检查秤或单件重量。",
	},
	weigh.AlertLoadWedged: {
		En: "load wedged", Zh: "门压着货",
		Sentence: "The closed door presses on what lies in the lane.",
		Juzi:     "关上的门压着货道里的东西。",
	},
	weigh.AlertUnknownGoods: {
		En: "unknown goods", Zh: "未知商品",
		Sentence: "The weight changed in a lane for which no product is known.",
		Juzi:     "没有登记商品的货道变了重量。",
	},
	weigh.ReasonNoStableWeight: {
		En: "no stable weight", Zh: "没有稳定重量",
		Sentence: "A scale did not come to rest after the door closed.",
		Juzi:     "关门后有秤一直没有稳定下来。",
	},
	weigh.ReasonNoWeightBefore: {
		En: "no weight before", Zh: "没有开门前重量",
		Sentence: "It is not known what a lane weighed before the door opened.",
		Juzi:     "不知道货道在开门前有多重。",
	},
	weigh.ReasonNoClose: {
		En: "no close", Zh: "未见关门",
		Sentence: "The door was never seen to close.",
		Juzi:     "一直没有见到关门。",
	},
	weigh.ReasonClock: {
		En: "door times contradict", Zh: "开关门时间矛盾",
		Sentence: "By the cabinet's clock the door closed before it opened.",
		Juzi:     "按货柜的时钟，关门在开门之前。",
	},
	weigh.ReasonBetweenCounts: {
		En: "between counts", Zh: "件数不整",
		Sentence: "What is missing is no whole number of pieces.",
		Juzi:     "少掉的重量不是整数件。",
	},
	weigh.ReasonMoreThanStock: {
		En: "more than stock", Zh: "超过库存",
		Sentence: "More pieces are missing than the lane can have held.",
		Juzi:     "少掉的件数比货道里可能有的还多。",
	},
	weigh.ReasonLowConfidence: {
		En: "low confidence", Zh: "把握不够",
		Sentence: "Another basket explains the weights nearly as well.",
		Juzi:     "另一种拿法也差不多能解释这些重量。",
	},
	weigh.ReasonUnitError: {
		En: "unit error", Zh: "单位错误",
		Sentence: "Before and after differ by a factor of ten or a thousand: the scale was set up anew, or is broken.",
		Juzi:     "前后相差十倍或一千倍：秤被重新设置过，或者坏了。",
	},
	weigh.ReasonMovedUnclear: {
		En: "moved item unclear", Zh: "挪动不明",
		Sentence: "What a lane gained can have come from more than one other lane.",
		Juzi:     "这个货道多出来的，可能来自不止一个货道。",
	},
	weigh.ReasonReturnedDiffers: {
		En: "returned item differs", Zh: "放回的不一样",
		Sentence: "What was put back does not weigh what was taken out.",
		Juzi:     "放回去的和拿出来的重量不一样。",
	},
	weigh.ReasonEmptied: {
		En: "emptied unseen", Zh: "凭空清空",
		Sentence: "Everything seems to be gone, and nobody was seen to take it: scales that failed look like that.",
		Juzi:     "看起来全没了，却没有见到谁拿：秤坏了就是这个样子。",
	},
	weigh.ReasonTooMany: {
		En: "too many readings", Zh: "读数太多",
		Sentence: "The door was open for so long that not all readings were kept.",
		Juzi:     "门开得太久，读数没有全部保留。",
	},
	weigh.AlertItemLeans: {
		En: "item leans", Zh: "商品歪靠",
		Sentence: "This lane carries part of what stands on the lane beside it: set it upright.",
		Juzi:     "这个货道托着旁边货道商品的一部分重量：请把商品摆正。",
	},
	weigh.ReasonQuarantined: {
		En: "lane in quarantine", Zh: "货道已隔离",
		Sentence: "This lane's scale is not to be believed until it has been looked at: nothing is charged from it.",
		Juzi:     "这个货道的秤在检修前不可信：不从它扣款。",
	},
	weigh.ReasonStake: {
		En: "too much at stake", Zh: "金额太大",
		Sentence: "A mistake would cost more than it costs to look.",
		Juzi:     "万一算错，比请人看一眼更贵。",
	},
	weigh.ReasonUnusual: {
		En: "more than a purchase", Zh: "不只是购买",
		Sentence: "Something other than taking happened, and the operator wants to look then.",
		Juzi:     "除了拿走商品还发生了别的事，运营方要求这时由人来看。",
	},
}

// Label is a code in both languages; the code itself where nobody has given it words.
func Label(code string) string {
	w, ok := Codes[code]
	if !ok {
		return code
	}
	return w.En + " " + w.Zh
}
