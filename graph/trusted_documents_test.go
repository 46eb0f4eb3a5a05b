package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// In production, a widget session runs only the documents of the widget.
func TestWidgetSessionsRunOnlyTrustedDocuments(t *testing.T) {
	const document = `query A { viewer { displayName } } query B { viewer { vouched } }`
	sum := sha256.Sum256([]byte(document))
	id := "sha256:" + hex.EncodeToString(sum[:])
	h := newHandlerWithoutDatabase(t, false)
	h.trusted.texts = map[string]string{id: document}
	for name, c := range map[string]struct {
		kind db.SessionKind
		open bool
		body string
		want string
	}{
		"a trusted one":               {db.SessionWidget, false, `{"documentId": "` + id + `", "operationName": "A", "variables": {}}`, `"displayName":"Alice"`},
		"its other operation":         {db.SessionWidget, false, `{"documentId": "` + id + `", "operationName": "B"}`, `"vouched":false`},
		"an account's":                {db.SessionAccount, false, `{"documentId": "` + id + `", "operationName": "A"}`, `"displayName":"Alice"`},
		"of an unknown id":            {db.SessionWidget, false, `{"documentId": "sha256:` + strings.Repeat("0", 64) + `"}`, `"code":"BAD_USER_INPUT","field":"documentId"`},
		"of an unknown id, open":      {db.SessionWidget, true, `{"documentId": "sha256:` + strings.Repeat("0", 64) + `"}`, `"code":"BAD_USER_INPUT","field":"documentId"`},
		"an id in capitals":           {db.SessionWidget, false, `{"documentId": "` + strings.ToUpper(id) + `"}`, `"code":"BAD_USER_INPUT","field":"documentId"`},
		"an id and a text":            {db.SessionWidget, false, `{"documentId": "` + id + `", "query": "{ __typename }"}`, `"code":"BAD_USER_INPUT","field":"documentId"`},
		"neither":                     {db.SessionWidget, false, `{"variables": {}}`, `"code":"BAD_USER_INPUT","field":"query"`},
		"an id that is no string":     {db.SessionWidget, false, `{"documentId": 1}`, `"code":"BAD_USER_INPUT","field":"documentId"`},
		"of its own":                  {db.SessionWidget, false, `{"query": "{ viewer { displayName } }"}`, `"code":"FORBIDDEN"`},
		"the same text":               {db.SessionWidget, false, `{"query": "` + document + `", "operationName": "A"}`, `"code":"FORBIDDEN"`},
		"what would not even parse":   {db.SessionWidget, false, `{"query": "{"}`, `"code":"FORBIDDEN"`},
		"of its own, open":            {db.SessionWidget, true, `{"query": "{ viewer { displayName } }"}`, `"displayName":"Alice"`},
		"of an account's own":         {db.SessionAccount, false, `{"query": "{ viewer { displayName } }"}`, `"displayName":"Alice"`},
		"the id in extensions is not": {db.SessionWidget, false, `{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "` + id + `"}}}`, `"code":"BAD_USER_INPUT","field":"query"`},
	} {
		t.Run(name, func(t *testing.T) {
			h.trusted.open = c.open
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			r = r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: &db.Session{Kind: c.kind, DisplayName: "Alice"}}))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Body.String(); !strings.Contains(got, c.want) || strings.Contains(got, "data") != !strings.Contains(c.want, "code") {
				t.Errorf("answered %d %s", w.Code, got)
			}
		})
	}
}
