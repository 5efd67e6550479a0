package wechatpay

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

const redacted = "***"

// Secret is a text that shows itself to nobody who prints, logs or encodes it (invariant I27).
type Secret string

// Reveal returns the text. Whoever calls it answers for where it goes.
func (s Secret) Reveal() string { return string(s) }

// Format writes "***" whatever the verb is, %#v and %x included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// String returns "***".
func (s Secret) String() string { return redacted }

// LogValue returns "***".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "***" as a JSON string. Reading a secret from JSON works.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
