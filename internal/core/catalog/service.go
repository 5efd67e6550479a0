package catalog

import (
	"context"
	"fmt"
	"slices"

	"larder"
)

// Deps is what the room works with.
type Deps struct {
	DB       larder.Transactor
	Store    Store
	IDs      larder.IDSource
	Cabinets Cabinets
	Audit    Auditor
}

// Service answers for the room. It is safe for concurrent use.
type Service struct {
	db       larder.Transactor
	store    Store
	ids      larder.IDSource
	cabinets Cabinets
	audit    Auditor
	memory   memory
}

// New returns the room's service.
func New(d Deps) *Service {
	return &Service{
		db: d.DB, store: d.Store, ids: d.IDs, cabinets: d.Cabinets, audit: d.Audit, memory: memory{limit: memorySlots},
	}
}

// AddProduct adds a product to the actor's organization and returns it with its id and its masses
// as kept. The actor is an admin, an operator or the system. Errors: forbidden, invalid.
func (s *Service) AddProduct(ctx context.Context, actor larder.Actor, p Product) (Product, error) {
	var added Product
	err := s.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		added, err = s.AddProductTx(ctx, tx, actor, p)
		return err
	})
	if err != nil {
		return Product{}, err
	}
	return added, nil
}

// AddProductTx is [Service.AddProduct] inside the caller's transaction.
func (s *Service) AddProductTx(ctx context.Context, tx larder.Tx, actor larder.Actor, p Product) (Product, error) {
	if !mayPublish(actor) || !p.Org.IsZero() && p.Org != actor.Org {
		return Product{}, larder.E(larder.CodeForbidden)
	}
	if err := p.check(); err != nil {
		return Product{}, err
	}
	p.ID, p.Org = larder.NewID[larder.ProductID](s.ids), actor.Org
	p.UnitMass, p.UnitSD = larder.Milligrams(p.UnitMass.Milligrams()), larder.Milligrams(p.UnitSD.Milligrams())
	if err := s.store.AddProduct(ctx, tx, p); err != nil {
		return Product{}, fmt.Errorf("catalog: add product %q: %w", p.NameEn, err)
	}
	return p, s.audit.RecordTx(ctx, tx, actor, larder.AuditRecord{
		Action: "catalog.add_product", ObjectKind: "product", Object: int64(p.ID), Detail: p.NameEn,
	})
}

// Products returns the products of the actor's organization, by id. Only staff and the system may
// ask; others get forbidden.
func (s *Service) Products(ctx context.Context, actor larder.Actor) ([]Product, error) {
	var products []Product
	err := s.db.View(ctx, func(tx larder.Tx) error {
		var err error
		products, err = s.ProductsTx(ctx, tx, actor)
		return err
	})
	return products, err
}

// ProductsTx is [Service.Products] inside the caller's transaction.
func (s *Service) ProductsTx(ctx context.Context, tx larder.Tx, actor larder.Actor) ([]Product, error) {
	if actor.Org.IsZero() || actor.Kind != larder.ActorSystem && actor.Kind != larder.ActorStaff {
		return nil, larder.E(larder.CodeForbidden)
	}
	products, err := s.store.Products(ctx, tx, actor.Org)
	if err != nil {
		return nil, fmt.Errorf("catalog: list products: %w", err)
	}
	return products, nil
}

// Publish makes slots the planogram of a cabinet of the actor's organization and returns its
// version, one above the one before. Sessions under way keep the version they were opened with. The
// actor is an admin, an operator or the system. Errors: forbidden, invalid, not_found for a cabinet,
// lane or product that is not the organization's.
func (s *Service) Publish(ctx context.Context, actor larder.Actor, cabinet larder.CabinetID, slots []NewSlot) (int64, error) {
	var version int64
	err := s.db.Update(ctx, func(tx larder.Tx) error {
		var err error
		version, err = s.PublishTx(ctx, tx, actor, cabinet, slots)
		return err
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// PublishTx is [Service.Publish] inside the caller's transaction.
func (s *Service) PublishTx(ctx context.Context, tx larder.Tx, actor larder.Actor, cabinet larder.CabinetID, slots []NewSlot) (int64, error) {
	if !mayPublish(actor) {
		return 0, larder.E(larder.CodeForbidden)
	}
	if err := checkSlots(slots); err != nil {
		return 0, err
	}
	version, err := s.cabinets.AdvancePlanogramTx(ctx, tx, actor.Org, cabinet)
	if err != nil {
		return 0, fmt.Errorf("catalog: publish a planogram of %s: %w", cabinet, err)
	}
	if err := s.addSlotsTx(ctx, tx, actor.Org, cabinet, version, slots); err != nil {
		return 0, fmt.Errorf("catalog: publish a planogram of %s: %w", cabinet, err)
	}
	return version, s.audit.RecordTx(ctx, tx, actor, larder.AuditRecord{
		Action: "catalog.publish", ObjectKind: "cabinet", Object: int64(cabinet), Detail: fmt.Sprintf("version %d", version),
	})
}

func (s *Service) addSlotsTx(
	ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID, version int64, slots []NewSlot,
) error {
	for i, slot := range slots {
		added, err := s.store.AddSlot(ctx, tx, org, cabinet, version, slot)
		if err != nil {
			return err
		}
		if !added {
			return larder.E(larder.CodeNotFound, "field", fmt.Sprintf("slots[%d]", i))
		}
	}
	return nil
}

// SlotsTx returns the slots of a door's lanes as of a version, by lane number. Lanes that hold no
// product in it are left out; version 0, before the first, has none. The slice is the caller's own.
func (s *Service) SlotsTx(ctx context.Context, tx larder.Tx, door larder.DoorID, version int64) ([]Slot, error) {
	of := folio{door, version}
	if slots, ok := s.memory.recall(of); ok {
		return slots, nil
	}
	slots, err := s.readTx(ctx, tx, of)
	if err == nil {
		kept := slices.Clone(slots)
		tx.AfterCommit(func() { s.memory.remember(of, kept) }) // until then the version may be undone
	}
	return slots, err
}

// Slots is [Service.SlotsTx] in a view of its own.
func (s *Service) Slots(ctx context.Context, door larder.DoorID, version int64) ([]Slot, error) {
	of := folio{door, version}
	if slots, ok := s.memory.recall(of); ok {
		return slots, nil
	}
	var slots []Slot
	err := s.db.View(ctx, func(tx larder.Tx) error { // sees only what is committed
		var err error
		slots, err = s.readTx(ctx, tx, of)
		return err
	})
	if err == nil {
		s.memory.remember(of, slots)
	}
	return slots, err
}

func (s *Service) readTx(ctx context.Context, tx larder.Tx, of folio) ([]Slot, error) {
	slots, err := s.store.Slots(ctx, tx, of.door, of.version)
	if err != nil {
		return nil, fmt.Errorf("catalog: slots of door %s in version %d: %w", of.door, of.version, err)
	}
	return slots, nil
}
