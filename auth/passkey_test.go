package auth_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

func TestAcceptedPasskeys(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	for _, test := range []struct {
		name   string
		flags  byte
		counts bool
	}{
		{"synced, not counting", authtest.UserPresent | authtest.UserVerified | authtest.BackupEligible | authtest.BackedUp, false},
		{"could be synced", authtest.UserPresent | authtest.UserVerified | authtest.BackupEligible, false},
		{"bound to its device, counting", authtest.UserPresent | authtest.UserVerified, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := site.Visitor(t, shop)
			v.Authenticator.Flags, v.Authenticator.Counts = test.flags, test.counts
			name := v.Register(t).Must(t, 200).Text("displayName")
			for range 3 {
				if got := v.Login(t).Must(t, 200).Text("displayName"); got != name {
					t.Errorf("signed in as %q, want %q", got, name)
				}
			}
		})
	}
}

// WebAuthn L3 §7.1, by its steps.
func TestARegistrationIsRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	taken := alice.Authenticator.Passkeys[0].ID
	for _, test := range []struct {
		name string
		code string
		edit func(*authtest.Registration)
	}{
		{"(7) type of a sign-in", "", func(r *authtest.Registration) { r.ClientData["type"] = "webauthn.get" }},
		{"(8) another challenge", "", func(r *authtest.Registration) { r.ClientData["challenge"] = authtest.Encode(make([]byte, 32)) }},
		{"(8) no challenge", "", func(r *authtest.Registration) { delete(r.ClientData, "challenge") }},
		{"(9) the frame origin", "", func(r *authtest.Registration) { r.ClientData["origin"] = site.FrameOrigin }},
		{"(9) the tenant's origin", "", func(r *authtest.Registration) { r.ClientData["origin"] = "https://shop.example" }},
		{"(9) our host on another port", "", func(r *authtest.Registration) { r.ClientData["origin"] = "http://aside.localhost:1" }},
		{"(9) a host below ours", "", func(r *authtest.Registration) {
			r.ClientData["origin"] = strings.Replace(site.AccountOrigin, "//", "//x.", 1)
		}},
		{"(9) no origin", "", func(r *authtest.Registration) { delete(r.ClientData, "origin") }},
		{"(10) in a frame on somebody's page", "", func(r *authtest.Registration) { r.ClientData["crossOrigin"] = true }},
		{"(11) with a top origin", "", func(r *authtest.Registration) { r.ClientData["topOrigin"] = "https://shop.example" }},
		{"(14) the frame's RP ID", "", func(r *authtest.Registration) { r.Data.RPIDHash = authtest.RPIDHash("aside-frame.localhost") }},
		{"(15) nobody was there", "", func(r *authtest.Registration) { r.Data.Flags &^= authtest.UserPresent }},
		{"(16) nobody was verified", "", func(r *authtest.Registration) { r.Data.Flags &^= authtest.UserVerified }},
		{"(17) backed up and not eligible", "", func(r *authtest.Registration) { r.Data.Flags &^= authtest.BackupEligible }},
		{"(20) an algorithm that nobody offered", "", func(r *authtest.Registration) { r.Data.PublicKey[3] = -47 }},
		{"a key of another curve", "", func(r *authtest.Registration) { r.Data.PublicKey[-1] = 8 }},
		{"a key beside the curve", "", func(r *authtest.Registration) { r.Data.PublicKey[-3] = r.Data.PublicKey[-2] }},
		{"no key", "", func(r *authtest.Registration) { r.Data.PublicKey = nil }},
		{"(23) an attestation that is empty", "", func(r *authtest.Registration) { r.Format = "packed" }},
		{"(23) an attestation of an unknown kind", "", func(r *authtest.Registration) { r.Format = "mine" }},
		{"(23) none, with a statement", "", func(r *authtest.Registration) { r.Statement["sig"] = []byte{1} }},
		{"(25) a credential id that is too long", "", func(r *authtest.Registration) { r.Passkey.ID = make([]byte, 1024); r.Data.CredentialID = r.Passkey.ID }},
		{"(26) a credential id that is taken", "passkey_known", func(r *authtest.Registration) { r.Passkey.ID, r.Data.CredentialID = taken, taken }},
		{"another id than the signed one", "", func(r *authtest.Registration) { r.Data.CredentialID = make([]byte, 32) }},
		{"not a public key", "", func(r *authtest.Registration) { r.JSON = func(c map[string]any) { c["type"] = "password" } }},
		{"id and rawId differ", "", func(r *authtest.Registration) {
			r.JSON = func(c map[string]any) { c["id"] = authtest.Encode(make([]byte, 32)) }
		}},
		{"nothing in it", "", func(r *authtest.Registration) { r.JSON = func(c map[string]any) { clear(c) } }},
		{"bytes after the data", "", func(r *authtest.Registration) { r.Data.Tail = []byte{1, 2, 3} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			code := test.code
			if code == "" {
				code = "passkey_refused"
			}
			newcomer := site.Visitor(t, alice.Tenant)
			newcomer.Register(t, test.edit).Refused(t, 400, code)
			if _, signedIn := newcomer.Cookies["__Host-aside"]; signedIn {
				t.Error("and yet there is an account session")
			}
		})
	}
}

