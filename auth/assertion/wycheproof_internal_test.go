package assertion

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/auth/strictjson"
)

// A wycheproof has the vectors of Project Wycheproof. Invalid signatures and keys are refused, and valid
// ones of our algorithms are accepted.
type wycheproof struct {
	Signatures []struct {
		Key     json.RawMessage
		Vectors []wycheproofVector
	}
	Encryptions []struct {
		Key     json.RawMessage
		Vectors []wycheproofVector
	}
}

type wycheproofVector struct {
	ID        int
	Comment   string
	JWS, JWE  string
	Plaintext string
	Result    string
}

func readWycheproof(t *testing.T) (w wycheproof) {
	t.Helper()
	b, err := os.ReadFile("testdata/wycheproof/jose.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// differently are the vectors with another result than the file's, by their id.
var differently = map[int]bool{
	346: false, 350: false, // "valid", but the header says PS384 and the key PS256
	372: false, 373: false, // "valid", but with a question mark in base64url (RFC 7515 §2)
	367: true, 370: true, // "invalid" for their padding, which the file has lost: byte for byte 357, which is valid
}

func TestWycheproofsSignatures(t *testing.T) {
	accepted, refused := 0, 0
	for _, group := range readWycheproof(t).Signatures {
		key, keyErr := wycheproofKey(t, group.Key)
		for _, v := range group.Vectors {
			var alg struct{ Alg string }
			if err := json.Unmarshal(group.Key, &alg); err != nil {
				t.Fatal(err)
			}
			want, different := differently[v.ID]
			if !different {
				want = v.Result == "valid" && slices.Contains(signingAlgorithms, alg.Alg)
			}
			m, err := splitSigned(v.JWS)
			got := keyErr == nil && err == nil && key.verifies(m)
			if got != want {
				t.Errorf("%d (%s, %s, %s): accepted is %v: key: %v; form: %v", v.ID, v.Comment, alg.Alg, v.Result, got, keyErr, err)
			}
			if got {
				accepted++
			} else {
				refused++
			}
		}
	}
	if accepted < 20 || refused < 300 {
		t.Errorf("only %d were accepted and %d refused: is the file complete?", accepted, refused)
	}
}

// wycheproofKey reads a key like NewKey, except that secrets are not text here.
func wycheproofKey(t *testing.T, raw json.RawMessage) (verifier, error) {
	t.Helper()
	object, err := strictjson.Object(raw)
	if err != nil {
		t.Fatal(err)
	}
	if object["kty"] != "oct" {
		return parsePublicJWK(object, "")
	}
	secret, err := base64.RawURLEncoding.DecodeString(object["k"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if len(secret) < minSecretSize || object["alg"] != algHS256 {
		return verifier{}, errors.New("no key for HS256")
	}
	return verifier{algorithm: algHS256, key: secret}, nil
}

func TestWycheproofsEncryptions(t *testing.T) {
	opened := 0
	for _, group := range readWycheproof(t).Encryptions {
		for _, v := range group.Vectors {
			m, err := splitEncrypted(v.JWE)
			if err != nil {
				continue
			}
			if group.Key == nil {
				t.Errorf("%d (%s) would be decrypted: %v", v.ID, v.Comment, m.header)
				continue
			}
			plain, err := m.decrypt(wycheproofPrivate(t, group.Key, m.header["alg"].(string)))
			if (err == nil) != (v.Result == "valid") {
				t.Errorf("%d (%s, %s): %v", v.ID, v.Comment, v.Result, err)
			}
			if err == nil {
				opened++
				if hex.EncodeToString(plain) != v.Plaintext {
					t.Errorf("%d (%s) opens to %x", v.ID, v.Comment, plain)
				}
			}
		}
	}
	if opened < 2 { // one for each algorithm; other content encryption is refused
		t.Errorf("only %d opened: is the file complete?", opened)
	}
}

func wycheproofPrivate(t *testing.T, raw json.RawMessage, alg string) encryptionKey {
	t.Helper()
	parsed, err := jwk.ParseKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	key := encryptionKey{algorithm: jwa.ECDH_ES()}
	if alg == algRSAOAEP {
		key.algorithm = jwa.RSA_OAEP_256()
	}
	if err := jwk.Export(parsed, &key.private); err != nil {
		t.Fatal(err)
	}
	return key
}
