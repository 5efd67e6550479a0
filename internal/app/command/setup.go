package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"larder"
	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/core/cabinet"
	"larder/internal/core/staff"
)

// platform is what commands need that write to the database. Whoever serves has to stop meanwhile.
type platform struct {
	DB     string        `name:"db" default:"larder.db" placeholder:"FILE|URL" help:"Database: a file that nobody is serving, or postgres://USER@HOST/DATABASE, also while it is served (with another --node)."`
	Node   int           `name:"node" default:"0" help:"Number of this process in ids, 0 to 1023."`
	Master config.Master `embed:"" prefix:"master-"`
}

// open opens the database; the caller closes the setup.
func (p platform) open(ctx context.Context, w World) (*app.Setup, error) {
	c := config.Config{DB: p.DB, Node: p.Node, Master: p.Master}
	if err := c.ReadSecrets(w.Env); err != nil {
		return nil, err
	}
	return app.OpenSetup(ctx, c)
}

// orgs is `larder org`.
type orgs struct {
	Add orgAdd `cmd:"" help:"Add an organization."`
}

// orgAdd is `larder org add`.
type orgAdd struct {
	Platform platform `embed:""`
	Code     string   `name:"code" required:"" help:"What its people type to sign in: lower-case letters, digits, dot, dash, underscore."`
	Name     string   `name:"name" required:"" help:"Name for people."`
}

// Run adds the organization and prints its id.
func (c *orgAdd) Run(ctx context.Context, w World) (err error) {
	s, err := c.Platform.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	id, err := s.AddOrg(ctx, c.Code, c.Name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.Out, id)
	return err
}

// members is `larder staff`.
type members struct {
	Add memberAdd `cmd:"" help:"Add somebody. The password is the first line of standard input."`
}

// memberAdd is `larder staff add`.
type memberAdd struct {
	Platform platform `embed:""`
	Org      string   `name:"org" required:"" help:"Code of the organization."`
	Login    string   `name:"login" required:"" help:"What they type to sign in."`
	Name     string   `name:"name" help:"Name for people; the login by default."`
	Role     string   `name:"role" required:"" enum:"admin,operator,restocker,support,finance" help:"What they may do: ${enum}."`
}

// maxPasswordLine is far above what a password may have: the room says what is too long.
const maxPasswordLine = 4096

// Run adds the member and prints the id.
func (c *memberAdd) Run(ctx context.Context, w World) (err error) {
	password, err := bufio.NewReader(io.LimitReader(w.In, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the password from standard input: %w", err)
	}
	s, err := c.Platform.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	n := staff.NewStaff{Login: c.Login, Name: c.Name, Role: larder.Role(c.Role), Password: strings.TrimRight(password, "\r\n")}
	if n.Name == "" {
		n.Name = c.Login
	}
	id, err := s.AddStaff(ctx, c.Org, n)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.Out, id)
	return err
}

// machine is `larder cabinet`.
type machine struct {
	Add machineAdd `cmd:"" help:"Register a cabinet. Its key and its doors' tokens are shown this once."`
}

// machineAdd is `larder cabinet add`.
type machineAdd struct {
	Platform platform `embed:""`
	Org      string   `name:"org" required:"" help:"Code of the organization."`
	Serial   string   `name:"serial" required:"" help:"The factory's number."`
	Model    string   `name:"model" default:"native" help:"Cabinet model, which picks the protocol."`
	Name     string   `name:"name" required:"" help:"Name for people."`
	Place    string   `name:"place" required:"" help:"Where it stands, for people."`
	Doors    int      `name:"doors" default:"1" help:"How many doors it has."`
	Shelves  []int    `name:"shelves" default:"4,4,4,4,4" help:"Lanes on each shelf behind a door."`
	Noise    float64  `name:"noise-g" default:"1" help:"Standard deviation of a reading at rest, in grams, as the factory measured it."`
}

// check refuses counts that would quietly be none.
func (c *machineAdd) check(World) error {
	var wrong []config.Problem
	if c.Doors < 1 {
		wrong = append(wrong, config.Problem{Key: "doors", Reason: "is at least 1"})
	}
	if slices.ContainsFunc(c.Shelves, func(lanes int) bool { return lanes < 1 }) {
		wrong = append(wrong, config.Problem{Key: "shelves", Reason: "is at least one lane each, from the bottom up"})
	}
	if len(wrong) > 0 {
		return &config.Invalid{Problems: wrong}
	}
	return nil
}

// Run registers the cabinet and prints what has to be put into it and onto it.
func (c *machineAdd) Run(ctx context.Context, w World) (err error) {
	s, err := c.Platform.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	made, err := s.AddCabinet(ctx, c.Org, c.registration())
	if err != nil {
		return err
	}
	fmt.Fprintf(w.Out, "cabinet %s\nserial  %s\nkey     %s\n", made.Cabinet.ID, made.Cabinet.Serial, made.KeyText())
	for _, d := range made.Doors {
		fmt.Fprintf(w.Out, "door %d  %s\n", d.Number, d.Token)
	}
	return nil
}

// maxDoors keeps a typing mistake from making a large registration; the room's own limit is lower.
const maxDoors = 100

func (c *machineAdd) registration() cabinet.Registration {
	r := cabinet.Registration{Serial: c.Serial, Model: c.Model, Name: c.Name, Place: c.Place}
	for range min(c.Doors, maxDoors) {
		var d cabinet.NewDoor
		for shelf, lanes := range c.Shelves {
			for range min(lanes, maxDoors) {
				d.Lanes = append(d.Lanes, cabinet.NewLane{Shelf: shelf + 1, Noise: larder.Gram(c.Noise)})
			}
		}
		r.Doors = append(r.Doors, d)
	}
	return r
}
