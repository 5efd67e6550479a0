package separable

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Name is what the caller calls a lane: a string or a number in JSON, echoed as it was given.
type Name string // JSON text; "" if there is none

// Named returns the name that is written as the given text.
func Named(text string) Name {
	quoted, err := json.Marshal(text)
	if err != nil {
		return ""
	}
	return Name(quoted)
}

// String returns the name without quotation marks, for people.
func (n Name) String() string {
	var text string
	if json.Unmarshal([]byte(n), &text) == nil {
		return text
	}
	return string(n)
}

// UnmarshalJSON accepts a string or a number.
func (n *Name) UnmarshalJSON(text []byte) error {
	if c := text[0]; c != '"' && c != '-' && (c < '0' || c > '9') {
		return fmt.Errorf("want a string or a number where %.32s is", text)
	}
	*n = Name(bytes.TrimSpace(text))
	return nil
}

// MarshalJSON writes what was given, null for no name.
func (n Name) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return []byte(n), nil
}
