package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

const testWrap = "45y7dAIkJNDs0WXkQ9xgOCiTBnRhluTR-eQfuBliRMbdj3exF2J9h9_NMf6LIxwxN_brd00Z_eV5Rm7e"

// turnOn turns end-to-end encryption on for "alice" and looks her sessions up again.
func turnOn(t *testing.T, a *api) {
	t.Helper()
	var data struct {
		Viewer struct{ Passkeys []struct{ ID string } }
	}
	a.must(t, "alice", `{ viewer { passkeys { id } } }`, nil, &data)
	var set struct{ SetSealing struct{ Sealing string } }
	a.must(t, "alice", `mutation ($p: ID!, $w: String!) { setSealing(input: {to: END_TO_END, generation: 1, wraps: [{passkey: $p, wrap: $w}]}) { sealing } }`,
		map[string]any{"p": data.Viewer.Passkeys[0].ID, "w": testWrap}, &set)
	if set.SetSealing.Sealing != "CONVERTING" {
		t.Errorf("it is %s", set.SetSealing.Sealing)
	}
	var codes []map[string]any
	for i := range 10 {
		codes = append(codes, map[string]any{"locator": fmt.Sprint("ABCDE", i), "verifier": strings.Repeat("v", 43), "wrap": testWrap})
	}
	var replaced struct{ ReplaceRecoveryCodes int }
	a.must(t, "alice", `mutation ($c: [RecoveryCodeInput!]!) { replaceRecoveryCodes(codes: $c) }`, map[string]any{"c": codes}, &replaced)
	if replaced.ReplaceRecoveryCodes != 10 {
		t.Errorf("%d codes", replaced.ReplaceRecoveryCodes)
	}
	p := a.people["alice"]
	var err error
	if p.Account, err = a.DB.LookUpSession(t.Context(), db.Token{User: p.ID, Hash: p.Cookie}, ""); err != nil {
		t.Fatal(err)
	}
	clear(a.viewers)
}

func deviceText(length int) string {
	return base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, length))
}

func TestEncryptedNotes(t *testing.T) { withAndWithoutDirect(t, testEncryptedNotes) }

