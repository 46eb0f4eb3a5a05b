package assertion

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"
)

func gzipped(body string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(body))
	_ = z.Close()
	return b.String()
}

// A key set is read in the forms in which servers send it although the request does not accept them.
func TestAKeySetInAnyForm(t *testing.T) {
	plain := keySetJSON(t, "k")
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, set := range map[string]struct{ encoding, body string }{
		"plain":                 {"", plain},
		"said to be plain":      {"identity", plain},
		"zipped":                {"gzip", gzipped(plain)},
		"zipped, by its alias":  {"X-GZip", gzipped(plain)},
		"zipped without saying": {"", gzipped(plain)},
		"with a mark":           {"", "\ufeff" + plain},
		"zipped with a mark":    {"gzip", gzipped("\ufeff" + plain)},
		"in UTF-16":             {"", utf16},
	} {
		t.Run(name, func(t *testing.T) {
			server := startKeySetServer(t, func(w http.ResponseWriter, _ *http.Request) {
				if set.encoding != "" {
					w.Header().Set("Content-Encoding", set.encoding)
				}
				_, _ = w.Write([]byte(set.body))
			})
			if set := server.asking(time.Now).get(t.Context(), "t_shop", server.URL); len(set.keys) != 1 || len(set.problems) != 0 {
				t.Errorf("%d keys, %v", len(set.keys), set.problems)
			}
		})
	}
}

// jwks encodes a key set.
func jwks(t *testing.T, keys ...any) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// An invalid key is skipped at any place in the set, and the valid ones are used.
func TestInvalidKeysOfAKeySetAreSkipped(t *testing.T) {
	private := publicKey(t, "private")
	private["d"] = "AA"
	for name, test := range map[string]struct {
		key  any
		want string
	}{
		"a shared secret":   {map[string]string{"kty": "oct", "kid": "s", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}, "it is a secret key"},
		"a private key":     {private, "it is a secret key"},
		"a text":            {"k", "it is not a JSON object"},
		"null":              {nil, "it is not a JSON object"},
		"a member twice":    {json.RawMessage(`{"kty":"EC","kty":"RSA"}`), `it has "kty" twice`},
		"half a surrogate":  {json.RawMessage(`{"kty":"EC","kid":"\ud800"}`), "surrogate"},
		"too deep":          {json.RawMessage(`{"kty":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`), "too deeply"},
		"another curve":     {map[string]string{"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}, "supported"},
		"a kid of a number": {map[string]any{"kty": "EC", "kid": 7}, "its kid is not a string"},
		"nothing":           {map[string]any{}, "supported"},
	} {
		t.Run(name, func(t *testing.T) {
			good := publicKey(t, "k")
			for at, body := range [][]byte{jwks(t, test.key, good), jwks(t, good, test.key)} {
				keys, unusable, err := parseKeySet(body)
				says := fmt.Sprintf("has an unusable key, number %d: ", at+1)
				if err != nil || len(keys) != 1 || keys[0].kid != "k" || len(unusable) != 1 ||
					!strings.HasPrefix(unusable[0], says) || !strings.Contains(unusable[0], test.want) {
					t.Errorf("%s: %d keys, %q, %v", body, len(keys), unusable, err)
				}
			}
		})
	}
}

// A key is not used if the set contains its private part too.
func TestPublishedPrivateKeyIsNotTrusted(t *testing.T) {
	public := publicKey(t, "k")
	private := maps.Clone(public)
	private["kid"], private["d"] = "elsewhere", "AA"
	body := jwks(t, public, private, publicKey(t, "other"))
	keys, unusable, err := parseKeySet(body)
	if err != nil || len(keys) != 1 || keys[0].kid != "other" || len(unusable) != 2 {
		t.Errorf("%s: %v, %q, %v", body, keys, unusable, err)
	}
}
