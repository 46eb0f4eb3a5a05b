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

// The content key of an account encrypts its notes on its person's devices. The service has it only wrapped, for each
// passkey and each recovery code. A ceremony's response carries the wrap of its passkey, and a request to recover that of
// its code.

// An accountKey describes the content key of an account.
type accountKey struct {
	Sealing    string `json:"sealing"`    // as Viewer.sealing of the API
	Generation int    `json:"generation"` // of the content key, the last one if there is none now; 0: there was none
	Handle     string `json:"handle"`     // the WebAuthn user handle, which a wrap is bound to, in base64url
}

// A passkeyKey is the content key for the passkey of a ceremony.
type passkeyKey struct {
	accountKey
	Passkey uuid.UUID `json:"passkey"`
	Wrap    *string   `json:"wrap"` // null if the passkey has none
}

// A recoveredKey is the content key for what a recovery presents.
type recoveredKey struct {
	accountKey
	Wrap *string `json:"wrap"` // null for an operator's link and for a code that an earlier release made
}

// sealingName returns the name that the API has for a state: which way notes are converted is not shown.
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

// A requestedKey is what the popup needs to give a widget the key of its notes, which it derives from the content key.
type requestedKey struct {
	Handle string          `json:"handle"` // the WebAuthn user handle, in base64url
	JWK    json.RawMessage `json:"jwk"`    // the widget's public key, to which the key is encrypted
	Tenant string          `json:"tenant"`
}

// keyForWidget returns what the popup needs to answer a request with a key, or nil if the service can read the account's
// notes or the widget sent no public key.
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

// prfInput is the input of the prf extension, the same for everybody: a passkey can be asked before it is known which one
// it is. Its result, from which the device computes the key that opens a wrap, never leaves the device.
var prfInput = sha256.Sum256([]byte("aside/prf/1"))

func askForPRF() webauthn.ExtensionOption {
	return webauthn.WithExtensionPRF(protocol.PRFValues{First: prfInput[:]})
}

// askForPRFAtLogin is askForPRF for a sign-in. It does not ask Firefox: its software authenticator then sends authenticator
// data without the flag for extensions, which is refused (WebAuthn L3 §6.1). A person with end-to-end encryption confirms
// with the passkey once more there.
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

// wrapRefusal returns invalid_request for a wrap that is refused.
func wrapRefusal(err error) error {
	var known *db.Error
	if errors.As(err, &known) && known.Code == db.CodeInvalid {
		return badRequest(known.Message)
	}
	return err
}

var errPRFResults = refuse(http.StatusBadRequest, "prf_results", "The credential contains secret results of the prf extension, which must not leave the device. Reload the page.")

// hasPRFResults reports whether a credential carries what the prf extension computed (WebAuthn L3 §10.1.4): toJSON() of a
// browser includes it, and the key of the person's notes could be computed from it.
func hasPRFResults(credential json.RawMessage) bool {
	var outputs struct {
		ClientExtensionResults struct {
			PRF map[string]json.RawMessage
		}
	}
	if json.Unmarshal(credential, &outputs) != nil {
		return false // the ceremony refuses it
	}
	for name := range outputs.ClientExtensionResults.PRF {
		if strings.EqualFold(name, "results") {
			return true
		}
	}
	return false
}

// maxJWK is the length of the longest public key in an authorization request.
const maxJWK = 1000

var errContentKeyJWK = badRequest("content_key_jwk must be the JSON of a public key of P-256, as a JWK without any private member.")

// privateMembers are the members of a JWK that are secret (RFC 7518 §6).
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// publicJWK returns the public key in a JWK (RFC 7517), with the members of RFC 7518 §6.2.1 alone. It refuses anything but
// a point of P-256, and any key with a private member.
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

// coordinate decodes a coordinate of a point of P-256, or returns nil.
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
