package authtest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// A Visitor is a person on a tenant's page: the widget with its key, state and verifier, and the
// browser with its cookies and passkeys. A test may take its steps in any order.
type Visitor struct {
	Site          *Site // the node that answers
	Tenant        *db.Tenant
	EmbedOrigin   string // of the page
	ResponseMode  string
	State         string
	Verifier      string // RFC 7636 §4.1
	Key           *Key
	Token         string // the access token, once there is one
	Authenticator *Authenticator
	Cookies       map[string]*http.Cookie // of the account origin; http.CookieJar would not send Secure cookies over http
}

// Visitor returns a new person on the first page of a tenant.
func (s *Site) Visitor(t testing.TB, tenant *db.Tenant) *Visitor {
	t.Helper()
	if len(tenant.EmbedOrigins) == 0 {
		t.Fatalf("authtest: tenant %s has no page to visit", tenant.Name)
	}
	return &Visitor{
		Site: s, Tenant: tenant, EmbedOrigin: tenant.EmbedOrigins[0], ResponseMode: "web_message",
		State: rand.Text(), Verifier: rand.Text() + rand.Text(), Key: NewKey(),
		Authenticator: NewAuthenticator(s.AccountOrigin), Cookies: map[string]*http.Cookie{},
	}
}

// RedirectURI returns the tenant's only redirect_uri.
func (v *Visitor) RedirectURI() string { return auth.RedirectURI(v.Site.FrameOrigin, v.Tenant.Key) }

// Push pushes the authorization request (RFC 9126 §2), bound to the key by dpop_jkt.
func (v *Visitor) Push(t testing.TB, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.Site.Send(t, &Call{Method: http.MethodPost, URL: v.Site.FrameOrigin + "/oauth/par", Form: url.Values{
		"client_id": {v.Tenant.Key}, "response_type": {"code"}, "response_mode": {v.ResponseMode},
		"redirect_uri": {v.RedirectURI()}, "code_challenge_method": {"S256"}, "code_challenge": {Digest(v.Verifier)},
		"state": {v.State}, "scope": {"notes"}, "dpop_jkt": {v.Key.Thumbprint()}, "embed_origin": {v.EmbedOrigin},
	}}, edits...)
}

// RequestURI pushes a request, which must be accepted, and returns its request_uri.
func (v *Visitor) RequestURI(t testing.TB, edits ...func(*Call)) string {
	t.Helper()
	return v.Push(t, edits...).Must(t, http.StatusCreated).Text("request_uri")
}

// Open visits /oauth/authorize in the browser; the answer is an auth.Interaction.
func (v *Visitor) Open(t testing.TB, requestURI string, edits ...func(*Call)) *Answer {
	t.Helper()
	query := url.Values{"client_id": {v.Tenant.Key}, "request_uri": {requestURI}}
	return v.browse(t, &Call{Method: http.MethodGet, URL: v.Site.AccountOrigin + "/oauth/authorize?" + query.Encode()}, edits...)
}

// Interaction pushes an edited request and opens it.
func (v *Visitor) Interaction(t testing.TB, edits ...func(*Call)) *auth.Interaction {
	t.Helper()
	return v.OpenInteraction(t, v.RequestURI(t, edits...))
}

// OpenInteraction opens a pushed request.
func (v *Visitor) OpenInteraction(t testing.TB, requestURI string) *auth.Interaction {
	t.Helper()
	return v.Open(t, requestURI).Must(t, http.StatusOK).Interaction(t)
}

// Interaction returns the interaction in an answer to Open.
func (a *Answer) Interaction(t testing.TB) *auth.Interaction {
	t.Helper()
	text := a.Body
	if _, page, isPage := strings.Cut(text, `type="application/json"`); isPage { // package web's
		_, page, _ = strings.Cut(page, ">")
		text, _, _ = strings.Cut(page, "</script>")
	}
	var i auth.Interaction
	decodeJSON(t, []byte(text), &i)
	return &i
}

// Decide decides an interaction, like the popup: continue, allow, link, not_now or deny.
func (v *Visitor) Decide(t testing.TB, interaction, decision string, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.browse(t, &Call{
		Method: http.MethodPost, URL: v.Site.AccountOrigin + "/oauth/authorize/decision",
		JSON: map[string]any{"interaction": interaction, "decision": decision, "embed_origin": v.EmbedOrigin},
	}, edits...)
}

// Code goes through the sign-in and returns a code. It creates an account if the browser has no account
// session.
func (v *Visitor) Code(t testing.TB) string {
	t.Helper()
	i := v.Interaction(t)
	if i.DisplayName == "" {
		v.Register(t).Must(t, http.StatusOK)
	}
	step := v.Decide(t, i.ID, "allow").Must(t, http.StatusOK)
	if code := step.Text("response", "code"); code != "" {
		return code
	}
	location, err := url.Parse(step.Text("location"))
	must(t, err)
	return location.Query().Get("code")
}

// Redeem exchanges a code for an access token (RFC 6749 §4.1.3), and stores it in v.Token.
func (v *Visitor) Redeem(t testing.TB, code string, edits ...func(*Call)) *Answer {
	t.Helper()
	a := v.Site.Send(t, &Call{Method: http.MethodPost, URL: v.Site.FrameOrigin + "/oauth/token", Key: v.Key, Form: url.Values{
		"grant_type": {"authorization_code"}, "client_id": {v.Tenant.Key}, "code": {code},
		"code_verifier": {v.Verifier}, "redirect_uri": {v.RedirectURI()},
	}}, edits...)
	if token := a.Text("access_token"); token != "" {
		v.Token = token
	}
	return a
}

