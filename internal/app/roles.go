package app

import (
	"fmt"
	"slices"
	"strings"

	"larder/internal/app/config"
)

// roles are what processes of a fleet do. Here one process does all of it.
var roles = []string{"gateway", "worker", "api"}

// CheckRoles accepts no roles, which is all of them, or all of them in any order. The error is
// [*config.Invalid].
func CheckRoles(asked []string) error {
	wrong := func(format string, args ...any) error {
		return &config.Invalid{Problems: []config.Problem{{Key: "role", Reason: fmt.Sprintf(format, args...)}}}
	}
	for _, role := range asked {
		if !slices.Contains(roles, role) {
			return wrong("%q is none of %s", role, strings.Join(roles, ", "))
		}
	}
	for _, role := range roles {
		if len(asked) > 0 && !slices.Contains(asked, role) {
			return wrong("%s without %s needs the fleet (PostgreSQL and NATS), which is not there yet: "+
				"leave the roles out to run all of them in this process", strings.Join(asked, " "), role)
		}
	}
	return nil
}
