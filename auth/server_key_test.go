package auth_test

import (
	"net/http"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// A tenant's backend sends its server key to the account origin, without another credential.
func TestServerKey(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	key, secret, err := site.DB.CreateServerKey(t.Context(), db.Operator(shop.Key), "backend")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(origin string, headers ...func(*authtest.Call)) *authtest.Answer {
		return site.Send(t, &authtest.Call{Method: http.MethodPost, URL: origin + auth.GraphQLPath, JSON: map[string]string{"query": "{ x }"}}, headers...)
	}
	bearer := header("Authorization", "Bearer "+secret)

	var who authtest.Identity
	ask(site.AccountOrigin, bearer).Must(t, 200).JSON(t, &who)
	if who.Kind != "SERVER_KEY" || who.Tenant != shop.Key || who.UserID != "" {
		t.Errorf("the API sees %+v", who)
	}
	alice := site.Visitor(t, shop)
	alice.SignUp(t)
	for name, refused := range map[string]*authtest.Answer{
		"at the frame origin":       ask(site.FrameOrigin, bearer),
		"cut short":                 ask(site.AccountOrigin, header("Authorization", "Bearer "+secret[:len(secret)-1])),
		"as another scheme":         ask(site.AccountOrigin, header("Authorization", "DPoP "+secret)),
		"an access token as bearer": ask(site.AccountOrigin, header("Authorization", "Bearer "+alice.Token)),
		"nothing":                   ask(site.AccountOrigin, header("Authorization", "Bearer ")),
	} {
		if refused.Status != 401 || refused.Code() != "invalid_token" {
			t.Errorf("%s: %d %s", name, refused.Status, refused.Body)
		}
	}
	alice.Account(t, "{ x }", bearer).Refused(t, 401, "invalid_request") // two credentials

	site.Exec(t, `UPDATE tenants SET suspended_at = now() WHERE key = $1`, shop.Key)
	ask(site.AccountOrigin, bearer).Refused(t, 401, "invalid_token")
	site.Exec(t, `UPDATE tenants SET suspended_at = NULL WHERE key = $1`, shop.Key)
	ask(site.AccountOrigin, bearer).Must(t, 200)
	if err := site.DB.RevokeServerKey(t.Context(), db.Operator(shop.Key), key.ID); err != nil {
		t.Fatal(err)
	}
	ask(site.AccountOrigin, bearer).Refused(t, 401, "invalid_token")
}
