package dpop

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/company-a/aside/db"
)

// window is how far a proof's iat may differ from our clock, either way. A client with a clock
// that differs more uses a nonce instead.
const window = time.Minute

// lifetime is how long one node accepts a proof, by its clock.
const lifetime = 2 * window

// remembered is how long a used proof is remembered: the clock of the first node to accept it may
// be ahead, and that of the last one behind.
const remembered = lifetime + 2*db.MaxClockSkew + time.Second // iat and nonces are in whole seconds

const maxSize = 4 << 10 // bytes

// ErrUseNonce is returned for a proof that may be valid, but by a clock that is too far from
// ours. The client makes another proof with a nonce (RFC 9449 §8): see Verifier.Nonce.
var ErrUseNonce = errors.New("dpop: a nonce is required")

// An Error is the refusal of a proof. Its message is for the client's developer.
type Error struct{ Message string }

func (e *Error) Error() string { return "dpop: " + e.Message }

func refuse(message string) *Error { return &Error{message} }

var errNotOneJWT = refuse("The DPoP header is not one JWT.")

// A Proof is a verified proof.
type Proof struct {
	Thumbprint string       // of its key: RFC 7638
	ID         db.TokenHash // of the key and the jti, to recognize a replay
}

// Spendable returns the proof in the form in which the database remembers it, for as long as any
// node could accept it again.
func (p *Proof) Spendable() db.Proof { return db.Proof{ID: p.ID, Lifetime: remembered} }

// A Verifier verifies the proofs of requests to one origin. It is safe for concurrent use.
type Verifier struct {
	origin  string
	now     func() time.Time
	nonces  nonces
	keys    keys
	replays *replays
}

// NewVerifier returns a verifier for requests to origin. nonceKey authenticates nonces, and must
// be the same on all nodes. now is the node's clock.
func NewVerifier(origin string, nonceKey []byte, now func() time.Time) *Verifier {
	return &Verifier{origin: origin, now: now, nonces: nonces{key: nonceKey, now: now}, keys: newKeys(), replays: newReplays(now)}
}

// Nonce returns a nonce for the DPoP-Nonce header (RFC 9449 §8). Any node accepts it for two
// minutes, for any number of proofs.
func (v *Verifier) Nonce() string { return v.nonces.issue() }

// FirstUse reports whether this node sees a proof for the first time, and remembers it. Requests
// that change nothing need no more than that.
func (v *Verifier) FirstUse(p *Proof) bool { return v.replays.first(p.ID) }

// claims are those of a proof (RFC 9449 §4.2).
type claims struct {
	JTI   string   `json:"jti"`
	HTM   string   `json:"htm"`
	HTU   string   `json:"htu"`
	IAT   *float64 `json:"iat"`
	ATH   string   `json:"ath"`
	Nonce string   `json:"nonce"`
}

// Verify checks the DPoP proof of a request to path (RFC 9449 §4.3; the comments have the numbers
// of its checks). accessToken is the token sent with the request, or "" where there is none, as at
// the token endpoint. A refusal is an *Error or ErrUseNonce.
func (v *Verifier) Verify(r *http.Request, path, accessToken string) (*Proof, error) {
	headers := r.Header.Values("DPoP")
	if len(headers) != 1 { // (1)
		return nil, refuse("Send exactly one DPoP header.")
	}
	if len(headers[0]) > maxSize { // (2)
		return nil, errNotOneJWT
	}
	message, err := parseJWS(headers[0])
	if err != nil {
		return nil, err
	}
	key, err := v.keys.verify(message) // (2) and (4) to (7)
	if err != nil {
		return nil, err
	}
	var c claims
	if err := json.Unmarshal(message.payload, &c); err != nil {
		return nil, refuse("The proof's claims must be an object with the right types.")
	}
	if c.JTI == "" || len(c.JTI) > 256 || c.HTM == "" || c.HTU == "" || c.IAT == nil || !(*c.IAT > -1<<40 && *c.IAT < 1<<40) { // (3)
		return nil, refuse("The proof lacks jti, htm, htu or iat.")
	}
	if c.HTM != r.Method { // (8)
		return nil, refuse("The proof's htm is not this request's method.")
	}
	if !sameEndpoint(c.HTU, v.origin, path) { // (9) against the configured origin, never Host
		return nil, refuse("The proof's htu is not this endpoint.")
	}
	if err := v.checkTime(&c); err != nil {
		return nil, err
	}
	if accessToken != "" { // (12), first half
		sum := sha256.Sum256([]byte(accessToken))
		want := base64.RawURLEncoding.EncodeToString(sum[:])
		if subtle.ConstantTimeCompare([]byte(c.ATH), []byte(want)) != 1 {
			return nil, refuse("The proof's ath is not this token's hash.")
		}
	}
	return &Proof{Thumbprint: key.thumbprint, ID: db.HashToken(key.thumbprint + "\x00" + c.JTI)}, nil
}

