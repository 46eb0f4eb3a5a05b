package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// A Key is a secret in bytes: a key that signs, which lets its holder speak for somebody. It is redacted like a Text, but
// not in an unexported field, where fmt calls no method.
type Key []byte

// String returns three dots.
func (Key) String() string { return redacted }

// Format writes three dots for every verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns three dots.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns three dots.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