// WebAuthn L3 §7.2, by its steps.
func TestASignInIsRefused(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice, bob := site.Visitor(t, shop), site.Visitor(t, shop)
	alice.Register(t).Must(t, 200)
	bob.Register(t).Must(t, 200)
	clear(alice.Cookies)
	bobs := bob.Authenticator.Passkeys[0]
	for _, test := range []struct {
		name   string
		status int
		code   string
		edit   func(*authtest.Login)
	}{
		{"(6) a handle that nobody has", 404, "passkey_unknown", func(l *authtest.Login) { l.UserHandle = make([]byte, 64) }},
		{"(6) no handle", 400, "passkey_refused", func(l *authtest.Login) { l.UserHandle = nil }},
		{"(6) another's handle with one's own passkey", 404, "passkey_unknown", func(l *authtest.Login) { l.UserHandle = bobs.Handle }},
		{"(6) another's passkey with one's own handle", 404, "passkey_unknown", func(l *authtest.Login) { l.Passkey, l.Sign = bobs, bobs.Sign }},
		{"(6) another's passkey and handle, signed with one's own", 400, "passkey_refused", func(l *authtest.Login) { l.Passkey, l.UserHandle = bobs, bobs.Handle }},
		{"(10) type of a registration", 400, "passkey_refused", func(l *authtest.Login) { l.ClientData["type"] = "webauthn.create" }},
		{"(11) another challenge", 400, "passkey_refused", func(l *authtest.Login) { l.ClientData["challenge"] = authtest.Encode(make([]byte, 32)) }},
		{"(12) the frame origin", 400, "passkey_refused", func(l *authtest.Login) { l.ClientData["origin"] = site.FrameOrigin }},
		{"(12) the tenant's origin", 400, "passkey_refused", func(l *authtest.Login) { l.ClientData["origin"] = "https://shop.example" }},
		{"(13) in a frame on somebody's page", 400, "passkey_refused", func(l *authtest.Login) { l.ClientData["crossOrigin"] = true }},
		{"(15) the frame's RP ID", 400, "passkey_refused", func(l *authtest.Login) { l.Data.RPIDHash = authtest.RPIDHash("aside-frame.localhost") }},
		{"(16) nobody was there", 400, "passkey_refused", func(l *authtest.Login) { l.Data.Flags &^= authtest.UserPresent }},
		{"(17) nobody was verified", 400, "passkey_refused", func(l *authtest.Login) { l.Data.Flags &^= authtest.UserVerified }},
		{"(18) backed up and not eligible", 400, "passkey_changed", func(l *authtest.Login) { l.Data.Flags &^= authtest.BackupEligible }},
		{"(19) no longer eligible for backup", 400, "passkey_changed", func(l *authtest.Login) { l.Data.Flags &^= authtest.BackupEligible | authtest.BackedUp }},
		{"(21) a signature of something else", 400, "passkey_refused", func(l *authtest.Login) {
			l.Sign = func([]byte) []byte { return l.Passkey.Sign([]byte("something else")) }
		}},
		{"(21) no signature", 400, "passkey_refused", func(l *authtest.Login) { l.Sign = func([]byte) []byte { return nil } }},
		{"not a public key", 400, "passkey_refused", func(l *authtest.Login) { l.JSON = func(c map[string]any) { c["type"] = "password" } }},
		{"nothing in it", 400, "passkey_refused", func(l *authtest.Login) { l.JSON = func(c map[string]any) { clear(c) } }},
	} {
		t.Run(test.name, func(t *testing.T) {
			alice.Login(t, test.edit).Refused(t, test.status, test.code)
			if _, signedIn := alice.Cookies["__Host-aside"]; signedIn {
				t.Error("and yet there is an account session")
			}
		})
	}
	alice.Login(t).Must(t, 200)
}

// WebAuthn L3 §7.2 step 22: a counter that does not increase indicates a clone. It is refused, and the
// operator's log says so.
func TestACounterThatGoesBackIsRefused(t *testing.T) {
	var log bytes.Buffer
	site := authtest.Start(t, authtest.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Authenticator.Flags, alice.Authenticator.Counts = authtest.UserPresent|authtest.UserVerified, true
	alice.Register(t).Must(t, 200)
	count := func(n uint32) func(*authtest.Login) { return func(l *authtest.Login) { l.Data.SignCount = n } }
	alice.Login(t, count(7)).Must(t, 200)
	for _, n := range []uint32{7, 6, 1, 0} {
		alice.Login(t, count(n)).Refused(t, 400, "passkey_refused")
	}
	if !strings.Contains(log.String(), "signature counter went back") {
		t.Errorf("the log says nothing of it:\n%s", log.String())
	}
	alice.Login(t, count(8)).Must(t, 200) // refused sign-ins do not change the stored counter
}

// A removed passkey can't sign in, even if the ceremony began before.
func TestRemovedPasskeyIsRefused(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	o := alice.Begin(t, "login")
	site.Exec(t, `DELETE FROM passkeys`)
	alice.Finish(t, "login", o.Ceremony, alice.Authenticator.Login(t, o.Options)).Refused(t, 404, "passkey_unknown")
}
