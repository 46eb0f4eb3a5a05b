package auth_test

import (
	"net/url"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 9126 §4: a request_uri is for one browser. A reload is not a second use.
func TestARequestOpensInOneBrowser(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice, mallory := site.Visitor(t, shop), site.Visitor(t, shop)
	uri := alice.RequestURI(t)
	first := alice.Open(t, uri).Must(t, 200).Text("ID")
	if reloaded := alice.Open(t, uri).Must(t, 200).Text("ID"); reloaded != first {
		t.Errorf("a reload opens another interaction: %s, then %s", first, reloaded)
	}
	mallory.Open(t, uri).Refused(t, 410, "request_expired")

	// Neither does a browser without a cookie, or with an invented one.
	clear(mallory.Cookies)
	mallory.Open(t, uri, header("Cookie", "__Host-aside_browser=guess")).Refused(t, 410, "request_expired")
}

// The popup gets the languages of the pushed request, not those in the address (RFC 9101 §6.3).
func TestLanguagesOfAPushedRequest(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	for _, pushed := range []string{"", "de", "pt-BR en"} {
		opened := alice.Open(t, alice.RequestURI(t, param("ui_locales", pushed)), func(c *authtest.Call) { c.URL += "&ui_locales=ar" }).Must(t, 200)
		if got := opened.Text("UILocales"); got != pushed {
			t.Errorf("pushed %q, and the popup gets %q", pushed, got)
		}
		uri := alice.RequestURI(t, param("ui_locales", pushed))
		alice.Open(t, uri).Must(t, 200)
		used := site.Visitor(t, alice.Tenant).Open(t, uri)
		used.Refused(t, 410, "request_expired")
		if got := used.Text("ui_locales"); got != pushed {
			t.Errorf("pushed %q, and the page of the refusal gets %q", pushed, got)
		}
	}
}

// Of two browsers at once, one opens the request.
func TestARequestOpenedTwiceAtOnce(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	uri := site.Visitor(t, shop).RequestURI(t)
	statuses := authtest.InParallel(8, func(int) int { return site.Visitor(t, shop).Open(t, uri).Status })
	if statuses[200] != 1 || statuses[410] != 7 {
		t.Errorf("eight browsers open one request: %v", statuses)
	}
}

func TestExpiredRequestIsNotOpened(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	uri := alice.RequestURI(t)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = now() - interval '1 second'`)
	alice.Open(t, uri).Refused(t, 410, "request_expired")

	uri = alice.RequestURI(t)
	alice.Open(t, uri).Must(t, 200)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = now() - interval '1 second'`)
	alice.Open(t, uri).Refused(t, 410, "request_expired")
}

// Changed addresses of the popup.
func TestInvalidAuthorizeAddresses(t *testing.T) {
	site := shared(t)
	shop, other := site.Tenant(t, "Shop"), site.Tenant(t, "Other")
	alice := site.Visitor(t, shop)
	for _, test := range []struct {
		name   string
		query  func(q url.Values)
		status int
		code   string
	}{
		{"without request_uri (RFC 9126 §4: pushing is required)", func(q url.Values) { q.Del("request_uri") }, 400, "invalid_request"},
		{"without client_id (RFC 9126 §4)", func(q url.Values) { q.Del("client_id") }, 400, "invalid_request"},
		{"two request_uris", func(q url.Values) { q.Add("request_uri", "x") }, 400, "invalid_request"},
		{"two client_ids", func(q url.Values) { q.Add("client_id", other.Key) }, 400, "invalid_request"},
		{"another tenant's client_id", func(q url.Values) { q.Set("client_id", other.Key) }, 410, "request_expired"},
		{"an unknown client_id", func(q url.Values) { q.Set("client_id", "t_nobody") }, 401, "invalid_client"},
		{"a client_id with a zero byte", func(q url.Values) { q.Set("client_id", "t_\x00") }, 401, "invalid_client"},
		{"a client_id that isn't text", func(q url.Values) { q.Set("client_id", "t_\xff") }, 401, "invalid_client"},
		{"a truncated request_uri", func(q url.Values) { q.Set("request_uri", q.Get("request_uri")[:70]) }, 410, "request_expired"},
		{"a request that was never pushed, all in the query", func(q url.Values) {
			q.Del("request_uri")
			q.Set("response_type", "code")
			q.Set("redirect_uri", alice.RedirectURI())
		}, 400, "invalid_request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			uri := alice.RequestURI(t)
			alice.Open(t, uri, func(c *authtest.Call) {
				u, err := url.Parse(c.URL)
				if err != nil {
					t.Fatal(err)
				}
				q := u.Query()
				test.query(q)
				u.RawQuery = q.Encode()
				c.URL = u.String()
			}).Refused(t, test.status, test.code)
			alice.Open(t, uri).Must(t, 200) // refused visits do not use the request up
		})
	}
}

// RFC 9101 §6.3: the pushed parameters count, not other parameters in the address.
func TestParametersBesideAPushedRequestAreIgnored(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	var i struct{ ResponseMode, EmbedOrigin string }
	alice.Open(t, alice.RequestURI(t), func(c *authtest.Call) {
		c.URL += "&response_mode=query&redirect_uri=https://evil.example/&embed_origin=https://evil.example&state=forged"
	}).Must(t, 200).JSON(t, &i)
	if i.ResponseMode != "web_message" || i.EmbedOrigin != alice.EmbedOrigin {
		t.Errorf("the popup shows %+v", i)
	}
}

func TestSuspendedTenantCannotAuthorize(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	uri, i := alice.RequestURI(t), alice.Interaction(t)
	alice.Register(t).Must(t, 200)
	code := alice.Code(t)
	site.Exec(t, `UPDATE tenants SET suspended_at = now()`)
	alice.Open(t, uri).Refused(t, 401, "invalid_client")
	alice.Decide(t, i.ID, "allow").Refused(t, 401, "invalid_client")
	alice.Redeem(t, code).Refused(t, 401, "invalid_client")
}
