package auth_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

func TestCeremonyOptions(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	var creation struct {
		Challenge, Attestation string
		RP                     struct{ ID string }
		User                   struct{ ID, Name, DisplayName string }
		PubKeyCredParams       []struct{ Alg int }
		AuthenticatorSelection struct{ ResidentKey, UserVerification string }
	}
	offered := alice.Begin(t, "registration")
	decode(t, offered.Options, &creation)
	if n := len(offered.Ceremony); n > 2<<10 { // the browser sends it back
		t.Errorf("the ceremony has %d characters", n)
	}
	s := creation.AuthenticatorSelection
	if creation.RP.ID != "aside.localhost" || s.ResidentKey != "required" || s.UserVerification != "required" || creation.Attestation != "none" {
		t.Errorf("registration asks for %+v", creation)
	}
	if len(creation.User.ID) != 86 { // 64 bytes (WebAuthn L3 §5.4.3); random, nothing about the person (§14.6.1)
		t.Errorf("the user handle is %q", creation.User.ID)
	}
	if len(creation.Challenge) < 22 { // 16 bytes (§13.4.3)
		t.Errorf("the challenge is %q", creation.Challenge)
	}
	var request struct {
		Challenge, RPID, UserVerification string
		AllowCredentials                  []any
	}
	decode(t, alice.Begin(t, "login").Options, &request)
	if request.RPID != "aside.localhost" || request.UserVerification != "required" || len(request.AllowCredentials) != 0 {
		t.Errorf("a sign-in asks for %+v", request)
	}

	// Random values differ each time.
	var again struct {
		Challenge string
		User      struct{ ID string }
	}
	decode(t, alice.Begin(t, "registration").Options, &again)
	if again.Challenge == creation.Challenge || again.User.ID == creation.User.ID {
		t.Error("two registrations share a challenge or a handle")
	}
}

// A ceremony accepts one answer of its kind, from the same browser, in time (WebAuthn L3 §13.4.3).
func TestCeremonyIsAnsweredOnce(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.Register(t).Must(t, 200)
	answer := func(t *testing.T, kind string, o authtest.CeremonyOptions) json.RawMessage {
		t.Helper()
		if kind == "login" {
			return alice.Authenticator.Login(t, o.Options)
		}
		return authtest.NewAuthenticator(site.AccountOrigin).Register(t, o.Options)
	}
	for _, kind := range []string{"registration", "login"} {
		t.Run(kind+" answered twice", func(t *testing.T) {
			o := alice.Begin(t, kind)
			credential := answer(t, kind, o)
			alice.Finish(t, kind, o.Ceremony, credential).Must(t, 200)
			alice.Finish(t, kind, o.Ceremony, credential).Refused(t, 410, "ceremony_expired")
		})
		t.Run(kind+" answered eight times at once", func(t *testing.T) {
			o := alice.Begin(t, kind)
			credential := answer(t, kind, o)
			statuses := authtest.InParallel(8, func(int) int {
				again := *alice
				again.Cookies = cloneCookies(alice.Cookies)
				return again.Finish(t, kind, o.Ceremony, credential).Status
			})
			if statuses[200] != 1 || statuses[410] != 7 {
				t.Errorf("the answers are %v", statuses)
			}
			clear(alice.Cookies)
		})
		t.Run(kind+" has no second try", func(t *testing.T) {
			o := alice.Begin(t, kind)
			credential := answer(t, kind, o)
			alice.Finish(t, kind, o.Ceremony, json.RawMessage(`{}`)).Refused(t, 400, "passkey_refused")
			alice.Finish(t, kind, o.Ceremony, credential).Refused(t, 410, "ceremony_expired")
		})
		t.Run(kind+" in another browser", func(t *testing.T) {
			o := alice.Begin(t, kind)
			credential := answer(t, kind, o)
			mallory := site.Visitor(t, shop)
			mallory.Begin(t, kind) // has another browser id
			mallory.Finish(t, kind, o.Ceremony, credential).Refused(t, 410, "ceremony_expired")
			clear(mallory.Cookies)
			mallory.Finish(t, kind, o.Ceremony, credential).Refused(t, 410, "ceremony_expired")
		})
		t.Run(kind+" that never began", func(t *testing.T) {
			credential := answer(t, kind, alice.Begin(t, kind))
			alice.Finish(t, kind, "made-up", credential).Refused(t, 410, "ceremony_expired")
			alice.Finish(t, kind, "", credential).Refused(t, 410, "ceremony_expired")
		})
	}
	t.Run("the two kinds don't mix", func(t *testing.T) {
		registration, login := alice.Begin(t, "registration"), alice.Begin(t, "login")
		alice.Finish(t, "login", registration.Ceremony, answer(t, "registration", registration)).Refused(t, 410, "ceremony_expired")
		alice.Finish(t, "registration", login.Ceremony, answer(t, "login", login)).Refused(t, 410, "ceremony_expired")
		alice.Finish(t, "login", login.Ceremony, answer(t, "registration", registration)).Refused(t, 400, "passkey_refused")
	})
	t.Run("a body of unreasonable size", func(t *testing.T) {
		o := alice.Begin(t, "login")
		alice.Finish(t, "login", o.Ceremony, answer(t, "login", o), func(c *authtest.Call) {
			c.JSON.(map[string]any)["padding"] = strings.Repeat("x", 80<<10)
		}).Refused(t, 400, "passkey_refused")
	})
}

func decode(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}
