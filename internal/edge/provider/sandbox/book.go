package sandbox

// key names an order: numbers are unique for one merchant.
type key struct{ merchant, number string }

// book holds the orders. It keeps all that are under way and the latest finished ones.
type book struct {
	keep     int
	orders   map[key]*order
	byPayer  map[string]map[*order]bool // under way only
	byPage   map[string]*order          // by package, until confirmed or ended
	finished []key                      // oldest first
}

func newBook(keep int) book {
	return book{keep: keep, orders: map[key]*order{}, byPayer: map[string]map[*order]bool{}, byPage: map[string]*order{}}
}

func (b *book) find(p *platform, number string) *order { return b.orders[key{p.MerchantID, number}] }

func (b *book) add(o *order) {
	b.orders[o.key()] = o
	b.byPage[o.pkg] = o
	b.assign(o, o.openID)
}

func (o *order) key() key { return key{o.platform.MerchantID, o.create.OutOrderNo} }

// assign says whose order it is.
func (b *book) assign(o *order, openID string) {
	o.openID = openID
	if openID == "" {
		return
	}
	if b.byPayer[openID] == nil {
		b.byPayer[openID] = map[*order]bool{}
	}
	b.byPayer[openID][o] = true
}

// moved notes that the order's phase has changed.
func (b *book) moved(o *order) {
	if o.phase != created {
		delete(b.byPage, o.pkg)
	}
	if !o.phase.final() {
		return
	}
	if mine := b.byPayer[o.openID]; mine != nil {
		if delete(mine, o); len(mine) == 0 {
			delete(b.byPayer, o.openID)
		}
	}
	b.finished = append(b.finished, o.key())
	for len(b.finished) > b.keep {
		delete(b.orders, b.finished[0])
		b.finished = b.finished[1:]
	}
}

// count returns how many of a customer's orders are in progress and how many of them are completed
// but not paid.
func (b *book) count(openID string) (progress, unpaid int) {
	for o := range b.byPayer[openID] {
		if progress++; o.phase == completed {
			unpaid++
		}
	}
	return progress, unpaid
}
