// Command hs256 says who your visitor is, signed with a secret that you share with Aside. Standard library only.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// A visitor is who is logged in at your site.
type visitor struct {
	ID    string // your own id: it never changes and is never given to somebody else
	Email string
	Name  string
}

type claims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
	ID        string `json:"jti"`
	Nonce     string `json:"nonce,omitempty"`
	Email     string `json:"email,omitempty"`
	Name      string `json:"name,omitempty"`
}

// assertion makes an assertion. Call it in an endpoint of your own, for the visitor of your own session; nonce is what
// the page was given.
func assertion(v visitor, nonce string) (string, error) {
	secret := os.Getenv("ASIDE_SECRET")
	if secret == "" {
		return "", errors.New("ASIDE_SECRET is not set")
	}
	now := time.Now()
	payload, err := json.Marshal(claims{
		Issuer: os.Getenv("ASIDE_TENANT"), Audience: os.Getenv("ASIDE_ORIGIN"), Subject: v.ID,
		IssuedAt: now.Unix(), ExpiresAt: now.Add(2 * time.Minute).Unix(), ID: rand.Text(),
		Nonce: nonce, Email: v.Email, Name: v.Name,
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil)), nil
}

// To try it: go run . customer-17 joe@shop.example "Joe Miller"
func main() {
	args := append(os.Args[1:], "", "", "", "")
	jwt, err := assertion(visitor{ID: args[0], Email: args[1], Name: args[2]}, args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(jwt)
}
