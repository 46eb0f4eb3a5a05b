package auth

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/auth/strictjson"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// The content key of an account encrypts its notes on the person's devices. The service stores only wraps: copies of the
// key, each encrypted for one passkey or recovery code. The response to a passkey ceremony has the wrap for that passkey.
// The response to a recovery request has the wrap for its code.

// An accountKey describes the content key of an account.
type accountKey struct {
	Sealing    string `json:"sealing"`    // the same values as Viewer.sealing in the API
	Generation int    `json:"generation"` // of the current or last content key; 0 if there never was one
	Handle     string `json:"handle"`     // the WebAuthn user handle in base64url; wraps are bound to it
}

// A passkeyKey describes the content key, with the wrap for the passkey that was used in a ceremony.
type passkeyKey struct {
	accountKey
	Passkey uuid.UUID `json:"passkey"`
	Wrap    *string   `json:"wrap"` // null if the passkey has none
}

// A recoveredKey describes the content key, with the wrap for the recovery code that a request presents.
type recoveredKey struct {
	accountKey
	Wrap *string `json:"wrap"` // null for an operator's link and for a code that an earlier release made
}

// sealingName returns the API's name for a state. The API has one name, CONVERTING, for encryption and decryption in
// progress.
func sealingName(a db.AccountSealing) string {
	switch a {
	case db.SealingServer, db.SealingEndToEnd:
		return string(a)
	}
	return "CONVERTING"
}

func newAccountKey(u *db.PasskeyUser) accountKey {
	return accountKey{sealingName(u.Sealing), u.KeyGeneration, base64.RawURLEncoding.EncodeToString(u.Handle)}
}

// keyOfPasskey returns the content key for a passkey that a ceremony has verified.
func (s *Server) keyOfPasskey(ctx context.Context, u *db.PasskeyUser, passkey uuid.UUID) (_ *passkeyKey, err error) {
	defer fault.Place(&err, "auth.keyOfPasskey")
	k := &passkeyKey{accountKey: newAccountKey(u), Passkey: passkey}
	if u.Sealing == db.SealingServer {
		return k, nil
	}
	wrap, err := s.db.PasskeyWrap(ctx, u.ID, passkey)
	k.Wrap = nullIfEmpty(wrap)
	return k, err
}

// A requestedKey is what the popup needs to give a widget the key of its notes. The popup derives that key from the content
// key.
type requestedKey struct {
	Handle string          `json:"handle"` // the WebAuthn user handle, in base64url
	JWK    json.RawMessage `json:"jwk"`    // the widget's public key, to which the key is encrypted
	Tenant string          `json:"tenant"`
}

// keyForWidget returns what the popup needs to give the widget a key. It returns nil if the service can read the account's
// notes, or if the widget sent no public key.
func (s *Server) keyForWidget(ctx context.Context, request *db.AuthorizationRequest, account *db.Session) (_ *requestedKey, err error) {
	defer fault.Place(&err, "auth.keyForWidget")
	if account.Sealing == db.SealingServer || request.ContentKeyJWK == "" {
		return nil, nil
	}
	user, err := s.db.PasskeyUser(ctx, account.UserID)
	if err != nil {
		return nil, err
	}
	return &requestedKey{newAccountKey(user).Handle, json.RawMessage(request.ContentKeyJWK), request.TenantKey}, nil
}

// prfInput is the input of the prf extension. It is the same for everybody, since a page sends it before it knows which
// passkey the person will use. The device computes the key that opens a wrap from the extension's result, which never leaves
// the device.
var prfInput = sha256.Sum256([]byte("aside/prf/1"))

func askForPRF() webauthn.ExtensionOption {
	return webauthn.WithExtensionPRF(protocol.PRFValues{First: prfInput[:]})
}

// askForPRFAtLogin asks for the prf extension at a sign-in, except in Firefox. Firefox's software authenticator would answer
// with authenticator data that lacks the flag for extensions, which is refused (WebAuthn L3 §6.1). A person with end-to-end
// encryption uses the passkey a second time there.
func askForPRFAtLogin(r *http.Request) []webauthn.LoginOption {
	if nameIn(r.UserAgent(), browsers) == "Firefox" {
		return nil
	}
	return []webauthn.LoginOption{webauthn.WithAssertionExtensions(askForPRF())}
}

func newRecoveredKey(found *db.Recovery) *recoveredKey {
	return &recoveredKey{newAccountKey(found.User), nullIfEmpty(found.Wrap)}
}

// nullIfEmpty returns nil, which is null in JSON, if s is empty.
func nullIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// wrapRefusal returns invalid_request if the database refuses a wrap, and any other error unchanged.
func wrapRefusal(err error) error {
	var known *db.Error
	if errors.As(err, &known) && known.Code == db.CodeInvalid {
		return badRequest(known.Message)
	}
	return err
}

var errPRFResults = refuse(http.StatusBadRequest, "prf_results", "The credential contains secret results of the prf extension, which must not leave the device. Reload the page.")

// hasPRFResults reports whether a credential contains results of the prf extension (WebAuthn L3 §10.1.4). A browser's
// toJSON() includes them, and the key of the person's notes could be computed from them.
func hasPRFResults(credential json.RawMessage) bool {
	var outputs struct {
		ClientExtensionResults struct {
			PRF map[string]json.RawMessage
		}
	}
	if json.Unmarshal(credential, &outputs) != nil {
		return false // the ceremony will refuse it
	}
	for name := range outputs.ClientExtensionResults.PRF {
		if strings.EqualFold(name, "results") {
			return true
		}
	}
	return false
}

// maxJWK is the maximum length of the public key in an authorization request, in bytes.
const maxJWK = 1000

var errContentKeyJWK = badRequest("content_key_jwk must be a public P-256 key as a JSON Web Key (JWK), without private members.")

// privateMembers are the members of a JWK that are secret (RFC 7518 §6).
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// publicJWK returns the public key in a JWK (RFC 7517), with only the members of RFC 7518 §6.2.1. It refuses a key that is
// not a point on P-256 or that has a private member.
func publicJWK(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if len(text) > maxJWK {
		return "", errContentKeyJWK
	}
	members, err := strictjson.Object([]byte(text))
	if err != nil {
		return "", errContentKeyJWK
	}
	x, y := coordinate(members["x"]), coordinate(members["y"])
	if members["kty"] != "EC" || members["crv"] != "P-256" || x == nil || y == nil ||
		slices.ContainsFunc(privateMembers, func(name string) bool { _, present := members[name]; return present }) {
		return "", errContentKeyJWK
	}
	if _, err := ecdh.P256().NewPublicKey(slices.Concat([]byte{4}, x, y)); err != nil { // not on the curve
		return "", errContentKeyJWK
	}
	encode := base64.RawURLEncoding.EncodeToString
	return `{"kty":"EC","crv":"P-256","x":"` + encode(x) + `","y":"` + encode(y) + `"}`, nil
}

// coordinate decodes a coordinate of a point on P-256. It returns nil if the member is not one.
func coordinate(member any) []byte {
	text, _ := member.(string)
	if !base64url256.MatchString(text) {
		return nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}
