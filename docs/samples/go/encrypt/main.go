// Command encrypt encrypts a signed assertion to Aside, so that nothing between your server and Aside can read who it is
// about. It uses lestrrat-go/jwx.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

// encrypt encrypts a signed assertion to the key for ECDH-ES among Aside's. keySet is what /.well-known/jwks.json at the
// account origin answers: keep it for a day at most.
func encrypt(assertion, keySet []byte) ([]byte, error) {
	keys, err := jwk.Parse(keySet)
	if err != nil {
		return nil, err
	}
	for i := range keys.Len() {
		key, _ := keys.Key(i)
		if alg, _ := key.Algorithm(); alg != jwa.ECDH_ES() {
			continue
		}
		header := jwe.NewHeaders()
		if err := header.Set(jwe.ContentTypeKey, "JWT"); err != nil { // what is inside is a JWT again
			return nil, err
		}
		return jwe.Encrypt(assertion, jwe.WithKey(jwa.ECDH_ES(), key), jwe.WithContentEncryption(jwa.A256GCM()), jwe.WithProtectedHeaders(header))
	}
	return nil, errors.New("the key set has no key for ECDH-ES")
}

// To try it: curl $ASIDE_ORIGIN/.well-known/jwks.json > keys.json; node hs256.mjs customer-17 | go run . keys.json
func main() {
	encrypted, err := func() ([]byte, error) {
		if len(os.Args) != 2 {
			return nil, errors.New("usage: encrypt <key set> < <assertion>")
		}
		keySet, err := os.ReadFile(os.Args[1])
		if err != nil {
			return nil, err
		}
		assertion, err := io.ReadAll(os.Stdin)
		if err != nil {
			return nil, err
		}
		return encrypt(bytes.TrimSpace(assertion), keySet)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s\n", encrypted)
}
