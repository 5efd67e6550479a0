package config

import (
	"fmt"
	"log/slog"
)

const redacted = "***"

// Secret is a setting that shows itself to nobody who prints, logs or encodes it, or anything that
// holds it. The zero value is the empty text.
type Secret struct {
	text *string // behind a pointer, because fmt looks into unexported fields and follows none
}

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text. Whoever calls it answers for where it goes.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format writes "***" whatever the verb is.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// String returns "***".
func (Secret) String() string { return redacted }

// LogValue returns "***".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "***"; encoding/json uses it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
