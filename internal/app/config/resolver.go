package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/alecthomas/kong"
)

// Resolver gives kong the settings that no flag gave: from the environment, else from the file. It
// notes values that do not fit instead of stopping at the first. One resolver serves one command
// line.
type Resolver struct {
	keys  map[string]bool
	env   Environment
	file  File
	wrong problems
}

// NewResolver returns the resolver over these sources; the zero File has nothing. Keys of the file
// that are no setting are noted at once.
func NewResolver(env Environment, file File) (*Resolver, error) {
	keys, err := keys()
	if err != nil {
		return nil, err
	}
	r := &Resolver{keys: keys, env: env, file: file}
	for _, key := range slices.Sorted(maps.Keys(file.Values)) {
		r.wrong.unless(keys[key], key, "%s: no such setting", file.Path)
	}
	return r, nil
}

// keys returns the keys of all settings. A flag of any command that has one of these names is that
// setting; all other flags belong to one call of a command.
func keys() (map[string]bool, error) {
	flags, err := flags()
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, f := range flags {
		found[f.Name] = true
	}
	return found, nil
}

// Settable reports whether a flag is a setting, which has its variable and its key in the file.
func (r *Resolver) Settable(flag string) bool { return r.keys[flag] }

// Validate implements [kong.Resolver].
func (r *Resolver) Validate(*kong.Application) error { return nil }

// Resolve implements [kong.Resolver].
func (r *Resolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !r.Settable(flag.Name) {
		return nil, nil //nolint:nilnil // this is how kong is told "none"
	}
	value, from, ok := r.lookUp(flag.Name)
	if !ok {
		return nil, nil //nolint:nilnil // as above
	}
	try := reflect.New(flag.Target.Type()).Elem()
	scan := kong.Scan().PushTyped(value, kong.FlagValueToken)
	if err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, try); err != nil {
		r.wrong.with(flag.Name, fmt.Errorf("%s: %w", from, err))
		return nil, nil //nolint:nilnil // Err tells of it, with what else is wrong
	}
	return value, nil
}

// lookUp returns a setting's value and where it stands.
func (r *Resolver) lookUp(key string) (value, from string, ok bool) {
	if value, ok = r.env(Variable(key)); ok {
		return value, Variable(key), true
	}
	value, ok = r.file.Values[key]
	return value, r.file.Path, ok
}

// Err returns what was wrong in environment and file, as [*Invalid], or nil.
func (r *Resolver) Err() error { return r.wrong.err() }
