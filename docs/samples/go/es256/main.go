// Command es256 says who your visitor is, signed with a private key that never leaves you. It uses lestrrat-go/jwx.
package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// A visitor is who is logged in at your site.
type visitor struct {
	ID    string // your own id: it never changes and is never given to somebody else
	Email string
	Name  string
}

// assertion makes an assertion. Call it in an endpoint of your own, for the visitor of your own session; nonce is what
// the page was given.
func assertion(v visitor, nonce string) ([]byte, error) {
	key, err := jwk.ParseKey([]byte(os.Getenv("ASIDE_PRIVATE_KEY")), jwk.WithPEM(true)) // P-256
	if err != nil {
		return nil, err
	}
	if err := key.Set(jwk.KeyIDKey, os.Getenv("ASIDE_KEY_ID")); err != nil {
		return nil, err
	}
	now := time.Now()
	claims := jwt.NewBuilder().
		Issuer(os.Getenv("ASIDE_TENANT")).Audience([]string{os.Getenv("ASIDE_ORIGIN")}).Subject(v.ID).
		IssuedAt(now).Expiration(now.Add(2 * time.Minute)).JwtID(rand.Text())
	for name, value := range map[string]string{"nonce": nonce, "email": v.Email, "name": v.Name} {
		if value != "" {
			claims.Claim(name, value)
		}
	}
	token, err := claims.Build()
	if err != nil {
		return nil, err
	}
	return jwt.Sign(token, jwt.WithKey(jwa.ES256(), key))
}

// To try it: go run . customer-17 joe@shop.example "Joe Miller"
func main() {
	args := append(os.Args[1:], "", "", "", "")
	signed, err := assertion(visitor{ID: args[0], Email: args[1], Name: args[2]}, args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s\n", signed)
}
