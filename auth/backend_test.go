package auth_test

import (
	"net/url"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// The tenant's backend may push a request of its own, with its own verifier and key: all that
// it needs to redeem a code, if it had one. In every mode, the code goes to A's frame origin
// in the visitor's browser, and nothing else that the backend holds becomes a token.
func TestATenantsBackendThatPushesTheRequestObtainsNoCode(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.SignUp(t) // consent is long given
	for _, mode := range []string{"web_message", "query"} {
		t.Run(mode, func(t *testing.T) {
			backend := site.Visitor(t, shop)
			backend.ResponseMode = mode
			uri := backend.RequestURI(t)

			// It sends Alice there; she continues.
			var i struct{ ID, FrameOrigin string }
			alice.Open(t, uri).Must(t, 200).JSON(t, &i)
			step := alice.Decide(t, i.ID, "continue").Must(t, 200)

			switch mode {
			case "web_message": // the popup posts to this origin alone, whoever its opener is
				if i.FrameOrigin != site.FrameOrigin || step.Text("next") != "respond" || step.Text("location") != "" {
					t.Errorf("the popup posts to %s: %s", i.FrameOrigin, step.Body)
				}
			case "query":
				if got := location(t, step); got.Scheme+"://"+got.Host != site.FrameOrigin || got.Path != "/embed/"+shop.Key || got.User != nil {
					t.Errorf("the browser goes to %s", got)
				}
				if step.Text("response", "code") != "" {
					t.Errorf("a code outside of the redirect: %s", step.Body)
				}
			}

			// What the backend holds, in place of the code.
			for _, guess := range []string{uri, i.ID, backend.State, backend.Verifier, backend.Key.Thumbprint()} {
				backend.Redeem(t, guess).Refused(t, 400, "invalid_grant")
			}
			// Asking again where the request went gives it nothing either: there is no polling.
			backend.Open(t, uri).Refused(t, 410, "request_expired")
			backend.Decide(t, i.ID, "allow").Refused(t, 410, "request_expired")
			// Nor does opening a request itself: it is nobody here.
			own := backend.Interaction(t)
			backend.Decide(t, own.ID, "allow").Refused(t, 401, "unauthenticated")
		})
	}
}

func location(t *testing.T, step *authtest.Answer) *url.URL {
	t.Helper()
	u, err := url.Parse(step.Text("location"))
	if err != nil || step.Text("next") != "redirect" {
		t.Fatalf("no redirect: %s", step.Body)
	}
	return u
}
