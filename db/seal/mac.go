package seal

import (
	"crypto/hmac"
	"crypto/sha256"
)

// MAC returns the HMAC-SHA-256 of data under a key for one purpose. A new master key does not change it.
func (k *Keyring) MAC(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, k.Derive(purpose))
	h.Write(data)
	return h.Sum(nil)
}

// CheckMAC reports whether sum is the MAC of data. Sums of older releases begin with four more bytes.
func (k *Keyring) CheckMAC(purpose string, data, sum []byte) bool {
	return len(sum) >= sha256.Size && hmac.Equal(sum[len(sum)-sha256.Size:], k.MAC(purpose, data))
}
