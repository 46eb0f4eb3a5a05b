package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// nonces are the server's nonces of RFC 9449 §8. Each one is its own record: the time it was
// issued and a MAC, so that every node accepts what any node issued.
type nonces struct {
	key []byte
	now func() time.Time
}

// A nonce is good for as long as a proof without one: a proof of either kind is remembered for proofKept.
const nonceLife = proofLife

func (n nonces) issue() string {
	stamp := binary.BigEndian.AppendUint64(nil, uint64(n.now().Unix())) //nolint:gosec // after 1970
	return base64.RawURLEncoding.EncodeToString(append(stamp, n.mac(stamp)...))
}

func (n nonces) valid(nonce string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(b) != 8+16 || !hmac.Equal(b[8:], n.mac(b[:8])) {
		return false
	}
	age := n.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(b)), 0)) //nolint:gosec // issued by us
	return age >= -2*clockSkew && age <= nonceLife                      // a fast node's, on a slow one
}

func (n nonces) mac(stamp []byte) []byte {
	mac := hmac.New(sha256.New, n.key)
	mac.Write(stamp)
	return mac.Sum(nil)[:16]
}
