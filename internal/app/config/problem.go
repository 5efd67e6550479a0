package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is one wrong setting.
type Problem struct {
	Key    string // as on the command line, without the dashes
	Reason string // what is wrong with it; never a secret's value
}

// Invalid is all that is wrong with the settings. It is told before anything starts.
type Invalid struct {
	Problems []Problem
}

// Error has a line "key: reason" for each wrong setting.
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Key + ": " + p.Reason
	}
	return strings.Join(lines, "\n")
}

// Join returns one [*Invalid] with the problems of all that are, in order and one a key; nil if there
// are none. An error of another kind is joined to it.
func Join(errs ...error) error {
	var all problems
	var others []error
	for _, err := range errs {
		if invalid, ok := errors.AsType[*Invalid](err); ok {
			all.add(invalid.Problems)
		} else if err != nil {
			others = append(others, err)
		}
	}
	return errors.Join(append([]error{all.err()}, others...)...)
}

// problems collects what is wrong.
type problems []Problem

// add takes over the problems of keys that have none yet: the first reason is the cause of the others.
func (p *problems) add(more problems) {
	for _, m := range more {
		if !slices.ContainsFunc(*p, func(had Problem) bool { return had.Key == m.Key }) {
			*p = append(*p, m)
		}
	}
}

// unless notes a reason for key if the condition does not hold.
func (p *problems) unless(ok bool, key, format string, args ...any) {
	if !ok {
		*p = append(*p, Problem{Key: key, Reason: fmt.Sprintf(format, args...)})
	}
}

// with notes err as key's reason, if there is one.
func (p *problems) with(key string, err error) {
	if err != nil {
		*p = append(*p, Problem{Key: key, Reason: err.Error()})
	}
}

// err returns the error that tells of all problems, or nil if there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Invalid{Problems: p}
}
