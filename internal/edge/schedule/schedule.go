package schedule

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // a business's day is not the machine's, wherever that is

	"github.com/robfig/cron/v3"
)

// Limits of what a schedule may ask for.
const (
	minPace        = time.Minute // as with five fields: whatever is done here is large, and no pace for a loop
	maxTimeout     = 6 * time.Hour
	defaultTimeout = 5 * time.Minute
)

// Schedule is something that is done at its times.
type Schedule struct {
	Name string // lower-case letters, digits, dashes
	What string // for people, one line
	When When   // unless somebody has set another one
	// Timeout ends the context of a run; default five minutes.
	Timeout time.Duration
	// Tries is how often a run is tried, with pauses that grow from a second, before it has failed;
	// default 1.
	Tries int
	// Do is one run. Its text is kept as the result, whatever the error.
	Do func(ctx context.Context) (string, error)
}

// When says at which times something is done.
type When struct {
	Spec string // five fields as in cron(5), or "@daily" and the like, or "@every 90s" (whole seconds, at least a minute)
	Zone string // whose clock the fields are read by, "Asia/Shanghai"; "" is UTC
}

// String is the spec with its zone.
func (w When) String() string {
	if w.Zone == "" {
		return w.Spec
	}
	return w.Spec + " " + w.Zone
}

// Check says what is wrong with a When.
func (w When) Check() error {
	times, err := w.parse()
	if err != nil {
		return err
	}
	if every, ok := times.(cron.ConstantDelaySchedule); ok {
		if err := w.checkPace(every.Delay); err != nil {
			return err
		}
	}
	_, err = w.Next(time.Now())
	return err
}

// checkPace refuses what cron makes of an @every without a word: it rounds to whole seconds, and what
// is less to one.
func (w When) checkPace(delay time.Duration) error {
	if every, ok := strings.CutPrefix(w.Spec, "@every "); ok {
		if asked, err := time.ParseDuration(every); err == nil && asked != delay {
			return fmt.Errorf("schedule: %q is not a number of whole seconds above 0", w.Spec)
		}
	}
	if delay < minPace {
		return fmt.Errorf("schedule: %q is faster than every %s", w.Spec, minPace)
	}
	return nil
}

// Next returns the first of the times after now. A pace that [When.Check] refuses, kept since before
// it did, counts as once a minute: a platform still starts with it.
func (w When) Next(now time.Time) (time.Time, error) {
	times, err := w.parse()
	if err != nil {
		return time.Time{}, err
	}
	if every, ok := times.(cron.ConstantDelaySchedule); ok {
		times = cron.ConstantDelaySchedule{Delay: max(every.Delay, minPace)}
	}
	next := times.Next(now)
	if next.IsZero() {
		return next, fmt.Errorf("schedule: %q names no time within five years", w.Spec)
	}
	return next, nil
}

func (w When) parse() (cron.Schedule, error) {
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return nil, fmt.Errorf("schedule: time zone %q is unknown", w.Zone)
	}
	if zonePrefix.MatchString(w.Spec) {
		return nil, fmt.Errorf("schedule: %q: the time zone stands beside the spec, not in it", w.Spec)
	}
	times, err := cron.ParseStandard(w.Spec)
	if err != nil {
		return nil, fmt.Errorf("schedule: %q is neither five fields of cron nor @every and a duration: %w", w.Spec, err)
	}
	if fields, ok := times.(*cron.SpecSchedule); ok {
		fields.Location = zone
	}
	return times, nil
}

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	zonePrefix = regexp.MustCompile(`^(CRON_)?TZ=`)
)

// check completes a schedule with its defaults.
func (s Schedule) check() (Schedule, error) {
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	if s.Tries == 0 {
		s.Tries = 1
	}
	switch {
	case !nameForm.MatchString(s.Name):
		return s, fmt.Errorf("schedule: %q is no name for a schedule", s.Name)
	case s.Do == nil:
		return s, fmt.Errorf("schedule %s: nothing to do", s.Name)
	case s.Timeout < 0 || s.Timeout > maxTimeout:
		return s, fmt.Errorf("schedule %s: timeout %s is outside 0..%s", s.Name, s.Timeout, maxTimeout)
	case s.Tries < 0 || s.Tries > 100:
		return s, fmt.Errorf("schedule %s: %d tries", s.Name, s.Tries)
	}
	return s, s.When.Check()
}