func testEncryptedNotes(t *testing.T, a *api) {
	var made struct {
		CreateNote struct{ Note struct{ ID string } }
	}
	a.must(t, "alice at shop", `mutation { createNote(input: {title: "plain", body: "text", tags: ["a"]}) { note { id } } }`, nil, &made)
	plain := made.CreateNote.Note.ID
	turnOn(t, a)
	sealed := deviceText(458_780)
	a.must(t, "alice at shop", `mutation ($s: String!) { createNote(input: {sealed: $s}) { note { id } } }`, map[string]any{"s": sealed}, &made)

	const fields = `id title body tags sealing sealed version`
	var page struct {
		Viewer struct{ Sealing string }
		Notes  struct {
			Edges []struct {
				Node struct {
					ID, Title, Body, Sealing string
					Sealed                   *string
					Tags                     []string
				}
			}
		}
	}
	a.must(t, "alice at shop", `{ viewer { sealing } notes(orderBy: CREATED_DESC) { edges { node { `+fields+` } } } }`, nil, &page)
	if page.Viewer.Sealing != "CONVERTING" || len(page.Notes.Edges) != 2 {
		t.Fatalf("the widget reads %+v", page.Viewer)
	}
	if n := page.Notes.Edges[0].Node; n.Sealing != "END_TO_END" || n.Sealed == nil || *n.Sealed != sealed || n.Title != "" || n.Body != "" || n.Tags == nil || len(n.Tags) > 0 {
		t.Errorf("the encrypted note is %s, %q, %q, %v", n.Sealing, n.Title, n.Body, n.Tags)
	}
	if n := page.Notes.Edges[1].Node; n.Sealing != "SERVER" || n.Sealed != nil || n.Title != "plain" || n.Body != "text" {
		t.Errorf("the other one is %+v", n)
	}

	for query, field := range map[string]string{
		`mutation { createNote(input: {title: "leak"}) { note { id } } }`:                                                                 "body",
		`mutation { createNote(input: {title: "leak", sealed: "` + deviceText(300) + `"}) { note { id } } }`:                              "sealed",
		`mutation { updateNote(input: {id: "` + plain + `", version: 1, title: "leak"}) { note { id } } }`:                                "body",
		`mutation { updateNote(input: {id: "` + plain + `", version: 1, body: "x", sealed: "` + deviceText(300) + `"}) { note { id } } }`: "sealed",
		`{ notes(filter: {search: "plain"}) { edges { node { id } } } }`:                                                                  "search",
		`{ notes(filter: {tag: "a"}) { edges { node { id } } } }`:                                                                         "tag",
	} {
		if _, body := a.post(t, "alice at shop", query, nil); !strings.Contains(body, `"code":"BAD_USER_INPUT"`) || !strings.Contains(body, `"field":"`+field+`"`) || strings.Contains(body, "leak") {
			t.Errorf("%.100s is answered %s", query, body)
		}
	}

	const convert = `mutation ($n: [UpdateNoteInput!]!) { convertNotes(notes: $n) { note { ` + fields + ` } } }`
	note := map[string]any{"id": plain, "version": 2, "sealed": deviceText(300)}
	if _, body := a.post(t, "alice", convert, map[string]any{"n": []any{note}}); !strings.Contains(body, `"code":"CONFLICT"`) || !strings.Contains(body, `"current":{"id":"`+plain+`","title":"plain"`) {
		t.Errorf("another version is answered %s", body)
	}
	note["version"] = 1
	var converted struct {
		ConvertNotes []struct {
			Note struct {
				ID, Sealing, Sealed string
				Version             int
			}
		}
	}
	a.must(t, "alice", convert, map[string]any{"n": []any{note}}, &converted)
	if n := converted.ConvertNotes[0].Note; n.ID != plain || n.Sealing != "END_TO_END" || n.Sealed != deviceText(300) || n.Version != 2 {
		t.Errorf("it is converted to %+v", n)
	}
	var ended struct {
		SetSealing struct {
			Sealing  string
			KeyWraps []struct {
				Passkey    *string
				Generation int
				Wrap       string
			}
		}
	}
	a.must(t, "alice", `mutation { setSealing(input: {to: END_TO_END, generation: 1, wraps: []}) { sealing keyWraps { id passkey generation wrap } } }`, nil, &ended)
	if s := ended.SetSealing; s.Sealing != "END_TO_END" || len(s.KeyWraps) != 1 || s.KeyWraps[0].Wrap != testWrap || s.KeyWraps[0].Generation != 1 || s.KeyWraps[0].Passkey == nil {
		t.Errorf("at the end it is %+v", s)
	}
}

// Only where notes are encrypted may a request be as long as the longest of them.
func TestLongRequestsAreForEncryptedNotes(t *testing.T) {
	a := start(t)
	post := func(who string, length int) int {
		body, err := json.Marshal(map[string]any{"query": `{ __typename }`, "variables": map[string]string{"s": strings.Repeat("A", length)}})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		return a.serve(t, who, r).Code
	}
	a.viewer(t, "alice at shop")
	longer := int(maxBody) + 1
	for _, who := range []string{"nobody", "alice", "alice at shop", "bob at shop"} {
		if code := post(who, longer); code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", who, code)
		}
	}
	turnOn(t, a)
	for _, who := range []string{"alice", "alice at shop"} {
		if code := post(who, longer); code == http.StatusRequestEntityTooLarge {
			t.Errorf("%s cannot send a long note", who)
		}
		if code := post(who, int(maxSealedBody)); code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", who, code)
		}
	}
	if code := post("bob at shop", longer); code != http.StatusRequestEntityTooLarge {
		t.Errorf("bob: %d", code)
	}
}
