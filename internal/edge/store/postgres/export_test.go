package postgres

import "time"

// SetClaimPatience shortens how long a lost claim may be refused.
func SetClaimPatience(d *DB, patience time.Duration) { d.claims.patience = patience }
