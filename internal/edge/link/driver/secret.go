package driver

import "log/slog"

// Secret is a key that no log, error or JSON ever shows (invariant I27).
type Secret []byte

// redacted stands for every secret, whatever its length.
const redacted = "***"

// String hides the secret from every verb of package fmt but the numeric ones.
func (Secret) String() string { return redacted }

// GoString hides it from %#v.
func (Secret) GoString() string { return redacted }

// LogValue hides it from package slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides it from encoding/json.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
