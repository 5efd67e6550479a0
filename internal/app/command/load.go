package command

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"larder"
	"larder/internal/app"
	"larder/internal/app/installation"
)

// load is `larder load`.
type load struct {
	Platform platform `embed:""`
	File     string   `arg:"" name:"file" help:"What the installation consists of, as JSON."`
	JSON     bool     `name:"json" help:"One JSON object."`
}

// Help has the form of the file.
func (*load) Help() string {
	return `It enters an organization, its products, its cabinets and what is sold in them, in one transaction. What is there already stays: a file may be loaded again, with more in it. A cabinet whose goods or prices have changed gets the next version of its planogram; nothing is renamed, rebuilt or removed. The key of a new cabinet and the tokens of its doors are shown this once.

  larder load installation.json

  {"org": {"code": "acme", "name": "Acme Snacks"},
   "products": [{"name": "可乐 330 ml", "name_en": "Cola 330 ml", "unit_mass_g": 350.5, "unit_sd_g": 1.2}],
   "cabinets": [{"serial": "LD-1", "model": "native", "name": "One", "place": "Lobby", "doors": [{"lanes": [
     {"shelf": 2, "noise_g": 1, "product": "Cola 330 ml", "price_fen": 350, "par": 10, "count": 8},
     {"shelf": 1, "noise_g": 1}]}]}]}

Doors are numbered in their order, lanes through all doors of a cabinet. count is how many pieces lie there when a lane is given its product. The second lane holds nothing. What the scales can not tell apart of new goods is said behind "mind" (larder weigh separable has the details); it is loaded all the same.`
}

// Run loads the file and says what has changed.
func (c *load) Run(ctx context.Context, w World) (err error) {
	file, err := installation.Read(c.File)
	if err != nil {
		return c.name(err)
	}
	s, err := c.Platform.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	done, err := s.Load(ctx, file)
	if err != nil {
		return c.name(err)
	}
	told := loadedOf(done)
	told.doubt(file)
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(told)
	}
	return told.tell(w)
}

// name names the file of what is wrong in it.
func (c *load) name(err error) error {
	if _, ok := errors.AsType[*installation.Wrong](err); ok {
		return fmt.Errorf("%s is wrong, nothing was loaded\n%w", c.File, err)
	}
	return err
}

// loaded is what has changed, as it is told.
type loaded struct {
	OrgAdded      bool            `json:"org_added"`
	ProductsAdded int             `json:"products_added"`
	Cabinets      []loadedCabinet `json:"cabinets"`
}

type loadedCabinet struct {
	ID       larder.CabinetID `json:"cabinet_id"`
	Serial   string           `json:"serial"`
	Added    bool             `json:"added"`
	Key      string           `json:"key,omitempty"` // of one that was added
	Version  int64            `json:"planogram_version"`
	NewGoods bool             `json:"planogram_changed"`
	Doors    []loadedDoor     `json:"doors"`
	Lanes    []larder.LaneID  `json:"lane_ids"` // in the order of their numbers
	Doubts   []string         `json:"doubts"`   // of new goods: what their scales can not tell apart
}

type loadedDoor struct {
	Number int    `json:"number"`
	Token  string `json:"token"`
}

func loadedOf(done app.Loaded) loaded {
	l := loaded{OrgAdded: done.OrgAdded, ProductsAdded: done.ProductsAdded, Cabinets: []loadedCabinet{}}
	for _, c := range done.Cabinets {
		told := loadedCabinet{
			ID: c.Cabinet.ID, Serial: c.Cabinet.Serial, Added: c.Key != nil, Key: hex.EncodeToString(c.Key), Version: c.Version, NewGoods: c.New,
		}
		for _, d := range c.Doors {
			told.Doors = append(told.Doors, loadedDoor{d.Number, d.Token})
		}
		for _, lane := range c.Lanes {
			told.Lanes = append(told.Lanes, lane.ID)
		}
		l.Cabinets = append(l.Cabinets, told)
	}
	return l
}

// doubt adds what is doubtful about goods that are new.
func (l loaded) doubt(file *installation.File) {
	doubts := app.Inseparable(file)
	for i, c := range l.Cabinets {
		l.Cabinets[i].Doubts = []string{}
		if c.NewGoods {
			l.Cabinets[i].Doubts = append(l.Cabinets[i].Doubts, doubts[c.Serial]...)
		}
	}
}

// tell writes it for people; what has not changed takes no line but one a cabinet.
func (l loaded) tell(w World) error {
	if l.OrgAdded {
		fmt.Fprintln(w.Out, "the organization was added")
	}
	fmt.Fprintf(w.Out, "%d products were added\n", l.ProductsAdded)
	for _, c := range l.Cabinets {
		goods := "as it was"
		if c.NewGoods {
			goods = "new"
		}
		fmt.Fprintf(w.Out, "cabinet %s  serial %s  planogram version %d, %s\n", c.ID, c.Serial, c.Version, goods)
		for _, d := range c.Doubts {
			fmt.Fprintf(w.Out, "  mind    %s\n", d)
		}
		if !c.Added {
			continue
		}
		fmt.Fprintf(w.Out, "  key     %s\n", c.Key)
		for _, d := range c.Doors {
			fmt.Fprintf(w.Out, "  door %d  %s\n", d.Number, d.Token)
		}
	}
	return nil
}
