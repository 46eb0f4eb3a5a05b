package graph

import (
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

func TestSubscriptionsAreRejected(t *testing.T) {
	l := startLiveSite(t)
	shop := l.Tenant(t, "Shop")
	alice := l.signedUpVisitor(t, shop)
	subscribe(t, alice, l.Site).Close() // waits until the node follows changes
	_, serverKey, err := l.DB.CreateServerKey(t.Context(), db.Operator(shop.Key), "backend")
	if err != nil {
		t.Fatal(err)
	}
	const canary = "canary-71"
	proof := authtest.WithHeader("DPoP", alice.Key.Proof(http.MethodPost, l.FrameOrigin+auth.GraphQLPath, alice.Token))
	alice.Subscribe(t, subscriptionDocument, proof).Must(t, 200).Status = 0
	body := func(v any) func(*authtest.Call) { return func(c *authtest.Call) { c.JSON = v } }
	nobody := l.Visitor(t, shop)
	for name, c := range map[string]struct {
		stream *authtest.Stream
		status int
		says   string
	}{
		"nobody":                {nobody.SubscribeAccount(t, subscriptionDocument), 401, "UNAUTHENTICATED"},
		"a backend":             {nobody.SubscribeAccount(t, subscriptionDocument, authtest.WithHeader("Authorization", "Bearer "+serverKey)), 403, "FORBIDDEN"},
		"a proof used before":   {alice.Subscribe(t, subscriptionDocument, proof), 401, "UNAUTHENTICATED"},
		"another's key":         {alice.Subscribe(t, subscriptionDocument, authtest.WithKey(authtest.NewKey())), 401, "UNAUTHENTICATED"},
		"asked for as JSON":     {alice.Subscribe(t, subscriptionDocument, authtest.WithHeader("Accept", "application/json")), 200, "Accept: text/event-stream"},
		"a stream unacceptable": {alice.Subscribe(t, subscriptionDocument, authtest.WithHeader("Accept", "text/event-stream;q=0.0, */*")), 200, "Accept: text/event-stream"},
		"a query":               {alice.Subscribe(t, `{ viewer { id } }`), 406, "Only a subscription"},
		"a change":              {alice.Subscribe(t, `mutation { createNote(input: {title: "x"}) { note { id } } }`), 406, "Only a subscription"},
		"a query, or as JSON":   {alice.Subscribe(t, `{ viewer { vouched } }`, authtest.WithHeader("Accept", "text/event-stream, application/json")), 200, `{"data":{"viewer":{"vouched":false}}}`},
		"two fields":            {alice.Subscribe(t, `subscription { a: noteChanged { id } b: noteChanged { id } }`), 400, "exactly one field"},
		"no field":              {alice.Subscribe(t, `subscription { noteChanged @skip(if: true) { id } }`), 400, "exactly one field"},
		"of the schema":         {alice.Subscribe(t, `subscription { __typename }`), 400, "BAD_USER_INPUT"},
		"no such field":         {alice.Subscribe(t, `subscription { `+canary+` }`), 400, "BAD_USER_INPUT"},
		"a body that is none":   {alice.Subscribe(t, "", body(canary)), 400, "BAD_USER_INPUT"},
		"an unknown key":        {alice.Subscribe(t, "", body(map[string]any{"query": subscriptionDocument, canary: canary})), 400, "BAD_USER_INPUT"},
		"a form":                {alice.Subscribe(t, subscriptionDocument, authtest.WithHeader("Content-Type", "text/plain")), 415, "BAD_USER_INPUT"},
	} {
		s := c.stream
		if s.Status != c.status || !strings.Contains(s.Body, c.says) || s.Header.Get("Content-Type") == auth.EventStream {
			t.Errorf("%s is answered %d %s %s", name, s.Status, s.Header.Get("Content-Type"), s.Body)
		}
		if name != "no such field" && strings.Contains(s.Body, canary) {
			t.Errorf("%s is repeated: %s", name, s.Body)
		}
	}
	if strings.Contains(l.log.String(), canary) {
		t.Errorf("what was asked is in the log: %s", l.log)
	}
	if got := alice.GraphQL(t, `{ notes { edges { node { id } } } }`, nil).Body; strings.Contains(got, `"id"`) {
		t.Errorf("a change by way of a stream made %s", got)
	}
}
