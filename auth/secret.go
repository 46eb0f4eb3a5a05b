package auth

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/company-a/aside/db"
)

// A secret is text by which somebody gets in: a token, a code, a cookie's id, an assertion. However
// it is printed, logged or encoded, alone or in whatever holds it, three dots stand in its place.
// Only reveal gives it, at the edge where it is answered; the database is given its hash.
type secret struct {
	text *string // fmt asks what is in an unexported field nothing: of a pointer it prints an address
}

const hidden = "…"

// newSecret makes a token, code or id that nobody can guess: 256 random bits.
func newSecret() secret {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return keep(base64.RawURLEncoding.EncodeToString(b))
}

// keep makes a secret of text that somebody presents.
func keep(text string) secret { return secret{&text} }

func (s secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

func (s secret) hash() db.TokenHash { return db.HashToken(s.reveal()) }

func (s secret) empty() bool { return s.reveal() == "" }

// UnmarshalJSON reads one that is sent.
func (s *secret) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*s = keep(text)
	return nil
}

// String is what people see of it.
func (secret) String() string { return hidden }

// Format is what fmt makes of it, whatever the verb.
func (secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue is what a log line holds of it.
func (secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText is what encoders write of it.
func (secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
