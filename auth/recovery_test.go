package auth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// recoveryCodes generates recovery codes for the visitor's account.
func recoveryCodes(t *testing.T, v *authtest.Visitor) []string {
	t.Helper()
	session, err := v.Site.Auth.AccountSession(requestOf(t, v))
	if err != nil || session == nil {
		t.Fatalf("nobody is signed in: %v", err)
	}
	codes, err := v.Site.DB.RegenerateRecoveryCodes(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

// requestOf returns a request with the visitor's cookies.
func requestOf(t *testing.T, v *authtest.Visitor) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.Site.AccountOrigin, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, cookie := range v.Cookies {
		r.Header.Add("Cookie", name+"="+cookie.Value)
	}
	return r
}

// codeBody returns a body of POST /passkeys/recovery with a code.
func codeBody(code string) any { return map[string]string{"code": code} }

// beginRecovery begins a recovery, which must be accepted.
func beginRecovery(t *testing.T, v *authtest.Visitor, code string) (o authtest.CeremonyOptions) {
	t.Helper()
	v.TryBegin(t, "recovery", codeBody(code)).Must(t, 200).JSON(t, &o)
	return o
}

func TestRecoveryCodeCreatesPasskey(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.SignUp(t)
	name := displayName(t, alice)
	code := recoveryCodes(t, alice)[0]

	// On a new device, the person cancels the first prompt and completes the second.
	phone := site.Visitor(t, shop)
	beginRecovery(t, phone, code)
	o := beginRecovery(t, phone, code)
	var options struct {
		ExcludeCredentials []struct{ ID string }
		User               struct{ ID, DisplayName string }
	}
	if err := json.Unmarshal(o.Options, &options); err != nil {
		t.Fatal(err)
	}
	lost := alice.Authenticator.Passkeys[0]
	if options.User.ID != authtest.Encode(lost.Handle) || options.User.DisplayName != name || len(options.ExcludeCredentials) != 1 {
		t.Errorf("the device is asked for %+v", options)
	}
	phone.Finish(t, "recovery", o.Ceremony, phone.Authenticator.Register(t, o.Options, func(r *authtest.Registration) {
		r.Data.Flags &^= authtest.UserVerified
	})).Refused(t, 400, "passkey_refused")
	o = beginRecovery(t, phone, code) // that did not use the code up either
	if got := phone.Finish(t, "recovery", o.Ceremony, phone.Authenticator.Register(t, o.Options)).Must(t, 200).Text("displayName"); got != name {
		t.Errorf("recovered %q, want %q", got, name)
	}
	if got := displayName(t, phone); got != name {
		t.Errorf("the new device is %q", got)
	}

	// All earlier sessions have ended.
	whoami(t, alice).Refused(t, 401, "invalid_token")
	if got := displayName(t, alice); got != "" {
		t.Errorf("the old browser is %q", got)
	}
	// The new passkey signs in, the code is used up, and a recovery is not a confirmation.
	if confirmed(t, phone) {
		t.Error("a code counts as a fresh passkey")
	}
	phone.Confirm(t).Must(t, 200)
	if !confirmed(t, phone) {
		t.Error("the new passkey does not confirm")
	}
	site.Visitor(t, shop).TryBegin(t, "recovery", codeBody(code)).Refused(t, 400, "recovery_refused")
}

func TestARecoveryIsRefused(t *testing.T) {
	site := authtest.Start(t, authtest.Options{Rates: 1})
	shop := site.Tenant(t, "Shop")
	alice, mallory := site.Visitor(t, shop), site.Visitor(t, shop)
	alice.Register(t).Must(t, 200)
	all := recoveryCodes(t, alice)

	unknown := mallory.TryBegin(t, "recovery", codeBody("0000-0000-0000-0000-0000-0000-0000-0000"))
	wrong := mallory.TryBegin(t, "recovery", codeBody(all[0][:7]+all[1][7:]))
	unknown.Refused(t, 400, "recovery_refused")
	if unknown.Body != wrong.Body || fmt.Sprint(headers(unknown)) != fmt.Sprint(headers(wrong)) {
		t.Errorf("an unknown locator is answered %v %s, a wrong code %v %s", headers(unknown), unknown.Body, headers(wrong), wrong.Body)
	}
	for range 4 {
		mallory.TryBegin(t, "recovery", codeBody(all[0][:7]+all[1][7:])).Refused(t, 400, "recovery_refused")
	}
	mallory.TryBegin(t, "recovery", codeBody(all[0][:7]+all[1][7:])).Refused(t, 429, "rate_limited")
	beginRecovery(t, alice, all[0]) // guesses with the code's locator do not block the code

	t.Run("with no code", func(t *testing.T) {
		mallory.TryBegin(t, "recovery", nil).Refused(t, 400, "invalid_request")
		mallory.TryBegin(t, "recovery", map[string]any{"code": []int{1}}).Refused(t, 400, "invalid_request")
	})
	t.Run("in another browser than it began in", func(t *testing.T) {
		o := beginRecovery(t, alice, all[1])
		mallory.Finish(t, "recovery", o.Ceremony, mallory.Authenticator.Register(t, o.Options)).Refused(t, 410, "ceremony_expired")
	})
	t.Run("with a code that was replaced meanwhile", func(t *testing.T) {
		o := beginRecovery(t, mallory, all[2])
		all = recoveryCodes(t, alice)
		mallory.Finish(t, "recovery", o.Ceremony, mallory.Authenticator.Register(t, o.Options)).Refused(t, 400, "recovery_refused")
	})
	t.Run("with a code that was used meanwhile", func(t *testing.T) {
		one, two := beginRecovery(t, mallory, all[3]), beginRecovery(t, mallory, all[3])
		mallory.Finish(t, "recovery", one.Ceremony, mallory.Authenticator.Register(t, one.Options)).Must(t, 200)
		mallory.Finish(t, "recovery", two.Ceremony, mallory.Authenticator.Register(t, two.Options)).Refused(t, 400, "recovery_refused")
	})
	t.Run("by a ceremony of another kind", func(t *testing.T) {
		o := mallory.Begin(t, "registration")
		mallory.Finish(t, "recovery", o.Ceremony, mallory.Authenticator.Register(t, o.Options)).Refused(t, 410, "ceremony_expired")
		o = beginRecovery(t, mallory, all[4])
		mallory.Finish(t, "registration", o.Ceremony, mallory.Authenticator.Register(t, o.Options)).Refused(t, 410, "ceremony_expired")
	})
}

// headers returns the headers of an answer that could reveal something.
func headers(a *authtest.Answer) http.Header {
	h := a.Header.Clone()
	h.Del("Date")
	return h
}

// An operator's link works like a code, at the same endpoint.
func TestOperatorLinkCreatesPasskey(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	name := alice.Register(t).Must(t, 200).Text("displayName")
	session, err := site.Auth.AccountSession(requestOf(t, alice))
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := site.DB.NewRecoveryLink(t.Context(), session.UserID)
	if err != nil {
		t.Fatal(err)
	}
	phone := site.Visitor(t, alice.Tenant)
	phone.TryBegin(t, "recovery", codeBody(token)).Refused(t, 400, "recovery_refused") // a token is not a code
	var o authtest.CeremonyOptions
	phone.TryBegin(t, "recovery", linkBody{Link: token}).Must(t, 200).JSON(t, &o)
	if got := phone.Finish(t, "recovery", o.Ceremony, phone.Authenticator.Register(t, o.Options)).Must(t, 200).Text("displayName"); got != name {
		t.Errorf("recovered %q, want %q", got, name)
	}
	if confirmed(t, phone) {
		t.Error("a link counts as a fresh passkey")
	}
	phone.TryBegin(t, "recovery", linkBody{Link: token}).Refused(t, 400, "recovery_refused")
}

// A linkBody is a body of POST /passkeys/recovery with an operator's token.
type linkBody struct {
	Link    string `json:"link"`
	Code    string `json:"code,omitempty"`
	Instead bool   `json:"instead,omitempty"`
}

// operatorLink creates an operator's link for the visitor's account.
func operatorLink(t *testing.T, v *authtest.Visitor) string {
	t.Helper()
	session, err := v.Site.Auth.AccountSession(requestOf(t, v))
	if err != nil || session == nil {
		t.Fatalf("nobody is signed in: %v", err)
	}
	token, _, err := v.Site.DB.NewRecoveryLink(t.Context(), session.UserID)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// An attacker can't send their own recovery code as a link, to lead a person into the attacker's account:
// both endpoints accept only an operator's token in a link.
func TestRecoveryCodeIsRefusedInALink(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	mallory, alice := site.Visitor(t, shop), site.Visitor(t, shop)
	mallory.Register(t).Must(t, 200)
	code := recoveryCodes(t, mallory)[0]
	for _, kind := range []string{"recovery", "recovery/account"} {
		for _, token := range []string{code, strings.ReplaceAll(code, "-", ""), "rl_" + code, "rl_" + strings.ReplaceAll(code, "-", "")} {
			alice.TryBegin(t, kind, linkBody{Link: token}).Refused(t, 400, "recovery_refused")
		}
		alice.TryBegin(t, kind, linkBody{Link: operatorLink(t, mallory), Code: code}).Refused(t, 400, "invalid_request")
	}
}

// The person sees the account before anything happens. If another account is signed in, they leave it
// only by choice.
func TestRecoveryShowsTheAccountFirst(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	mallory, alice, nobody := site.Visitor(t, shop), site.Visitor(t, shop), site.Visitor(t, shop)
	stranger := mallory.Register(t).Must(t, 200).Text("displayName")
	alice.Register(t).Must(t, 200)
	code := recoveryCodes(t, mallory)[0]
	token := operatorLink(t, mallory)
	for name, body := range map[string]map[string]any{"a code": {"code": code}, "a link": {"link": token}} {
		t.Run(name, func(t *testing.T) {
			type account struct {
				DisplayName, SignedInAs string
				CreatedAt               time.Time
				Passkeys                int
			}
			for _, test := range []struct {
				who   *authtest.Visitor
				other string
			}{{nobody, ""}, {mallory, ""}, {alice, displayName(t, alice)}} {
				var got account
				test.who.TryBegin(t, "recovery/account", body).Must(t, 200).JSON(t, &got)
				if got.DisplayName != stranger || got.SignedInAs != test.other || got.Passkeys != 1 || time.Since(got.CreatedAt) > time.Hour {
					t.Errorf("it is named %+v, want %s, beside %q", got, stranger, test.other)
				}
			}
			alice.TryBegin(t, "recovery", body).Refused(t, 409, "signed_in_as_other")
			nobody.TryBegin(t, "recovery", body).Must(t, 200)

			// The same if another account signs in during the prompt.
			late := site.Visitor(t, shop)
			var o authtest.CeremonyOptions
			late.TryBegin(t, "recovery", body).Must(t, 200).JSON(t, &o)
			late.Register(t).Must(t, 200)
			mine := displayName(t, late)
			late.Finish(t, "recovery", o.Ceremony, late.Authenticator.Register(t, o.Options)).Refused(t, 409, "signed_in_as_other")
			if got := displayName(t, late); got != mine {
				t.Errorf("%s has become %s", mine, got)
			}
		})
	}
	var o authtest.CeremonyOptions
	alice.TryBegin(t, "recovery", linkBody{Link: token, Instead: true}).Must(t, 200).JSON(t, &o)
	alice.Finish(t, "recovery", o.Ceremony, alice.Authenticator.Register(t, o.Options)).Must(t, 200)
	if got := displayName(t, alice); got != stranger {
		t.Errorf("the person who chose to leave is %s, not %s", got, stranger)
	}
}
