package db

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
)

// mac gives the HMAC-SHA-256 of data under a key for one purpose, behind the id of the master key
// that this was derived from: it stays good when another master key becomes the current one.
func (k *Keyring) mac(purpose string, data []byte) []byte {
	return k.macUnder(k.current, purpose, data)
}

// checkMAC reports whether mac made sum of data, under any of the master keys.
func (k *Keyring) checkMAC(purpose string, data, sum []byte) bool {
	if len(sum) != keyIDSize+sha256.Size {
		return false
	}
	id := [keyIDSize]byte(sum[:keyIDSize])
	_, ok := k.secrets[id]
	return ok && hmac.Equal(sum, k.macUnder(id, purpose, data))
}

func (k *Keyring) macUnder(id [keyIDSize]byte, purpose string, data []byte) []byte {
	key, err := hkdf.Key(sha256.New, k.secrets[id], nil, "aside "+purpose, KeySize)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(id[:])
}
