package command

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"larder/internal/app/config"
)

// line is one command line while it is read.
type line struct {
	world    World
	settings *config.Resolver
	helped   bool // help was asked for and given
}

// parse reads the command line and the settings that it leaves to environment and file. The error is
// [*kong.ParseError] or [*config.Invalid] if the caller is to blame.
func (l *line) parse(args []string) (*kong.Context, error) {
	var c commands
	k, err := kong.New(&c,
		kong.Name("larder"),
		kong.Description(about),
		kong.Writers(l.world.Out, l.world.Err),
		kong.Exit(func(int) { l.helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 120}),
		kong.ValueFormatter(l.describe),
		kong.WithBeforeResolve(l.resolve),
	)
	if err != nil {
		return nil, fmt.Errorf("command line: %w", err)
	}
	if l.settings, err = config.NewResolver(l.world.Env, config.File{}); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := k.Parse(args)
	if err != nil || l.helped {
		return nil, err
	}
	return chosen, l.judge(chosen)
}

// checker is a command that judges what it was given before it runs. The error is [*config.Invalid]
// under the keys that a person gave.
type checker interface{ check(w World) error }

// judge tells of everything that is wrong at once, before the command runs: values that do not fit,
// and what a command that judges its settings finds besides.
func (l *line) judge(chosen *kong.Context) error {
	unfit := l.settings.Err()
	if command, ok := chosen.Selected().Target.Addr().Interface().(checker); ok {
		return config.Join(unfit, command.check(l.world))
	}
	return unfit
}

// resolve finds the settings file once the flags are known, and gives kong what environment and file
// say.
func (l *line) resolve(c *kong.Context) error {
	path := ""
	for _, f := range c.Flags() {
		if f.Name == "config" {
			path, _ = c.FlagValue(f).(string)
		}
	}
	if path == "" {
		path, _ = l.world.Env(config.Variable("config"))
	}
	var file config.File
	if path != "" {
		var err error
		if file, err = config.ReadFile(path); err != nil {
			return &config.Invalid{Problems: []config.Problem{{Key: "config", Reason: err.Error()}}}
		}
	}
	var err error
	if l.settings, err = config.NewResolver(l.world.Env, file); err != nil {
		return err
	}
	c.AddResolver(l.settings)
	return nil
}

// describe adds the variable's name to the help of a setting.
func (l *line) describe(v *kong.Value) string {
	if v.Flag == nil || !l.settings.Settable(v.Flag.Name) {
		return v.Help
	}
	return strings.TrimSuffix(v.Help, ".") + " ($" + config.Variable(v.Flag.Name) + ")."
}
