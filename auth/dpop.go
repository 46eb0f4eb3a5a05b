package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/company-a/aside/db"
)

// How far a proof's iat may be from our clock, both ways. A client whose clock is further
// off is served with a nonce instead.
const proofWindow = time.Minute

// How far a node's clock may be from the database's, both ways (docs/operating.md). What is judged
// by a node's clock is remembered by the database's for as long as any node could accept it again.
const clockSkew = 90 * time.Second

// How long one node accepts a proof, by its clock.
const proofLife = 2 * proofWindow

// How long a proof that was used is remembered: the last node to accept it may be slow, and the first
// one fast.
const proofKept = proofLife + 2*clockSkew + time.Second // iat and nonces count whole ones

const maxProofSize = 4 << 10

// A proof is a DPoP proof that has been verified.
type proof struct {
	jkt string       // RFC 7638 thumbprint of its key
	id  db.TokenHash // of its key and jti: for noticing a replay
}

type proofClaims struct {
	JTI   string   `json:"jti"`
	HTM   string   `json:"htm"`
	HTU   string   `json:"htu"`
	IAT   *float64 `json:"iat"`
	ATH   string   `json:"ath"`
	Nonce string   `json:"nonce"`
}

func badProof(message string) *Error {
	return refuse(http.StatusBadRequest, "invalid_dpop_proof", message)
}

// errUseNonce asks for another proof, with a nonce (RFC 9449 §8).
var errUseNonce = blameless(http.StatusBadRequest, "use_dpop_nonce", "Create a new proof with the nonce from the DPoP-Nonce header.")

// verifyProof checks the DPoP proof of a request to path on the frame origin
// (RFC 9449 §4.3; the numbers are its checks'). accessToken is none at the token endpoint.
// Whether the key is the one that a token is bound to (12) is for whoever knows the token.
func (s *Server) verifyProof(r *http.Request, path string, accessToken secret) (*proof, error) {
	headers := r.Header.Values("DPoP")
	if len(headers) != 1 { // (1)
		return nil, badProof("Send exactly one DPoP header.")
	}
	compact := headers[0]
	if len(compact) > maxProofSize { // (2)
		return nil, errNotOneJWT
	}
	signed, err := readProof(compact)
	if err != nil {
		return nil, err
	}
	key, err := s.proofKeys.verify(signed) // (2) and (4) to (7)
	if err != nil {
		return nil, err
	}
	var claims proofClaims
	if err := json.Unmarshal(signed.payload, &claims); err != nil {
		return nil, badProof("The proof's claims must be an object with the right types.")
	}
	if claims.JTI == "" || len(claims.JTI) > 256 || claims.HTM == "" || claims.HTU == "" || claims.IAT == nil || !(*claims.IAT > -1<<40 && *claims.IAT < 1<<40) { // (3)
		return nil, badProof("The proof lacks jti, htm, htu or iat.")
	}
	if claims.HTM != r.Method { // (8)
		return nil, badProof("The proof's htm is not this request's method.")
	}
	if !sameEndpoint(claims.HTU, s.frameOrigin, path) { // (9) against the configured origin, never Host
		return nil, badProof("The proof's htu is not this endpoint.")
	}
	if claims.Nonce != "" { // (10)
		if !s.nonces.valid(claims.Nonce) {
			return nil, errUseNonce
		}
	} else if off := s.now().Sub(time.Unix(int64(*claims.IAT), 0)); off > proofWindow || off < -proofWindow { // (11)
		return nil, errUseNonce
	}
	if !accessToken.empty() { // (12), first half
		sum := sha256.Sum256([]byte(accessToken.reveal()))
		want := base64.RawURLEncoding.EncodeToString(sum[:])
		if subtle.ConstantTimeCompare([]byte(claims.ATH), []byte(want)) != 1 {
			return nil, badProof("The proof's ath is not this token's hash.")
		}
	}
	return &proof{jkt: key.jkt, id: db.HashToken(key.jkt + "\x00" + claims.JTI)}, nil
}

// sameEndpoint compares an htu with an endpoint of ours, without query and fragment
// (RFC 9449 §4.3, RFC 3986 §6.2).
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

// offerNonce adds what the refusal errUseNonce needs besides its body.
func (s *Server) offerNonce(w http.ResponseWriter, err error) {
	if errors.Is(err, errUseNonce) {
		w.Header().Set("DPoP-Nonce", s.nonces.issue())
	}
}
