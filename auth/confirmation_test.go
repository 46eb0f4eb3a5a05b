package auth_test

import (
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// expireConfirmation lets all confirmations expire.
func expireConfirmation(t *testing.T, site *authtest.Site) {
	t.Helper()
	site.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes'`)
}

// confirmed reports whether the visitor's session has a confirmation.
func confirmed(t *testing.T, v *authtest.Visitor) bool {
	t.Helper()
	answer := v.TryBegin(t, "addition", nil)
	if answer.Status != 200 {
		answer.Refused(t, 403, "confirmation_required")
	}
	return answer.Status == 200
}

func TestASessionIsConfirmedForFiveMinutes(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	for name, act := range map[string]func(){
		"a new account":  func() { alice.Register(t).Must(t, 200) },
		"a sign-in":      func() { alice.Login(t).Must(t, 200) },
		"a confirmation": func() { alice.Confirm(t).Must(t, 200) },
	} {
		if name != "a new account" && len(alice.Cookies) == 0 {
			alice.Register(t).Must(t, 200)
		}
		act()
		if !confirmed(t, alice) {
			t.Errorf("%s does not confirm", name)
		}
		expireConfirmation(t, site)
		if confirmed(t, alice) {
			t.Errorf("five minutes after %s the session still is confirmed", name)
		}
	}
	clear(alice.Cookies)
	alice.TryBegin(t, "confirmation", nil).Refused(t, 401, "unauthenticated")
	alice.TryBegin(t, "addition", nil).Refused(t, 401, "unauthenticated")
}

// GHSA-hp74-gm6m-2qm5: a confirmation requires a passkey of the same account, user verification, and the
// same browser and session.
func TestAConfirmationIsRefused(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice, mallory := site.Visitor(t, shop), site.Visitor(t, shop)
	alice.Register(t).Must(t, 200)
	mallory.Register(t).Must(t, 200)
	expireConfirmation(t, site)
	theirs := mallory.Authenticator.Passkeys[0]
	own := alice.Authenticator.Passkeys[0]

	for name, edit := range map[string]func(*authtest.Login){
		"with another account's passkey": func(l *authtest.Login) {
			l.Passkey, l.Sign, l.UserHandle = theirs, theirs.Sign, theirs.Handle
		},
		"with another account's passkey and one's own handle": func(l *authtest.Login) {
			l.Passkey, l.Sign = theirs, theirs.Sign
		},
		"with another account's passkey and no handle": func(l *authtest.Login) {
			l.Passkey, l.Sign, l.UserHandle = theirs, theirs.Sign, nil
		},
		"signed by another passkey":  func(l *authtest.Login) { l.Sign = theirs.Sign },
		"without user verification":  func(l *authtest.Login) { l.Data.Flags &^= authtest.UserVerified },
		"with a registration's type": func(l *authtest.Login) { l.ClientData["type"] = "webauthn.create" },
		"from the frame origin":      func(l *authtest.Login) { l.ClientData["origin"] = site.FrameOrigin },
	} {
		alice.Confirm(t, edit).Refused(t, 400, "passkey_refused")
		if confirmed(t, alice) {
			t.Fatalf("confirmed %s", name)
		}
	}

	t.Run("by a ceremony of another session", func(t *testing.T) {
		o := mallory.Begin(t, "confirmation")
		answer := mallory.Authenticator.Login(t, o.Options)
		// Alice signs in in Mallory's browser between the two requests: the browser id is the same.
		browser := mallory.Cookies[browserCookie]
		mallory.Cookies = cloneCookies(alice.Cookies)
		mallory.Cookies[browserCookie] = browser
		mallory.Finish(t, "confirmation", o.Ceremony, answer).Refused(t, 410, "ceremony_expired")
	})
	t.Run("by a ceremony of another kind", func(t *testing.T) {
		o := alice.Begin(t, "login")
		alice.Finish(t, "confirmation", o.Ceremony, alice.Authenticator.Login(t, o.Options)).Refused(t, 410, "ceremony_expired")
		o = alice.Begin(t, "confirmation")
		alice.Finish(t, "login", o.Ceremony, alice.Authenticator.Login(t, o.Options)).Refused(t, 410, "ceremony_expired")
	})
	t.Run("with a counter that went back", func(t *testing.T) {
		own.SignCount = 7
		alice.Confirm(t).Must(t, 200)
		expireConfirmation(t, site)
		own.SignCount = 3
		alice.Confirm(t).Refused(t, 400, "passkey_refused")
	})
	t.Run("with a passkey that was removed meanwhile", func(t *testing.T) {
		o := alice.Begin(t, "confirmation")
		site.Exec(t, `DELETE FROM passkeys WHERE credential_id = $1`, own.ID)
		alice.Finish(t, "confirmation", o.Ceremony, alice.Authenticator.Login(t, o.Options)).Refused(t, 400, "passkey_refused")
		alice.TryBegin(t, "confirmation", nil).Refused(t, 409, "no_passkey")
	})
	if confirmed(t, alice) {
		t.Error("the session was confirmed after all")
	}
}
