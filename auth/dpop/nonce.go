package dpop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/company-a/aside/db"
)

// nonces issues and checks nonces (RFC 9449 §8). A nonce is the time when it was issued and a MAC,
// so every node accepts the nonces of every other one, and none is stored.
type nonces struct {
	key []byte
	now func() time.Time
}

// nonceLife is as long as that of a proof without a nonce: both are remembered for equally long.
const nonceLife = lifetime

func (n nonces) issue() string {
	stamp := binary.BigEndian.AppendUint64(nil, uint64(n.now().Unix())) //nolint:gosec // after 1970
	return base64.RawURLEncoding.EncodeToString(append(stamp, n.mac(stamp)...))
}

func (n nonces) valid(nonce string) bool {
	b, err := strict.DecodeString(nonce)
	if err != nil || len(b) != 8+16 || !hmac.Equal(b[8:], n.mac(b[:8])) {
		return false
	}
	age := n.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(b)), 0)) //nolint:gosec // we issued it
	return age >= -2*db.MaxClockSkew && age <= nonceLife                // it may come from a node with a clock ahead of ours
}

func (n nonces) mac(stamp []byte) []byte {
	mac := hmac.New(sha256.New, n.key)
	mac.Write(stamp)
	return mac.Sum(nil)[:16]
}
