package auth

import (
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/google/uuid"
)

// providersJSON has the names of well-known passkey providers by AAGUID, from the community's list
// (passkeydeveloper/passkey-authenticator-aaguids) and the providers themselves, as of August 2026.
//
//go:embed providers.json
var providersJSON []byte

var providers = sync.OnceValue(func() (names map[uuid.UUID]string) {
	if err := json.Unmarshal(providersJSON, &names); err != nil {
		panic(err) // the embedded file is invalid
	}
	return names
})

// PasskeyProvider returns the name of the provider that stores passkeys with an AAGUID, or "" if it
// is unknown. It is a hint for people, and must not decide anything: without attestation, a device
// may send any AAGUID.
func PasskeyProvider(aaguid []byte) string {
	id, err := uuid.FromBytes(aaguid)
	if err != nil {
		return ""
	}
	return providers()[id]
}
