package demo

import "larder"

// Product is one kind of goods as the demo's catalog has it.
type Product struct {
	Name     string      // Chinese, as printed on the price tag
	NameEn   string      // English
	Picture  string      // one emoji that stands for a photograph
	UnitMass larder.Gram // of a piece with its packaging, 40 to 600 g
	UnitSD   larder.Gram // spread of the pieces, one standard deviation
	Price    larder.Fen  // before the site's surcharge
}

// Spreads of pieces, relative (docs/weighing.md section 2: median 1.2 %, from 0.3 % to 4 %).
const (
	filled = 0.006 // bottles and cans are filled by machines
	packed = 0.012 // so are bags, less exactly
	byHand = 0.022 // salads and sandwiches
)

// assortment is what may stand on each shelf, from the top: light things above, bottles below. A
// cabinet gets four kinds of each row.
var assortment = [][]Product{
	{ // snacks
		piece("原味薯片 70 g", "Salted crisps 70 g", "🥔", 84, packed, 690),
		piece("黑巧克力 85 g", "Dark chocolate 85 g", "🍫", 92, filled, 1290),
		piece("苏打饼干 100 g", "Soda crackers 100 g", "🍘", 112, packed, 590),
		piece("什锦坚果 50 g", "Mixed nuts 50 g", "🥜", 56, packed, 990),
		piece("黄油曲奇 90 g", "Butter cookies 90 g", "🍪", 103, packed, 850),
		piece("风干牛肉 40 g", "Beef jerky 40 g", "🥩", 47, packed, 1580),
		piece("焦糖爆米花 60 g", "Caramel popcorn 60 g", "🍿", 71, packed, 750),
	},
	{ // bakery and meals
		piece("金枪鱼三明治", "Tuna sandwich", "🥪", 165, byHand, 1380),
		piece("照烧鸡饭团", "Teriyaki rice ball", "🍙", 118, byHand, 680),
		piece("法式可颂", "Croissant", "🥐", 62, byHand, 720),
		piece("凯撒沙拉", "Caesar salad", "🥗", 242, byHand, 1980),
		piece("全麦贝果", "Wholegrain bagel", "🥯", 96, byHand, 650),
		piece("鸡肉卷饼", "Chicken wrap", "🌯", 188, byHand, 1580),
		piece("寿司拼盒", "Sushi box", "🍣", 226, byHand, 2280),
	},
	{ // dairy and fruit
		piece("原味酸奶 200 g", "Plain yogurt 200 g", "🥣", 214, filled, 680),
		piece("鲜牛奶 250 ml", "Fresh milk 250 ml", "🥛", 271, filled, 720),
		piece("时令果杯", "Seasonal fruit cup", "🍓", 228, byHand, 1290),
		piece("焦糖布丁", "Caramel custard", "🍮", 132, packed, 790),
		piece("奶酪条 100 g", "Cheese sticks 100 g", "🧀", 108, packed, 1180),
		piece("蓝莓 125 g", "Blueberries 125 g", "🫐", 143, byHand, 1680),
		piece("卤蛋 两枚", "Braised eggs, two", "🥚", 122, packed, 480),
	},
	{ // cans and small bottles
		piece("可乐 330 ml", "Cola 330 ml", "🥤", 350, filled, 350),
		piece("冰咖啡 250 ml", "Iced coffee 250 ml", "🧋", 274, filled, 850),
		piece("鲜橙汁 300 ml", "Orange juice 300 ml", "🍊", 325, filled, 790),
		piece("椰子水 330 ml", "Coconut water 330 ml", "🥥", 366, filled, 890),
		piece("能量饮料 250 ml", "Energy drink 250 ml", "⚡", 261, filled, 650),
		piece("葡萄汁 280 ml", "Grape juice 280 ml", "🍇", 308, filled, 690),
	},
	{ // bottles
		piece("矿泉水 550 ml", "Spring water 550 ml", "💧", 571, filled, 200),
		piece("乌龙茶 500 ml", "Oolong tea 500 ml", "🍵", 528, filled, 500),
		piece("柠檬茶 500 ml", "Lemon tea 500 ml", "🍋", 541, filled, 450),
		piece("蜜桃水 450 ml", "Peach water 450 ml", "🍑", 486, filled, 550),
		piece("苏打水 480 ml", "Soda water 480 ml", "🫧", 507, filled, 400),
		piece("草本凉茶 500 ml", "Herbal tea 500 ml", "🌿", 535, filled, 500),
	},
}

func piece(name, english, picture string, mass larder.Gram, cv float64, price larder.Fen) Product {
	return Product{
		Name: name, NameEn: english, Picture: picture,
		UnitMass: mass, UnitSD: larder.Milligrams((mass * larder.Gram(cv)).Milligrams()), Price: price,
	}
}
