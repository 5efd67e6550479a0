package visit

import (
	"context"

	"larder"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// View is a visit as its customer sees it. Times are milliseconds since 1970, 0 for not yet.
type View struct {
	ID        larder.SessionID `json:"id"`
	Order     larder.OrderID   `json:"order_id"`
	Cabinet   larder.CabinetID `json:"cabinet_id"`
	Door      larder.DoorID    `json:"door_id"`
	State     session.State    `json:"state"`
	Outcome   session.Outcome  `json:"outcome"`
	DoorState larder.DoorState `json:"door_state"`
	Version   int64            `json:"version"`
	Deadline  larder.Millis    `json:"deadline_ms"`
	Created   larder.Millis    `json:"created_ms"`
	Opened    larder.Millis    `json:"opened_ms"`
	Closed    larder.Millis    `json:"closed_ms"`
	EndedAt   larder.Millis    `json:"ended_ms"`

	Phone   map[string]string `json:"phone,omitempty"` // raises the provider's page; while awaiting only
	Payment PaymentView       `json:"payment"`
	Basket  Basket            `json:"basket"`
}

// PaymentView is the money side of a visit.
type PaymentView struct {
	Provider string        `json:"provider"`
	State    payment.State `json:"state"`
	Ceiling  larder.Fen    `json:"ceiling_fen"`
	Amount   larder.Fen    `json:"amount_fen"`
	Captured larder.Fen    `json:"captured_fen"`
}

// Basket is what is in the customer's hands, an estimate until the visit has ended.
type Basket struct {
	Lines []Line     `json:"lines"`
	Total larder.Fen `json:"total_fen"`
}

// Line is one product of one lane in a basket or on a receipt.
type Line struct {
	Lane    larder.LaneID    `json:"lane_id"`
	Product larder.ProductID `json:"product_id"`
	Name    string           `json:"name"`
	NameEn  string           `json:"name_en"`
	Count   int              `json:"count"`
	Price   larder.Fen       `json:"price_fen"`
	Amount  larder.Fen       `json:"amount_fen"`
}

// BasketOf turns lines of a bill into a basket.
func BasketOf(lines []order.Line) Basket {
	b := Basket{Lines: make([]Line, 0, len(lines)), Total: order.Total(lines)}
	for _, l := range lines {
		b.Lines = append(b.Lines, lineOf(l))
	}
	return b
}

func lineOf(l order.Line) Line {
	return Line{
		Lane: l.Lane, Product: l.Product, Name: l.Name, NameEn: l.NameEn,
		Count: l.Quantity, Price: l.Price, Amount: l.Amount(),
	}
}

// View returns a visit that the actor may see; an error of code not_found otherwise.
func (s *Service) View(ctx context.Context, actor larder.Actor, id larder.SessionID) (View, error) {
	var v View
	err := s.DB.View(ctx, func(tx larder.Tx) error {
		p, err := s.Store.Purchase(ctx, tx, id)
		if err != nil {
			return err
		}
		if !mayLook(actor, p.Session) {
			return larder.Wrap(larder.CodeNotFound, errForeign)
		}
		v, err = s.viewTx(ctx, tx, p)
		return err
	})
	return v, err
}

// Taken reports whether somebody uses a door now. It is a hint for the page: the lease that Start
// takes is what decides.
func (s *Service) Taken(ctx context.Context, door larder.DoorID) (bool, error) {
	var holder larder.SessionID
	err := s.DB.View(ctx, func(tx larder.Tx) (err error) {
		holder, err = s.Sessions.HolderTx(ctx, tx, door, larder.MillisOf(tx.Now()))
		return err
	})
	return holder != 0, err
}

// History returns the actor's own visits, newest first, at most limit (1..100).
func (s *Service) History(ctx context.Context, actor larder.Actor, limit int) ([]View, error) {
	if actor.Kind != larder.ActorCustomer {
		return nil, larder.E(larder.CodeForbidden)
	}
	views := []View{}
	err := s.DB.View(ctx, func(tx larder.Tx) error {
		ids, err := s.Store.SessionsOf(ctx, tx, actor.Customer, min(max(limit, 1), 100))
		if err != nil {
			return err
		}
		views = views[:0]
		for _, id := range ids {
			p, err := s.Store.Purchase(ctx, tx, id)
			if err != nil {
				return err
			}
			v, err := s.viewTx(ctx, tx, p)
			if err != nil {
				return err
			}
			views = append(views, v)
		}
		return nil
	})
	return views, err
}

func (s *Service) viewTx(ctx context.Context, tx larder.Tx, p Purchase) (View, error) {
	lines, err := s.Orders.LinesTx(ctx, tx, p.Order)
	return viewOf(p, lines), err
}

func viewOf(p Purchase, lines []order.Line) View {
	of := p.Session
	v := View{
		ID: of.ID, Order: p.Order.ID, Cabinet: of.Cabinet, Door: of.Door,
		State: of.State, Outcome: of.Outcome, DoorState: of.DoorState, Version: of.Version + p.Payment.Version,
		Deadline: of.Deadline, Created: of.Created, Opened: of.Opened, Closed: of.Closed, EndedAt: of.EndedAt,
		Payment: paymentView(p.Payment), Basket: BasketOf(lines),
	}
	if of.State == session.Awaiting {
		v.Phone = p.Payment.Phone
	}
	return v
}

func paymentView(p payment.Payment) PaymentView {
	return PaymentView{Provider: p.Provider, State: p.State, Ceiling: p.Ceiling, Amount: p.Amount, Captured: p.Captured}
}
