package db

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"

	"github.com/company-a/aside/internal/secret"
)

// A Token is what a session is found by. Its text, an access token or the id in a cookie, is a random secret followed by the
// id of its user, which is encrypted and authenticated with the secret. So the database reads only rows of that user, and a
// forged text is refused without a query. A text of an earlier release is a secret alone.
type Token struct {
	User uuid.UUID // uuid.Nil for a text of an earlier release
	Hash TokenHash // of the secret
}

// A secret that a user follows has a prefix, so that it is no token by itself.
const (
	secretPrefix = "u"
	secretLength = len(secretPrefix) + 43 // 256 bits in base64url
	userLength   = 43                     // a user's id and a tag of 128 bits, in base64url
)

// NewTokenSecret returns a random secret for TokenText. It has the form of an earlier release while a node of that may have
// to understand the token.
func (d *DB) NewTokenSecret() secret.Text {
	if !d.contracted.Load() {
		return secret.New()
	}
	return secret.Of(secretPrefix + secret.New().Reveal())
}

// TokenText returns the text of the token of user with a secret of NewTokenSecret.
func (d *DB) TokenText(s secret.Text, user uuid.UUID) secret.Text {
	text := s.Reveal()
	if len(text) != secretLength {
		return s
	}
	hash := HashToken(text)
	sealed := d.tokens.Seal(nil, hash[:d.tokens.NonceSize()], user[:], hash[:])
	return secret.Of(text + base64.RawURLEncoding.EncodeToString(sealed))
}

// ParseToken returns the token of a presented text. It returns ErrNoSession for a text that TokenText has not made. A text
// of another length may be one of an earlier release.
func (d *DB) ParseToken(text secret.Text) (Token, error) {
	s := text.Reveal()
	switch len(s) {
	case secretLength:
		return Token{}, ErrNoSession
	case secretLength + userLength:
	default:
		return Token{Hash: HashToken(s)}, nil
	}
	t := Token{Hash: HashToken(s[:secretLength])}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(s[secretLength:])
	if err != nil {
		return Token{}, ErrNoSession
	}
	user, err := d.tokens.Open(nil, t.Hash[:d.tokens.NonceSize()], sealed, t.Hash[:])
	if err != nil {
		return Token{}, ErrNoSession
	}
	t.User = uuid.UUID(user)
	return t, nil
}

// newTokenCipher returns the cipher of the users in tokens. Its nonce is part of the secret's hash: a secret is used once.
func newTokenCipher(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return gcm
}

// condition returns the SQL condition, with its arguments, for the session of a token.
func (t Token) condition() (sql string, args []any) {
	if t.User == uuid.Nil {
		return `token_hash = ?`, []any{t.Hash[:]}
	}
	return `user_id = ? AND token_hash = ?`, []any{t.User, t.Hash[:]}
}

// named returns the token with its user. It returns nil for nil, and for a token without a session.
func (t *Token) named(ctx context.Context, tx authorityTx) (*Token, error) {
	if t == nil || t.User != uuid.Nil {
		return t, nil
	}
	named := Token{Hash: t.Hash}
	if err := tx.NewRaw(`SELECT user_id FROM sessions WHERE token_hash = ?`, t.Hash[:]).Scan(ctx, &named.User); err != nil {
		return nil, ifNoRows(err, nil)
	}
	return &named, nil
}

// named is Token.named in a transaction of its own. It returns the zero Token for a token without a session.
func (d *DB) named(ctx context.Context, t Token) (named Token, err error) {
	if t.User != uuid.Nil {
		return t, nil
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		found, err := t.named(ctx, tx)
		if found != nil {
			named = *found
		}
		return err
	})
	return named, err
}

// A TokenHash is the stored form of a secret: its SHA-256. The secrets have at least 130 random bits,
// so they need no salt or slow hash.
type TokenHash [sha256.Size]byte

// HashToken hashes a presented secret.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }
