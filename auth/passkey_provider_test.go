package auth_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth"
)

func TestPasskeyProviders(t *testing.T) {
	for aaguid, want := range map[string]string{
		"fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
		"53414d53-554e-4700-0000-000000000000": "Samsung Pass",
		"00000000-0000-0000-0000-000000000000": "", // unknown
		"01a209af-5666-76ca-be5b-605f33074a75": "",
	} {
		id := uuid.MustParse(aaguid)
		if got := auth.PasskeyProvider(id[:]); got != want {
			t.Errorf("%s is %q, want %q", aaguid, got, want)
		}
	}
	if got := auth.PasskeyProvider([]byte{1}); got != "" {
		t.Errorf("no AAGUID is %q", got)
	}
}
