package db

import (
	"crypto/hmac"
	"crypto/sha256"
)

// mac gives the HMAC-SHA-256 of data under a key for one purpose, which no new master key changes.
func (k *Keyring) mac(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, k.Derive(purpose))
	h.Write(data)
	return h.Sum(nil)
}

// checkMAC reports whether mac made sum of data. Older ones stand behind four more bytes.
func (k *Keyring) checkMAC(purpose string, data, sum []byte) bool {
	return len(sum) >= sha256.Size && hmac.Equal(sum[len(sum)-sha256.Size:], k.mac(purpose, data))
}
