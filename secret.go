package main

import (
	"fmt"
	"io"
	"log/slog"
)

// A secret is text that configures and is never shown: however it is printed, logged or encoded,
// three dots stand in its place.
type secret string

const hidden = "…"

// String is what people see of it.
func (secret) String() string { return hidden }

// Format is what fmt makes of it, whatever the verb.
func (secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue is what a log line holds of it.
func (secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText is what encoders write of it.
func (secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
