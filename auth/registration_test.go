package auth_test

import (
	"encoding/json"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// The popup deletes an account that it has created if the person declines. By then, the browser may be signed in to another account, and
// the new one may have been used in another window: neither may be deleted.
func TestOnlyTheUnusedNewAccountIsUndone(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	register := func() string {
		var answer struct{ Key struct{ Passkey string } }
		alice.Register(t).JSON(t, &answer)
		return answer.Key.Passkey
	}
	undo := func(passkey string) *authtest.Answer {
		return alice.Post(t, "/passkeys/registration/undo", map[string]string{"passkey": passkey})
	}
	first := register()
	second := register() // in another window
	undo(first).Refused(t, 400, "refused")
	undo("").Refused(t, 400, "invalid_request")
	alice.Account(t, "{ viewer { id } }").Must(t, 200)
	undo(second).Must(t, 200)
	undo(second).Refused(t, 401, "unauthenticated")

	third := register()
	alice.Redeem(t, alice.Code(t)).Must(t, 200) // allows the tenant
	undo(third).Refused(t, 400, "refused")
	alice.Account(t, "{ viewer { id } }").Must(t, 200)
}

// A device with a passkey of the account that is signed in reports that, unless the person wants a second account.
func TestRegistrationExcludesTheSignedInPasskeys(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	excluded := func(second bool) int {
		var begun struct {
			Options struct{ ExcludeCredentials []struct{ ID string } }
		}
		alice.TryBegin(t, "registration", map[string]any{"name": "Alice", "second": second}).Must(t, 200).JSON(t, &begun)
		for _, c := range begun.Options.ExcludeCredentials {
			if c.ID != authtest.Encode(alice.Authenticator.Passkeys[0].ID) {
				t.Errorf("another passkey is excluded: %s", c.ID)
			}
		}
		return len(begun.Options.ExcludeCredentials)
	}
	if got := excluded(false); got != 0 {
		t.Errorf("signed out: %d passkeys are excluded", got)
	}
	alice.Register(t).Must(t, 200)
	if first, second := excluded(false), excluded(true); first != 1 || second != 0 {
		t.Errorf("signed in: %d passkeys are excluded, and for a second account %d", first, second)
	}
}

func TestASecondPasskeyOpensTheSameAccount(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	name := alice.Register(t).Must(t, 200).Text("displayName")

	var options struct {
		ExcludeCredentials []struct{ ID string }
		User               struct{ ID string }
	}
	if err := json.Unmarshal(alice.Begin(t, "addition").Options, &options); err != nil {
		t.Fatal(err)
	}
	first := alice.Authenticator.Passkeys[0]
	if len(options.ExcludeCredentials) != 1 || options.ExcludeCredentials[0].ID != authtest.Encode(first.ID) || options.User.ID != authtest.Encode(first.Handle) {
		t.Errorf("the device is asked for %+v", options)
	}
	if id := alice.Add(t).Must(t, 200).Text("id"); id == "" {
		t.Error("the answer names no passkey")
	}
	for range 2 { // with the second, then with the first
		clear(alice.Cookies)
		if got := alice.Login(t).Must(t, 200).Text("displayName"); got != name {
			t.Errorf("signed in as %q, want %q", got, name)
		}
		alice.Authenticator.Passkeys = alice.Authenticator.Passkeys[:1]
	}
}

// A page may ask for a passkey on a certain kind of device. In any case the passkey is discoverable and
// requires user verification.
func TestAdditionAsksForTheChosenDevice(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	for _, where := range []string{"", "platform", "cross-platform"} {
		var o struct {
			Options struct {
				AuthenticatorSelection struct{ AuthenticatorAttachment, ResidentKey, UserVerification string }
			}
		}
		alice.TryBegin(t, "addition", map[string]string{"attachment": where}).Must(t, 200).JSON(t, &o)
		if s := o.Options.AuthenticatorSelection; s.AuthenticatorAttachment != where || s.ResidentKey != "required" || s.UserVerification != "required" {
			t.Errorf("asked for %q it is %+v", where, s)
		}
	}
	alice.TryBegin(t, "addition", map[string]string{"attachment": "elsewhere"}).Refused(t, 400, "invalid_request")
	alice.TryBegin(t, "addition", []int{1}).Refused(t, 400, "invalid_request")
}

func TestAnAdditionIsRefused(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice, mallory := site.Visitor(t, shop), site.Visitor(t, shop)
	alice.Register(t).Must(t, 200)
	mallory.Register(t).Must(t, 200)
	taken := alice.Authenticator.Passkeys[0].ID

	mallory.Add(t, func(r *authtest.Registration) { r.Passkey.ID, r.Data.CredentialID = taken, taken }).Refused(t, 400, "passkey_known")
	mallory.Add(t, func(r *authtest.Registration) { r.Data.Flags &^= authtest.UserVerified }).Refused(t, 400, "passkey_refused")
	mallory.Add(t, func(r *authtest.Registration) { r.Data.PublicKey[-3] = r.Data.PublicKey[-2] }).Refused(t, 400, "passkey_refused")

	t.Run("by another account that signed in meanwhile", func(t *testing.T) {
		o := mallory.Begin(t, "addition")
		answer := mallory.Authenticator.Register(t, o.Options)
		browser := mallory.Cookies[browserCookie]
		mallory.Cookies = cloneCookies(alice.Cookies)
		mallory.Cookies[browserCookie] = browser
		mallory.Finish(t, "addition", o.Ceremony, answer).Refused(t, 410, "ceremony_expired")
	})
	t.Run("by a session that ended meanwhile", func(t *testing.T) {
		o := alice.Begin(t, "addition")
		site.Exec(t, `UPDATE sessions SET revoked_at = now()`)
		alice.Finish(t, "addition", o.Ceremony, alice.Authenticator.Register(t, o.Options)).Refused(t, 401, "unauthenticated")
	})
	t.Run("as the first of a new account", func(t *testing.T) {
		clear(alice.Cookies)
		o := alice.Begin(t, "registration")
		alice.Finish(t, "addition", o.Ceremony, alice.Authenticator.Register(t, o.Options)).Refused(t, 410, "ceremony_expired")
	})
	var passkeys int
	if err := site.Connect(t, site.Superuser()).QueryRow(t.Context(), `SELECT count(*) FROM passkeys`).Scan(&passkeys); err != nil || passkeys != 2 {
		t.Errorf("there are %d passkeys, %v", passkeys, err)
	}
}
