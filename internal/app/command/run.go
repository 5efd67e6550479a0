package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"larder/internal/app/config"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitWrong  = 2 // nothing was started
)

// World is what a command may touch of the process.
type World struct {
	Env config.Environment
	In  io.Reader
	Out io.Writer // results
	Err io.Writer // logs, progress, complaints
}

// commands is the command line. A command is a struct with flags and a method Run.
type commands struct {
	Config string `name:"config" placeholder:"FILE" help:"Settings file: one JSON object with the keys of the flags, without dashes in front. Or LARDER_CONFIG."`

	Serve    serve     `cmd:"" help:"Run the platform."`
	Demo     demo      `cmd:"" help:"Try it: five cabinets that are not real, and a page to shop at."`
	Weigh    weighs    `cmd:"" help:"Weigh recorded sessions, or a shelf's trace."`
	Migrate  migrate   `cmd:"" help:"Bring a database to this version's schema, or say where it stands."`
	Bench    bench     `cmd:"" help:"Measure this program on this machine."`
	Sim      sims      `cmd:"" help:"Let things go wrong in a simulated world, by a seed."`
	Audit    audits    `cmd:"" help:"Check the invariants of a database that may be in use."`
	Schedule timetable `cmd:"" help:"Backups and what else is done at its times."`
	Org      orgs      `cmd:"" help:"Organizations."`
	Staff    members   `cmd:"" help:"People who work for an organization."`
	Load     load      `cmd:"" help:"Enter products, cabinets and prices from a file."`
	Cabinet  machine   `cmd:"" help:"Cabinets."`
	Settings settings  `cmd:"" name:"config" help:"Say what can be set, and how."`
	Version  version   `cmd:"" help:"Say what was built from what."`
}

// about is what `larder --help` begins with.
const about = "Larder is the platform behind weight-sensing smart cabinets. " +
	"A setting is a flag, a LARDER_* variable or a line of the settings file; the first of these that has it counts."

// errFound says that a command did its work and found something wrong, which its output tells.
var errFound = errors.New("something is wrong")

// Run runs one command line, without the program's name in front, and returns the exit status.
func Run(ctx context.Context, args []string, w World) int {
	out := &told{Writer: w.Out}
	w.Out = out
	l := &line{world: w}
	chosen, err := l.parse(args)
	if l.helped {
		return exitDone
	}
	if err == nil {
		chosen.BindTo(ctx, (*context.Context)(nil))
		err = chosen.Run(w)
	}
	if out.failed != nil && (err == nil || errors.Is(err, errFound)) {
		err = errors.Join(out.failed, err)
	}
	return report(w.Err, err)
}

// told is the results' writer: a result that reached nobody, a cabinet's key for instance, which is
// shown once, is no success of the command, whether it looked or not.
type told struct {
	io.Writer
	failed error // the first that was
}

// Write writes and keeps the first error.
func (t *told) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	if err != nil && t.failed == nil {
		t.failed = fmt.Errorf("the result could not be written: %w", err)
	}
	return n, err
}

// onlyFound reports whether an error is [errFound] and nothing else, however often joined; joined with
// another error, that one is to be told.
func onlyFound(err error) bool {
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // one step at a time
	if !ok {
		return err == errFound //nolint:errorlint // nothing wraps it
	}
	return !slices.ContainsFunc(joined.Unwrap(), func(e error) bool { return !onlyFound(e) })
}

// report tells a person what went wrong and returns the exit status for it.
func report(out io.Writer, err error) int {
	_, usage := errors.AsType[*kong.ParseError](err)
	invalid, settings := errors.AsType[*config.Invalid](err)
	switch {
	case err == nil:
		return exitDone
	case onlyFound(err):
		return exitFailed
	case settings:
		fmt.Fprintln(out, "larder: wrong settings, nothing was started")
		for text := range strings.SplitSeq(invalid.Error(), "\n") {
			fmt.Fprintln(out, "  "+text)
		}
		return exitWrong
	case usage:
		fmt.Fprintf(out, "larder: %v\nTry `larder --help`, or --help behind a command.\n", err)
		return exitWrong
	}
	fmt.Fprintf(out, "larder: %v\n", err)
	return exitFailed
}
