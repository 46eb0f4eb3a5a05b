package graph

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/mediatype"
)

func TestRequests(t *testing.T) {
	h := newHandlerWithoutDatabase(t, false)
	const typename = `{"query": "{ __typename }"}`
	for name, c := range map[string]struct {
		method, content, accept, body string
		status                        int
		media                         string
	}{
		"answers JSON":             {"POST", "application/json", "", typename, 200, mediatype.JSON},
		"takes a charset":          {"POST", "Application/JSON; charset=UTF-8", "", typename, 200, mediatype.JSON},
		"to all that is welcome":   {"POST", "application/json", "*/*", typename, 200, mediatype.JSON},
		"to a browser":             {"POST", "application/json", "text/html, application/*;q=0.8", typename, 200, mediatype.JSON},
		"answers the new type":     {"POST", "application/json", mediaGraphQLResponse, typename, 200, mediaGraphQLResponse},
		"prefers the new type":     {"POST", "application/json", "application/graphql-response+json, application/json", typename, 200, mediaGraphQLResponse},
		"minds the quality":        {"POST", "application/json", "application/graphql-response+json;q=0.4, application/json;q=0.5", typename, 200, mediatype.JSON},
		"minds a refusal":          {"POST", "application/json", "*/*, application/json;q=0", typename, 200, mediaGraphQLResponse},
		"can't answer in XML":      {"POST", "application/json", "application/xml", typename, 406, mediatype.JSON},
		"no GET":                   {"GET", "", "", "", 405, mediatype.JSON},
		"no PUT":                   {"PUT", "application/json", "", typename, 405, mediatype.JSON},
		"no OPTIONS":               {"OPTIONS", "", "", "", 405, mediatype.JSON},
		"no form":                  {"POST", "application/x-www-form-urlencoded", "", "query=%7B__typename%7D", 415, mediatype.JSON},
		"no upload":                {"POST", "multipart/form-data; boundary=x", "", "--x--", 415, mediatype.JSON},
		"no plain text":            {"POST", "text/plain", "", typename, 415, mediatype.JSON},
		"no type, no answer":       {"POST", "", "", typename, 415, mediatype.JSON},
		"no Latin-1":               {"POST", "application/json; charset=iso-8859-1", "", typename, 415, mediatype.JSON},
		"no more than it may have": {"POST", "application/json", "", `{"query": "` + strings.Repeat(" ", int(maxBody)) + `"}`, 413, mediatype.JSON},
		"no batches":               {"POST", "application/json", "", "[" + typename + "]", 400, mediatype.JSON},
		"a bad document":           {"POST", "application/json", "", `{"query": "{"}`, 200, mediatype.JSON},
		"and in the new type":      {"POST", "application/json", mediaGraphQLResponse, `{"query": "{"}`, 400, mediaGraphQLResponse},
		"a bad variable":           {"POST", "application/json", mediaGraphQLResponse, `{"query": "query ($id: ID!) { note(id: $id) { id } }"}`, 400, mediaGraphQLResponse},
		"an unknown operation":     {"POST", "application/json", mediaGraphQLResponse, `{"query": "query A { __typename }", "operationName": "B"}`, 400, mediaGraphQLResponse},
		"one of several, unnamed":  {"POST", "application/json", mediaGraphQLResponse, `{"query": "query A { __typename } query B { __typename }"}`, 400, mediaGraphQLResponse},
		"one of several, named":    {"POST", "application/json", mediaGraphQLResponse, `{"query": "query A { __typename } query B { b: __typename }", "operationName": "B"}`, 200, mediaGraphQLResponse},
		"who is nobody is told so": {"POST", "application/json", mediaGraphQLResponse, `{"query": "{ viewer { id } }"}`, 200, mediaGraphQLResponse},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/graphql?query=%7B__typename%7D", strings.NewReader(c.body))
			for header, value := range map[string]string{"Content-Type": c.content, "Accept": c.accept} {
				if value != "" {
					r.Header.Set(header, value)
				}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || w.Header().Get("Content-Type") != c.media+"; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("answered %d %v %s", w.Code, w.Header(), w.Body)
			}
			if executed := c.status == 200 && c.body != `{"query": "{"}`; strings.Contains(w.Body.String(), `"data"`) != executed {
				t.Errorf("answered %s", w.Body)
			}
			if (w.Code == 405) != (w.Header().Get("Allow") == "POST") {
				t.Errorf("answered %v", w.Header())
			}
		})
	}
}

func TestIntrospectionNeedsAnOpenServer(t *testing.T) {
	ask := func(open bool) string {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": "{ __schema { directives { name } } __type(name: \"Note\") { name } }"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		newHandlerWithoutDatabase(t, open).ServeHTTP(w, r)
		return w.Body.String()
	}
	if got := ask(true); !strings.Contains(got, `"__type":{"name":"Note"}`) || !strings.Contains(got, `"skip"`) || strings.Contains(got, "defer") {
		t.Errorf("an open one answered %s", got)
	}
	if got := ask(false); !strings.Contains(got, "FORBIDDEN") || strings.Contains(got, "data") {
		t.Errorf("a closed one answered %s", got)
	}
}

func TestResponsesHoldTenErrorsAtMost(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": "{ viewer { `+numberedFields(20, "x%d ")+`} }"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	newHandlerWithoutDatabase(t, false).ServeHTTP(w, r)
	if n := strings.Count(w.Body.String(), `"message"`); n != maxRequestErrors {
		t.Errorf("%d faults in %s", n, w.Body)
	}
}

// A proof that was used before, on any node, changes nothing (RFC 9449 §11.1). A query does not spend its proof.
func TestMutationsSpendTheirProof(t *testing.T) {
	a := start(t)
	const mutation = `mutation { a: createNote(input: {title: "a"}) { note { title } } b: createNote(input: {title: "b"}) { note { title } } }`
	const list = `{ notes { edges { node { title } } } }`
	session := a.viewer(t, "alice at shop")
	proof := func(name string) { // each request has its own session value
		a.viewers["alice at shop"] = session.WithProof(db.Proof{ID: db.HashToken(name), Lifetime: time.Minute})
	}

	proof("one")
	a.must(t, "alice at shop", list, nil, nil)
	if _, got := a.post(t, "alice at shop", mutation, nil); strings.Contains(got, "errors") {
		t.Fatalf("the query spent the proof, or the first change did not do for both: %s", got)
	}
	_, before := a.post(t, "alice at shop", list, nil)

	proof("one")
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": `+encode(t, mutation)+`}`))
	r.Header.Set("Content-Type", "application/json")
	w := a.serve(t, "alice at shop", r)
	if w.Code != 401 || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), `DPoP error="invalid_dpop_proof"`) ||
		!strings.Contains(w.Body.String(), `"code":"UNAUTHENTICATED"`) || strings.Contains(w.Body.String(), `"data"`) {
		t.Errorf("a replay: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if _, after := a.post(t, "alice at shop", list, nil); after != before {
		t.Errorf("a replay changed %s to %s", before, after)
	}
	proof("two")
	if code, got := a.post(t, "alice at shop", mutation, nil); code != 200 || strings.Contains(got, "errors") {
		t.Errorf("another proof: %d %s", code, got)
	}
}
