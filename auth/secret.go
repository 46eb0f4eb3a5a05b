package auth

import (
	"github.com/company-a/aside/db"
	redacted "github.com/company-a/aside/internal/secret"
)

// A secret is a text that grants access: a token, a code, the id of a cookie, an assertion. Only reveal returns it, where
// it is sent to its owner; the database gets its hash.
type secret struct{ redacted.Text }

// newSecret returns a random token, code or id of 256 bits.
func newSecret() secret { return secret{redacted.New()} }

// secretOf returns a presented text as a secret.
func secretOf(text string) secret { return secret{redacted.Of(text)} }

func (s secret) reveal() string { return s.Reveal() }

func (s secret) hash() db.TokenHash { return db.HashToken(s.Reveal()) }

func (s secret) empty() bool { return s.Empty() }
