package db

import (
	"fmt"
	"io"
	"log/slog"
)

// A SecretKey is a key that signs: whoever reads it can speak for its tenant. Printed, logged or
// encoded, alone or in whatever holds it, three dots stand in its place.
type SecretKey []byte

const hidden = "…"

// String is what people see of it.
func (SecretKey) String() string { return hidden }

// Format is what fmt makes of it, whatever the verb.
func (SecretKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue is what a log line holds of it.
func (SecretKey) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText is what encoders write of it.
func (SecretKey) MarshalText() ([]byte, error) { return []byte(hidden), nil }
