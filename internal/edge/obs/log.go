package obs

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// The formats of log lines.
const (
	FormatText = "text" // key=value, for people
	FormatJSON = "json" // one object a line, for machines
)

// redacted stands for every secret, whatever its length.
const redacted = "***"

// secretKeys are attributes that no line shows, whoever logs them. Secrets hide themselves by type;
// this is the net below.
var secretKeys = map[string]bool{
	"access_token": true, "authorization": true, "cookie": true, "key": true, "password": true,
	"phone_number": true, "private_key": true, "secret": true, "session_key": true, "token": true,
}

// NewLogger returns a logger that writes to w. Level is "debug", "info", "warn" or "error"; format is
// [FormatText] or [FormatJSON]; anything else is an error that names it.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q is none of debug, info, warn, error", level)
	}
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: redact}
	switch format {
	case FormatText:
		return slog.New(slog.NewTextHandler(w, options)), nil
	case FormatJSON:
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, fmt.Errorf("log format %q is neither %s nor %s", format, FormatText, FormatJSON)
}

// redact hides the value of an attribute whose key names a secret, at any depth.
func redact(_ []string, a slog.Attr) slog.Attr {
	if secretKeys[strings.ToLower(a.Key)] {
		return slog.String(a.Key, redacted)
	}
	return a
}
