package run

import "time"

// Bounds of what is remembered of sessions that do not exist.
const (
	unknownFor = 30 * time.Second // at least, and at most twice as long
	maxUnknown = 1024             // sessions in each of two halves
)

// unknowns remembers, for a while, what cabinets call sessions and the database does not have, so that
// not every frame of such a stream costs a goroutine and a look. Whoever has it guards it.
type unknowns struct {
	young, old map[watched]struct{}
	turned     time.Time // when old was young
}

// add remembers a session from now on.
func (u *unknowns) add(of watched, now time.Time) {
	u.turn(now)
	if u.young == nil || len(u.young) >= maxUnknown {
		u.old, u.young, u.turned = u.young, make(map[watched]struct{}), now
	}
	u.young[of] = struct{}{}
}

// has reports whether a session was found missing lately.
func (u *unknowns) has(of watched, now time.Time) bool {
	u.turn(now)
	_, young := u.young[of]
	_, old := u.old[of]
	return young || old
}

// forget takes a session out: it is known.
func (u *unknowns) forget(of watched) {
	delete(u.young, of)
	delete(u.old, of)
}

// turn forgets what was remembered long enough.
func (u *unknowns) turn(now time.Time) {
	switch age := now.Sub(u.turned); {
	case age >= 2*unknownFor:
		u.old, u.young, u.turned = nil, nil, now
	case age >= unknownFor:
		u.old, u.young, u.turned = u.young, nil, now
	}
}
