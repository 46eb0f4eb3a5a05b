package auth_test

import (
	"net/url"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// A tenant's backend may push a request with its own verifier and key, which is all that it needs to
// redeem a code. But in every mode the code goes to the frame origin in the visitor's browser, and
// nothing else that the backend has can be exchanged for a token.
func TestTenantBackendGetsNoCode(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.SignUp(t) // she consented before
	for _, mode := range []string{"web_message", "query"} {
		t.Run(mode, func(t *testing.T) {
			backend := site.Visitor(t, shop)
			backend.ResponseMode = mode
			uri := backend.RequestURI(t)

			// It sends Alice there, and she continues.
			var i struct{ ID, FrameOrigin string }
			alice.Open(t, uri).Must(t, 200).JSON(t, &i)
			step := alice.Decide(t, i.ID, "continue").Must(t, 200)

			switch mode {
			case "web_message": // the popup posts to this origin only, whatever page opened it
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

			// What the backend has, in place of the code.
			for _, guess := range []string{uri, i.ID, backend.State, backend.Verifier, backend.Key.Thumbprint()} {
				backend.Redeem(t, guess).Refused(t, 400, "invalid_grant")
			}
			// It can't get the code by polling either.
			backend.Open(t, uri).Refused(t, 410, "request_expired")
			backend.Decide(t, i.ID, "allow").Refused(t, 410, "request_expired")
			// Nor by opening the request itself, since it has no account session.
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
