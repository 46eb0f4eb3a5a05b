package load_test

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/company-a/aside/e2e/bench/load"
)

func TestAProofVerifies(t *testing.T) {
	k := load.NewKey()
	proof := k.Proof("POST", "http://frame.example/graphql", "token", time.Unix(1, 0))
	message, err := jws.Parse([]byte(proof))
	if err != nil {
		t.Fatal(err)
	}
	public, ok := message.Signatures()[0].ProtectedHeaders().JWK()
	if !ok {
		t.Fatal("it has no key")
	}
	payload, err := jws.Verify([]byte(proof), jws.WithKey(jwa.ES256(), public))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		HTM, HTU, JTI, ATH string
		IAT                int
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte("token"))
	if claims.HTM != "POST" || claims.HTU != "http://frame.example/graphql" || claims.IAT != 1 || claims.JTI == "" ||
		claims.ATH != base64.RawURLEncoding.EncodeToString(hash[:]) {
		t.Errorf("%+v", claims)
	}
	if thumbprint := thumbprintOf(t, public); thumbprint != k.Thumbprint {
		t.Errorf("its key's thumbprint is %s, not %s", thumbprint, k.Thumbprint)
	}
	if strings.Contains(proof, "=") {
		t.Error("it is padded")
	}
}

func thumbprintOf(t *testing.T, key jwk.Key) string {
	t.Helper()
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

func TestAnAssertionVerifiesWithTheCOSEKey(t *testing.T) {
	k := load.NewKey()
	public, err := webauthncose.ParsePublicKey(k.COSE())
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("authenticator data and the client data's hash")
	if ok, err := webauthncose.VerifySignature(public, data, k.Assert(data)); !ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
}
