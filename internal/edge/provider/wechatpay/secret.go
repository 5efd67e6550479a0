package wechatpay

import (
	"fmt"
	"log/slog"
)

const redacted = "***"

// Secret is a text that shows itself to nobody who prints, logs or encodes it, or anything that
// holds it (invariant I27). The zero value is the empty text.
type Secret struct {
	// text is behind a pointer because fmt looks into unexported fields without asking methods,
	// but follows no pointer there.
	text *string
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

// Format writes "***" whatever the verb is, %#v and %x included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// String returns "***".
func (s Secret) String() string { return redacted }

// LogValue returns "***".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "***"; encoding/json uses it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the text over, so that settings can be decoded into a Secret.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
