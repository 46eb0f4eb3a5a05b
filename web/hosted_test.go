package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestHostedPagesAreTheSameForEverybody(t *testing.T) {
	var v visit
	pages := map[string]string{}
	for _, path := range []string{"/account", "/account/notes", "/account/notes/0198c0de-0000-7000-8000-000000000000"} {
		w := v.get(t, path)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		checkMarkup(t, w.Body.String())
		pages[w.Body.String()] = path
	}
	if len(pages) != 1 {
		t.Errorf("places of one page are drawn in %d ways", len(pages))
	}
}

func TestHostedPagesNameTheirFiles(t *testing.T) {
	var v visit
	for _, path := range assetPaths(t, v.get(t, "/account").Body.String()) {
		if w := v.get(t, path); w.Code != http.StatusOK || !strings.Contains(path, "account") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