// checkTime checks the nonce of a proof with one, and the iat of any other.
func (v *Verifier) checkTime(c *claims) error {
	if c.Nonce != "" { // (10)
		if !v.nonces.valid(c.Nonce) {
			return ErrUseNonce
		}
		return nil
	}
	if off := v.now().Sub(time.Unix(int64(*c.IAT), 0)); off > window || off < -window { // (11)
		return ErrUseNonce
	}
	return nil
}

// sameEndpoint compares an htu with one of our endpoints, without query and fragment (RFC 9449
// §4.3, RFC 3986 §6.2).
func sameEndpoint(htu, origin, path string) bool {
	u, err := url.Parse(htu)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme = strings.ToLower(u.Scheme); u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme+"://"+host == origin && u.EscapedPath() == path
}

// replays remembers on this node the proofs of requests that change nothing. It keeps them in
// generations by age, so that forgetting a whole generation costs nothing.
type replays struct {
	now func() time.Time

	mu      sync.Mutex
	started time.Time                              // when the newest generation did
	seen    [generations]map[db.TokenHash]struct{} // the newest first
}

const (
	generations   = 5
	generationAge = remembered / (generations - 1) // so each proof is remembered for long enough, and for a quarter more at most
)

func newReplays(now func() time.Time) *replays {
	s := &replays{now: now, started: now()}
	s.seen[0] = map[db.TokenHash]struct{}{}
	return s
}

// first reports whether a proof is seen for the first time.
func (s *replays) first(id db.TokenHash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotate(s.now())
	for _, generation := range s.seen {
		if _, seen := generation[id]; seen {
			return false
		}
	}
	s.seen[0][id] = struct{}{}
	return true
}

// rotate starts a generation when the newest is old enough. If the clock is set back, the newest
// lasts longer.
func (s *replays) rotate(now time.Time) {
	if now.Sub(s.started) <= generationAge {
		return
	}
	copy(s.seen[1:], s.seen[:])
	s.seen[0], s.started = make(map[db.TokenHash]struct{}, len(s.seen[1])), now
}

// A jws is a parsed compact JWS (RFC 7515 §7.1), not yet verified.
type jws struct {
	header    string // base64url
	payload   []byte
	input     string   // what the signature is of (RFC 7515 §5.1)
	signature [64]byte // r and s, 32 bytes each (RFC 7518 §3.4)
}

// strict is base64url in its canonical form, without padding and spare bits.
var strict = base64.RawURLEncoding.Strict()

func parseJWS(compact string) (*jws, error) {
	header, rest, ok := strings.Cut(compact, ".")
	payload, signature, more := strings.Cut(rest, ".")
	if !ok || !more || strings.ContainsAny(compact, "\r\n") { // the decoder would skip these
		return nil, errNotOneJWT
	}
	m := &jws{header: header, input: compact[:len(header)+1+len(payload)]}
	var err error
	if m.payload, err = strict.DecodeString(payload); err != nil {
		return nil, errNotOneJWT
	}
	if len(signature) != strict.EncodedLen(len(m.signature)) {
		return nil, refuse("The proof's signature is invalid.")
	}
	if _, err := strict.Decode(m.signature[:], []byte(signature)); err != nil {
		return nil, errNotOneJWT
	}
	return m, nil
}

func (m *jws) verifiedBy(key *ecdsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(m.input))
	return ecdsa.VerifyASN1(key, sum[:], m.asn1())
}

// asn1 returns the signature in the form that Go verifies: SEQUENCE { r INTEGER, s INTEGER } in
// DER (RFC 3279 §2.2.3). With big.Int it would cost ten allocations more for each request.
func (m *jws) asn1() []byte {
	der := append(make([]byte, 0, 72), 0x30, 0)
	for _, integer := range [][]byte{m.signature[:32], m.signature[32:]} {
		for len(integer) > 1 && integer[0] == 0 {
			integer = integer[1:]
		}
		der = append(der, 2, byte(len(integer))) //nolint:gosec // at most 32
		if integer[0] >= 0x80 {                  // it is positive
			der[len(der)-1]++
			der = append(der, 0)
		}
		der = append(der, integer...)
	}
	der[1] = byte(len(der) - 2) //nolint:gosec // at most 70
	return der
}
