package widget_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/bits"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
)

var updateVectors = flag.Bool("update", false, "write the results into testdata/encryption_vectors.json")

// vectors are the known answers of end-to-end encryption. The tests of src/encryption check the same file.
type vectors struct {
	ContentKey    bytes64         `json:"content_key"`
	AccountHandle bytes64         `json:"account_handle"`
	PRFInput      bytes64         `json:"prf_input"`
	Passkey       passkeyVector   `json:"passkey"`
	Recovery      recoveryVector  `json:"recovery"`
	Tenants       []tenantVector  `json:"tenants"`
	Notes         []noteVector    `json:"notes"`
	Transfer      transferVector  `json:"transfer"`
	Padding       []paddingVector `json:"padding"`
}

type passkeyVector struct {
	ID         string  `json:"id"`
	Generation int     `json:"generation"`
	PRFResult  bytes64 `json:"prf_result"`
	KEK        bytes64 `json:"kek"`
	IV         bytes64 `json:"iv"`
	Wrap       bytes64 `json:"wrap"`
}

type recoveryVector struct {
	Code       string  `json:"code"`
	Locator    string  `json:"locator"`
	Secret     string  `json:"secret"`
	Generation int     `json:"generation"`
	Verifier   bytes64 `json:"verifier"`
	KEK        bytes64 `json:"kek"`
	IV         bytes64 `json:"iv"`
	Wrap       bytes64 `json:"wrap"`
}

type tenantVector struct {
	Tenant string  `json:"tenant"`
	Key    bytes64 `json:"key"`
}

type noteVector struct {
	ID     string          `json:"id"`
	Tenant string          `json:"tenant"`
	Text   json.RawMessage `json:"text"`
	JSON   string          `json:"json"`
	IV     bytes64         `json:"iv"`
	Sealed bytes64         `json:"sealed"`
}

type transferVector struct {
	RequestURI string  `json:"request_uri"`
	Tenant     string  `json:"tenant"`
	Frame      pairJWK `json:"frame"`
	Ephemeral  pairJWK `json:"ephemeral"`
	IV         bytes64 `json:"iv"`
	JWE        string  `json:"jwe"`
	JWX        string  `json:"jwe_of_jwx"` // encrypted by jwx, to the same key and with the same header but for epk
}

// A pairJWK is a key pair of P-256 (RFC 7518 §6.2).
type pairJWK struct {
	KTY string  `json:"kty"`
	CRV string  `json:"crv"`
	X   bytes64 `json:"x"`
	Y   bytes64 `json:"y"`
	D   bytes64 `json:"d"`
}

type paddingVector struct {
	Length int `json:"length"`
	Padded int `json:"padded"`
}

// bytes64 is base64url without padding in JSON.
type bytes64 []byte

func (b bytes64) MarshalJSON() ([]byte, error) {
	return json.Marshal(base64.RawURLEncoding.EncodeToString(b))
}

func (b *bytes64) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(s)
	*b = decoded
	return err
}

// Each result is computed here from its inputs, without the code under test.
func TestEncryptionVectors(t *testing.T) {
	const path = "testdata/encryption_vectors.json"
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want, got vectors
	for _, v := range []*vectors{&want, &got} {
		if err := json.Unmarshal(file, v); err != nil {
			t.Fatal(err)
		}
	}
	compute(t, &got)
	if *updateVectors {
		b := &bytes.Buffer{}
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(&got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i := range reflect.TypeFor[vectors]().NumField() {
		name := reflect.TypeFor[vectors]().Field(i).Name
		if w, g := reflect.ValueOf(want).Field(i).Interface(), reflect.ValueOf(got).Field(i).Interface(); !reflect.DeepEqual(w, g) {
			t.Errorf("%s is\n%+v, want\n%+v", name, w, g)
		}
	}
}

func compute(t *testing.T, v *vectors) {
	t.Helper()
	input := sha256.Sum256([]byte("aside/prf/1"))
	v.PRFInput = input[:]

	p := &v.Passkey
	p.KEK = derive(t, p.PRFResult, "aside/kek/passkey/1")
	p.Wrap = seal(t, p.KEK, p.IV, v.ContentKey, "aside/wrap/1"+string(v.AccountHandle)+fmt.Sprintf("passkey/%d/%s", p.Generation, p.ID))

	r := &v.Recovery
	plain := strings.ReplaceAll(r.Code, "-", "")
	r.Locator, r.Secret = plain[:6], plain[6:]
	r.Verifier = derive(t, []byte(r.Secret), "aside/recovery/verifier/1")
	r.KEK = derive(t, []byte(r.Secret), "aside/kek/recovery/1")
	r.Wrap = seal(t, r.KEK, r.IV, v.ContentKey, "aside/wrap/1"+string(v.AccountHandle)+fmt.Sprintf("recovery/%d/%s", r.Generation, r.Locator))

	for i, tenant := range v.Tenants {
		v.Tenants[i].Key = derive(t, v.ContentKey, "aside/tenant/1"+tenant.Tenant)
	}
	for i, n := range v.Notes {
		text := []byte(n.JSON)
		text = append(text, bytes.Repeat([]byte(" "), padded(len(text))-len(text))...)
		key := derive(t, v.ContentKey, "aside/tenant/1"+n.Tenant)
		v.Notes[i].Sealed = seal(t, key, n.IV, text, "aside/note/1"+n.ID+n.Tenant)
		checkNoteJSON(t, n)
	}
	for i, l := range v.Padding {
		v.Padding[i].Padded = padded(l.Length)
	}
	v.Transfer.compute(t, derive(t, v.ContentKey, "aside/tenant/1"+v.Transfer.Tenant))
}

// checkNoteJSON checks that the JSON of a note has its text and v, and nothing else.
func checkNoteJSON(t *testing.T, n noteVector) {
	t.Helper()
	var written, text map[string]any
	if err := json.Unmarshal([]byte(n.JSON), &written); err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal(n.Text, &text); err != nil {
		t.Error(err)
	}
	text["v"] = 1.0
	if !reflect.DeepEqual(written, text) {
		t.Errorf("the JSON of note %s has %v, want %v", n.ID, written, text)
	}
}

// derive is HKDF-SHA-256 without a salt (RFC 5869).
func derive(t *testing.T, secret []byte, info string) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, secret, nil, info, 32)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// seal returns IV ‖ ciphertext ‖ tag.
func seal(t *testing.T, key, iv, text []byte, associated string) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm.Seal(slices.Clone(iv), iv, text, []byte(associated))
}

