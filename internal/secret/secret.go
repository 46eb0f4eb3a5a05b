package secret

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
)

// A Text is secret text. Printed, logged or encoded, alone or inside another value, it shows as three dots.
// Only Reveal returns the text.
type Text struct {
	text *string // fmt calls no method on an unexported field: for a pointer it prints an address
}

const redacted = "…"

// New returns a random secret of 256 bits.
func New() Text {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return Of(base64.RawURLEncoding.EncodeToString(b))
}

// Of returns text as a secret.
func Of(text string) Text { return Text{&text} }

// Reveal returns the text.
func (s Text) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no text.
func (s Text) Empty() bool { return s.Reveal() == "" }

// UnmarshalText reads a secret from a flag or from JSON.
func (s *Text) UnmarshalText(text []byte) error {
	*s = Of(string(text))
	return nil
}

// String returns three dots.
func (Text) String() string { return redacted }

// Format writes three dots for every verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns three dots.
func (Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns three dots.
func (Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

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
