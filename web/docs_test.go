package web

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	docsLink  = regexp.MustCompile(`href="(/docs[^"#]*)(?:#([^"]*))?"`)
	docsIndex = regexp.MustCompile(`data-index="([^"]+)"`)
)

// Every page of the documentation is linked, and every link from one leads to a page that has the anchor.
func TestDocsLinksWork(t *testing.T) {
	var v visit
	bodies := map[string]string{}
	var visitPage func(path string)
	visitPage = func(path string) {
		if bodies[path] != "" {
			return
		}
		w := v.get(t, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		bodies[path] = w.Body.String()
		checkMarkup(t, bodies[path])
		for _, link := range docsLink.FindAllStringSubmatch(bodies[path], -1) {
			visitPage(link[1])
		}
	}
	visitPage("/docs")
	for path, body := range bodies {
		for _, link := range docsLink.FindAllStringSubmatch(body, -1) {
			if link[2] != "" && !strings.Contains(bodies[link[1]], `id="`+link[2]+`"`) {
				t.Errorf("%s links to %s#%s, which has no such anchor", path, link[1], link[2])
			}
		}
	}
	if len(bodies) < 20 {
		t.Errorf("only %d pages are linked", len(bodies))
	}
}

func TestDocsIndexFindsErrors(t *testing.T) {
	var v visit
	path := docsIndex.FindStringSubmatch(v.get(t, "/docs/troubleshooting").Body.String())[1]
	w := v.get(t, path)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	var pages map[string]struct {
		Title    string
		Sections []struct{ Anchor, Heading, Text string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &pages); err != nil {
		t.Fatal(err)
	}
	for _, s := range pages["troubleshooting"].Sections {
		if s.Anchor == "popup_blocked" && strings.Contains(s.Text, "opened no window") {
			return
		}
	}
	t.Errorf("popup_blocked is not in the index of %d pages", len(pages))
}

func TestMissingDocsPage(t *testing.T) {
	var v visit
	for _, path := range []string{"/docs/nothing", "/docs/README", "/docs/../docs/navigation", "/docs/navigation", "/docs/%2e%2e/doc"} {
		if w := v.get(t, path); w.Code == http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := v.get(t, "/docs/nothing"); !strings.Contains(w.Body.String(), "No such page") || w.Header().Get("Content-Security-Policy") != contentPolicy {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

// Each page of the console links to the section of its name.
func TestConsolePagesAreDocumented(t *testing.T) {
	source, err := os.ReadFile("src/console.tsx")
	if err != nil {
		t.Fatal(err)
	}
	var v visit
	page := v.get(t, "/docs/console").Body.String()
	names := regexp.MustCompile(`\{ path: "[^"]*", name: "([^"]+)" \}`).FindAllSubmatch(source, -1)
	for _, name := range names {
		if anchor := strings.ReplaceAll(strings.ToLower(string(name[1])), " ", "-"); !strings.Contains(page, `id="`+anchor+`"`) {
			t.Errorf("docs/console.md has no section %q", name[1])
		}
	}
	if len(names) < 9 {
		t.Errorf("only %d pages of the console were found", len(names))
	}
}

func TestExplorerIsForDevelopment(t *testing.T) {
	for _, on := range []bool{false, true} {
		v := visit{explorer: on}
		page := v.get(t, "/console/explorer").Body.String()
		if got := strings.Contains(page, "/assets/explorer."); got != on {
			t.Errorf("with Explorer %v, the explorer is served: %v", on, got)
		}
		if console := v.get(t, "/console").Body.String(); strings.Contains(console, `data-explorer="true"`) != on {
			t.Errorf("with Explorer %v, the console says otherwise: %s", on, console)
		}
	}
}
