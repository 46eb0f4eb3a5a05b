package graph

import (
	"fmt"
	"strings"
	"testing"
)

func TestNotesOfAPage(t *testing.T) { withAndWithoutDirect(t, testNotesOfAPage) }

func testNotesOfAPage(t *testing.T, a *api) {
	const create = `mutation ($c: NoteContextInput) { createNote(input: {title: "x", context: $c}) { note { id context { id title url } } } }`
	var made struct {
		CreateNote struct {
			Note struct {
				ID      string
				Context *struct{ ID, Title, URL string }
			}
		}
	}
	at := map[string]string{}
	for who, context := range map[string]any{
		"alice at shop":  map[string]any{"id": "article 7", "title": "Seven", "url": "https://shop.example/7?a=b"},
		"alice at paper": map[string]any{"id": "article 7"},
		"bob at shop":    map[string]any{"id": "article 7", "title": "Seven"},
		"carol at shop":  nil,
	} {
		a.must(t, who, create, map[string]any{"c": context}, &made)
		at[who] = made.CreateNote.Note.ID
		if c := made.CreateNote.Note.Context; (c == nil) != (context == nil) || c != nil && c.ID != "article 7" {
			t.Errorf("%s: the note is of %+v", who, c)
		}
	}

	// Each person finds their own notes, and a widget those of its tenant.
	for who, want := range map[string][]string{
		"alice at shop": {at["alice at shop"]}, "alice at paper": {at["alice at paper"]}, "alice": {at["alice at shop"], at["alice at paper"]},
		"bob at shop": {at["bob at shop"]}, "bob at paper": {}, "carol at shop": {}, "carol": {},
	} {
		for filter, found := range map[string][]string{`"article 7"`: want, `"article 8"`: {}} {
			_, body := a.post(t, who, `{ notes(filter: {context: `+filter+`}) { edges { node { id context { id } } } } }`, nil)
			if strings.Count(body, `{"id":"article 7"}`) != len(found) || strings.Contains(body, "errors") {
				t.Errorf("%s finds %s by %s, not %v", who, body, filter, found)
			}
			for _, id := range found {
				if !strings.Contains(body, id) {
					t.Errorf("%s does not find %s by %s: %s", who, id, filter, body)
				}
			}
		}
	}
	if _, body := a.post(t, "nobody", `{ notes(filter: {context: "article 7"}) { edges { cursor } } }`, nil); !strings.Contains(body, "UNAUTHENTICATED") {
		t.Errorf("nobody is answered %s", body)
	}

	for _, url := range []string{"https://evil.example/7", "javascript:alert(1)"} {
		var elsewhere struct {
			CreateNote struct {
				Note struct{ Context struct{ ID, URL string } }
			}
		}
		a.must(t, "alice at shop", create, map[string]any{"c": map[string]any{"id": "7", "url": url}}, &elsewhere)
		if c := elsewhere.CreateNote.Note.Context; c.ID != "7" || c.URL != "" {
			t.Errorf("%s is stored as %+v", url, c)
		}
	}
	if _, body := a.post(t, "alice at shop", create, map[string]any{"c": map[string]any{"id": ""}}); !strings.Contains(body, `"field":"context"`) {
		t.Errorf("no id is answered %s", body)
	}
	change := fmt.Sprintf(`mutation { updateNote(input: {id: %q, version: 1, title: "y", context: {id: "8"}}) { note { id } } }`, at["alice at shop"])
	if _, body := a.post(t, "alice at shop", change, nil); !strings.Contains(body, `"field":"context"`) {
		t.Errorf("another page is answered %s", body)
	}

	turnOn(t, a)
	for query, field := range map[string]string{
		`{ notes(filter: {context: "article 7"}) { edges { node { id } } } }`:                                                                                            "context",
		`mutation { createNote(input: {sealed: "` + deviceText(300) + `", context: {id: "article 7"}}) { note { id } } }`:                                                "sealed",
		`mutation { updateNote(input: {id: "` + at["alice at shop"] + `", version: 1, sealed: "` + deviceText(300) + `", context: {id: "article 7"}}) { note { id } } }`: "sealed",
	} {
		if _, body := a.post(t, "alice at shop", query, nil); !strings.Contains(body, `"field":"`+field+`"`) {
			t.Errorf("%.60s is answered %s", query, body)
		}
	}
}
