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

// A person who lost every passkey and code is led to the operator.
func TestPagesLeadToTheOperator(t *testing.T) {
	v := visit{interaction: testInteraction()}
	for path, leads := range map[string]string{
		authorize:  `<a href="mailto:help@aside.example?subject=&#34;Aside&#34;" target="_blank" rel="noopener"><bdi>aside.example</bdi></a>`,
		"/recover": `<div id="app" data-contact="mailto:help@aside.example?subject=&#34;Aside&#34;">`,
	} {
		v.contact = ""
		if page := v.get(t, path).Body.String(); strings.Contains(page, "mailto:") || strings.Contains(page, "data-contact") {
			t.Errorf("%s leads to an operator without a contact", path)
		}
		v.contact = `mailto:help@aside.example?subject="Aside"`
		page := v.get(t, path).Body.String()
		if !strings.Contains(page, leads) {
			t.Errorf("%s doesn't lead to the operator", path)
		}
		checkMarkup(t, page)
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