// padded is Padmé (PURBs, 2019, algorithm 1) with at least 256 bytes.
func padded(length int) int {
	if length <= 256 {
		return 256
	}
	e := bits.Len(uint(length)) - 1
	s := bits.Len(uint(e))
	mask := 1<<(e-s) - 1
	return (length + mask) &^ mask
}

// compute makes the JWE by hand (RFC 7516 §5.1, RFC 7518 §4.6.2), and has jwx open it and make another one.
func (v *transferVector) compute(t *testing.T, tenantKey []byte) {
	t.Helper()
	frame, ephemeral := v.Frame.private(t), v.Ephemeral.private(t)
	v.Frame.public(frame)
	v.Ephemeral.public(ephemeral)
	encode := base64.RawURLEncoding.EncodeToString
	header := encode(fmt.Appendf(nil, `{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"%s","y":"%s"},"apu":"%s","apv":"%s"}`,
		encode(v.Ephemeral.X), encode(v.Ephemeral.Y), encode([]byte(v.RequestURI)), encode([]byte(v.Tenant))))
	shared, err := ephemeral.ECDH(frame.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	info := append([]byte{0, 0, 0, 1}, shared...)
	for _, field := range []string{"A256GCM", v.RequestURI, v.Tenant} {
		info = binary.BigEndian.AppendUint32(info, uint32(len(field)))
		info = append(info, field...)
	}
	key := sha256.Sum256(binary.BigEndian.AppendUint32(info, 256))
	message := seal(t, key[:], v.IV, tenantKey, header)
	v.JWE = strings.Join([]string{header, "", encode(v.IV), encode(message[12:44]), encode(message[44:])}, ".")
	if *updateVectors {
		v.JWX = v.encryptWithJWX(t, frame, tenantKey)
	}
	for _, compact := range []string{v.JWE, v.JWX, v.encryptWithJWX(t, frame, tenantKey)} {
		v.checkJWE(t, compact, frame, tenantKey)
	}
}

// encryptWithJWX encrypts the tenant key with jwx.
func (v *transferVector) encryptWithJWX(t *testing.T, frame *ecdh.PrivateKey, tenantKey []byte) string {
	t.Helper()
	headers := jwe.NewHeaders()
	for name, value := range map[string]string{jwe.AgreementPartyUInfoKey: v.RequestURI, jwe.AgreementPartyVInfoKey: v.Tenant} {
		if err := headers.Set(name, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	key := jwe.WithKey(jwa.ECDH_ES(), frame.PublicKey(), jwe.WithPerRecipientHeaders(headers))
	compact, err := jwe.Encrypt(tenantKey, key, jwe.WithContentEncryption(jwa.A256GCM()), jwe.WithCompact())
	if err != nil {
		t.Fatal(err)
	}
	return string(compact)
}

// checkJWE has jwx decrypt a JWE, and checks that its header has the members that the frame accepts.
func (v *transferVector) checkJWE(t *testing.T, compact string, frame *ecdh.PrivateKey, tenantKey []byte) {
	t.Helper()
	opened, err := jwe.Decrypt([]byte(compact), jwe.WithKey(jwa.ECDH_ES(), frame))
	if err != nil || !bytes.Equal(opened, tenantKey) {
		t.Errorf("jwx opens %s as %x, %v; want %x", compact, opened, err, tenantKey)
	}
	var header map[string]any
	part, err := base64.RawURLEncoding.DecodeString(strings.Split(compact, ".")[0])
	if err == nil {
		err = json.Unmarshal(part, &header)
	}
	if names := slices.Sorted(maps.Keys(header)); err != nil || !slices.Equal(names, []string{"alg", "apu", "apv", "enc", "epk"}) {
		t.Errorf("the header of %s has %q, %v", compact, names, err)
	}
}

func (k *pairJWK) private(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.P256().NewPrivateKey(k.D)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (k *pairJWK) public(key *ecdh.PrivateKey) {
	point := key.PublicKey().Bytes() // 4 ‖ x ‖ y
	k.KTY, k.CRV, k.X, k.Y = "EC", "P-256", point[1:33], point[33:]
}
