package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// The alternative designs that concern the account origin and the company's bill.

func testAccountSite(t *testing.T, a *aside) {
	first, second := a.company(t, "The Paper", "paper.localhost", optional), a.company(t, "The Other", "other.localhost", optional)
	alice := first.visitor(t)
	alice.SignUp(t)
	write(t, alice, "at the paper")
	alice.Tenant, alice.EmbedOrigin = second.Tenant, second.EmbedOrigins[0]
	alice.SignUp(t)
	write(t, alice, "at the other")

	// Another browser, with the passkey and without any company's page.
	again := first.visitor(t)
	if got := again.Account(t, `{ notes { edges { node { title } } } }`).Body; strings.Contains(got, "at the") {
		t.Errorf("without signing in there is %s", got)
	}
	again.Authenticator = alice.Authenticator
	again.Login(t).Must(t, http.StatusOK)
	got := again.Account(t, `{ notes(orderBy: CREATED_DESC) { edges { node { title tenant { name } } } } }`).Must(t, http.StatusOK).Body
	if want := `{"data":{"notes":{"edges":[{"node":{"title":"at the other","tenant":{"name":"The Other"}}},{"node":{"title":"at the paper","tenant":{"name":"The Paper"}}}]}}}`; got != want {
		t.Errorf("her own site shows %s", got)
	}

	// The same holds for its page.
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "spring harvest")
	w := p.account(a, "/notes")
	w.sees("Oolong")
	w.sees("Hillside Tea")
}

func testUsage(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	quiet := a.company(t, "The Other", "other.localhost", optional)
	for _, titles := range [][]string{{"one", "two"}, {"three"}, {}} {
		v := c.visitor(t)
		v.SignUp(t)
		for _, title := range titles {
			write(t, v, title)
		}
		read(t, v)
	}
	c.visitor(t).Push(t).Must(t, http.StatusCreated) // a visitor without a session is not billed
	month := time.Now().UTC().Format("2006-01")
	for tenant, want := range map[string]string{c.Key: month + ",3,3,6", quiet.Key: month + ",0,0,0"} {
		var out string
		if !poll(t.Context(), func() (found bool) {
			var err error
			out, err = a.runCommand(t, "tenant", "usage", tenant, "--csv", "--by", "month")
			must(t, err)
			return strings.Contains(out, tenant+","+want+"\n")
		}) {
			t.Errorf("the bill is %s, not %s", out, want)
		}
	}
}
