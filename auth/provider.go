package auth

import (
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/google/uuid"
)

// Who keeps passkeys, by AAGUID: a snapshot of the well-known ones, as the community's list
// (passkeydeveloper/passkey-authenticator-aaguids) and their makers name them, from August 2026.
//
//go:embed providers.json
var providersJSON []byte

var providers = sync.OnceValue(func() (names map[uuid.UUID]string) {
	if err := json.Unmarshal(providersJSON, &names); err != nil {
		panic(err) // the file above is wrong
	}
	return names
})

// PasskeyProvider names where a passkey of that AAGUID seems to be kept, "" where nobody knows.
// It is a hint for people and decides nothing: without an attestation a device says what it likes.
func PasskeyProvider(aaguid []byte) string {
	id, err := uuid.FromBytes(aaguid)
	if err != nil {
		return ""
	}
	return providers()[id]
}