// SignUp goes through the sign-in and returns an access token. It creates an account if the browser has
// no account session.
func (v *Visitor) SignUp(t testing.TB) (token string) {
	t.Helper()
	return v.Redeem(t, v.Code(t)).Must(t, http.StatusOK).Text("access_token")
}

// Revoke ends the session of the visitor's token (RFC 7009 §2.1).
func (v *Visitor) Revoke(t testing.TB, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.Site.Send(t, &Call{
		Method: http.MethodPost, URL: v.Site.FrameOrigin + "/oauth/revoke",
		Form: url.Values{"token": {v.Token}, "client_id": {v.Tenant.Key}},
	}, edits...)
}

// GraphQL sends a query to the API at the frame origin, with the visitor's token and a new proof.
func (v *Visitor) GraphQL(t testing.TB, query string, variables any, edits ...func(*Call)) *Answer {
	t.Helper()
	a, err := v.TryGraphQL(t, query, variables, edits...)
	must(t, err)
	return a
}

// TryGraphQL is GraphQL for a node that may be down.
func (v *Visitor) TryGraphQL(t testing.TB, query string, variables any, edits ...func(*Call)) (*Answer, error) {
	t.Helper()
	return v.Site.Try(t, &Call{
		Method: http.MethodPost, URL: v.Site.FrameOrigin + auth.GraphQLPath, Key: v.Key,
		Header: http.Header{"Authorization": {"DPoP " + v.Token}},
		JSON:   map[string]any{"query": query, "variables": variables},
	}, edits...)
}

// Account sends a query to the API at the account origin, with the browser's cookies.
func (v *Visitor) Account(t testing.TB, query string, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.browse(t, &Call{Method: http.MethodPost, URL: v.Site.AccountOrigin + auth.GraphQLPath, JSON: map[string]any{"query": query}}, edits...)
}

// CeremonyOptions are the response to the beginning of a passkey ceremony: its id and its options.
type CeremonyOptions struct {
	Ceremony string
	Options  json.RawMessage
}

// Begin begins a ceremony of a kind: registration, login, addition or confirmation.
func (v *Visitor) Begin(t testing.TB, kind string) CeremonyOptions {
	t.Helper()
	var o CeremonyOptions
	v.TryBegin(t, kind, nil).Must(t, http.StatusOK).JSON(t, &o)
	return o
}

// TryBegin is Begin with a body, for a request that may be refused.
func (v *Visitor) TryBegin(t testing.TB, kind string, body any, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.Post(t, "/passkeys/"+kind, body, edits...)
}

// Finish answers a ceremony.
func (v *Visitor) Finish(t testing.TB, kind, ceremony string, credential json.RawMessage, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.browse(t, &Call{
		Method: http.MethodPost, URL: v.Site.AccountOrigin + "/passkeys/" + kind + "/finish",
		JSON: map[string]any{"ceremony": ceremony, "credential": credential},
	}, edits...)
}

// Register creates an account with a new passkey.
func (v *Visitor) Register(t testing.TB, edits ...func(*Registration)) *Answer {
	t.Helper()
	o := v.Begin(t, "registration")
	return v.Finish(t, "registration", o.Ceremony, v.Authenticator.Register(t, o.Options, edits...))
}

// Login signs in with the newest passkey.
func (v *Visitor) Login(t testing.TB, edits ...func(*Login)) *Answer {
	t.Helper()
	o := v.Begin(t, "login")
	return v.Finish(t, "login", o.Ceremony, v.Authenticator.Login(t, o.Options, edits...))
}

// Confirm confirms the account session with the newest passkey.
func (v *Visitor) Confirm(t testing.TB, edits ...func(*Login)) *Answer {
	t.Helper()
	o := v.Begin(t, "confirmation")
	return v.Finish(t, "confirmation", o.Ceremony, v.Authenticator.Login(t, o.Options, edits...))
}

// Add adds a new passkey to the account, which is used from then on.
func (v *Visitor) Add(t testing.TB, edits ...func(*Registration)) *Answer {
	t.Helper()
	o := v.Begin(t, "addition")
	return v.Finish(t, "addition", o.Ceremony, v.Authenticator.Register(t, o.Options, edits...))
}

// Post posts JSON to the account origin.
func (v *Visitor) Post(t testing.TB, path string, body any, edits ...func(*Call)) *Answer {
	t.Helper()
	return v.browse(t, &Call{Method: http.MethodPost, URL: v.Site.AccountOrigin + path, JSON: body}, edits...)
}

// browse sends a call with the browser's cookies.
func (v *Visitor) browse(t testing.TB, c *Call, edits ...func(*Call)) *Answer {
	t.Helper()
	c.Header = v.cookieHeader()
	a := v.Site.Send(t, c, edits...)
	for _, cookie := range a.Cookies {
		v.Cookies[cookie.Name] = cookie
	}
	return a
}

// cookieHeader returns a header with the browser's cookies.
func (v *Visitor) cookieHeader() http.Header {
	h := http.Header{}
	for name, cookie := range v.Cookies {
		h.Add("Cookie", name+"="+cookie.Value)
	}
	return h
}
