package auth_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// Only the signed-in person gets the credential list, without a confirmation.
func TestCredentialList(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice, bob := site.Visitor(t, shop), site.Visitor(t, shop)
	alice.Post(t, "/passkeys/accepted", struct{}{}).Refused(t, 401, "unauthenticated")
	alice.Register(t).Must(t, 200)
	alice.Add(t).Must(t, 200)
	bob.Register(t).Must(t, 200)
	site.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '1 hour'`)

	var said struct {
		RPID                     string
		UserID                   string
		Name, DisplayName        string
		AllAcceptedCredentialIDs []string
	}
	if err := json.Unmarshal([]byte(alice.Post(t, "/passkeys/accepted", struct{}{}).Must(t, 200).Body), &said); err != nil {
		t.Fatal(err)
	}
	keys := alice.Authenticator.Passkeys
	user, err := site.DB.PasskeyUserByHandle(t.Context(), keys[0].Handle)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{authtest.Encode(keys[0].ID), authtest.Encode(keys[1].ID)}
	if said.UserID != authtest.Encode(keys[0].Handle) || !slices.Equal(said.AllAcceptedCredentialIDs, want) {
		t.Errorf("said %+v, want %q", said, want)
	}
	if said.RPID == "" || said.Name != user.DisplayName || said.Name == "" || said.DisplayName != said.Name {
		t.Errorf("said %+v", said)
	}
}
