package auth_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The popup shows by Vouched who can read the notes. It is true for an asserted visitor with a vouched
// account, until that has a passkey.
func TestInteractionSaysWhoCanReadTheNotes(t *testing.T) {
	site := shared(t)
	shop, other := site.Tenant(t, "Shop"), site.Tenant(t, "Other")
	alice := site.Visitor(t, shop)
	for _, tenant := range []*db.Tenant{shop, other} {
		_, err := site.DB.UpdateTenant(t.Context(), db.Operator(tenant.Key), dbtest.Policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true}))
		must(t, err)
	}
	vouch := func(tenant *db.Tenant, subject string) {
		var token db.TokenHash
		_, _ = rand.Read(token[:])
		_, err := site.DB.GrantVouched(t.Context(), tenant.Key, db.Subject{ID: subject}, site.VouchingEvidence(t, tenant.Key), alice.Key.Thumbprint(), alice.EmbedOrigin,
			db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour})
		must(t, err)
	}
	opened := func(subject string) *auth.Interaction {
		if subject == "" {
			return alice.Interaction(t)
		}
		handle := rand.Text()
		must(t, site.DB.StoreIdentityHandle(t.Context(), db.HashToken(handle), shop.Key, db.Subject{ID: subject}, alice.Key.Thumbprint(), site.Evidence(t, shop.Key), time.Minute))
		return alice.Interaction(t, authtest.Param("identity_handle", handle))
	}
	step := func(state, subject string, want bool) *auth.Interaction {
		t.Helper()
		i := opened(subject)
		if i.Vouched != want {
			t.Errorf("%s: the tenant can read the notes: %v", state, i.Vouched)
		}
		return i
	}

	step("nobody is named", "", false)
	step("a visitor who has no notes yet", "joe", false)
	vouch(other, "joe")
	step("of the same name at another tenant", "joe", false)
	vouch(shop, "joe")
	step("another visitor has", "noor", false)
	step("nobody is named, and a visitor has", "", false)
	i := step("a visitor with a vouched account", "joe", true)

	alice.Register(t).Must(t, 200)
	alice.Decide(t, i.ID, "allow").Must(t, 200)
	delete(alice.Cookies, accountCookie)
	i = step("later, when the window was closed instead of linking", "joe", true)
	alice.Login(t).Must(t, 200) // the new passkey opens the account, and the notes still come along
	if next := alice.Decide(t, i.ID, "continue").Must(t, 200); next.Text("next") != "consent" || !strings.Contains(next.Body, `"merges":true`) {
		t.Errorf("after the window was closed, the next step is %s", next.Body)
	}
	step("signed in, and not linked yet", "joe", true)
	alice.Decide(t, i.ID, "link").Must(t, 200)
	step("linked", "joe", false)
}
