package graph

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/company-a/aside/db"
)

// escapeAll escapes every UTF-16 unit of a text, as a client may.
func escapeAll(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return b.String()
}

// The largest note fits into a request, even with every character escaped.
func TestLargestNoteFitsIntoRequest(t *testing.T) {
	a := start(t)
	limits := db.DefaultLimits
	for name, letter := range map[string]string{"Latin": "a", "Cyrillic": "ж", "kanji": "茶", "emoji": "🍵", "quotes": `"`, "line feeds": "\n"} {
		t.Run(name, func(t *testing.T) {
			body := escapeAll(strings.Repeat(letter, limits.BodySize/len(letter)))
			line := escapeAll(strings.Repeat("🍵", limits.TitleLength))
			var tags []string
			for i := range limits.Tags {
				tags = append(tags, `"`+escapeAll(fmt.Sprintf("%02d", i)+strings.Repeat("🍵", limits.TagLength-2))+`"`)
			}
			request := `{"query": "mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }", "variables": {"input": {"title": "` +
				line + `", "body": "` + body + `", "tags": [` + strings.Join(tags, ",") + `]}}}`
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(request))
			r.Header.Set("Content-Type", "application/json")
			if w := a.serve(t, "alice at shop", r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "errors") {
				t.Errorf("%d KiB: %d %s", len(request)>>10, w.Code, w.Body)
			}
		})
	}
}
