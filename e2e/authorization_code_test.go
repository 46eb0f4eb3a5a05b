package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

// The parameters of an authorization response are removed from the address of our own page before anything else can read or
// store them. This holds for an unsolicited response, one without a state, an error, and a suspended tenant.
func TestNoCodeStaysInTheAddress(t *testing.T) {
	t.Parallel()
	a := start(t)
	store := a.database(t)
	suspended, err := store.CreateTenant(t.Context(), "Closed", nil)
	must(t, err)
	_, err = store.Suspend(t.Context(), db.Operator(suspended.Key))
	must(t, err)
	p := newPerson(t)
	for name, query := range map[string]url.Values{
		"a code alone":               {"code": {"canary"}},
		"a code with its issuer":     {"code": {"canary"}, "iss": {a.account}},
		"a code with an empty state": {"code": {"canary"}, "state": {""}},
		"a foreign answer":           {"code": {"canary"}, "state": {"foreign"}, "iss": {a.account}},
		"an error":                   {"error": {"access_denied"}, "state": {"canary"}},
		"an error alone":             {"error": {"canary"}},
	} {
		for _, tenant := range []string{"t_demo", suspended.Key} {
			w := p.visit(a.frame + "/embed/" + tenant + "?" + query.Encode())
			w.wait(name+" to be taken out of the address", func() bool {
				return evaluate[string](w, `location.href`) == a.frame+"/embed/"+tenant
			})
			w.wait("a page", func() bool { return strings.TrimSpace(w.text()) != "" })
		}
	}
}
