package example

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

const frame = "https://frame.example"

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	Shop(Config{FrameOrigin: frame, TenantKey: "t_demo"}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestEveryPageHoldsTheSnippetAndNothingElseOfAside(t *testing.T) {
	const script, element = `<script src="https://frame.example/v1/aside.js" async></script>` + "\n", `<aside-notes tenant="t_demo"`
	for _, path := range []string{"/", "/tea/wuyi-oolong", "/order", "/order?tea=white-peony", "/coop/", "/coop/tea/wuyi-oolong", "/coop/order"} {
		w := get(t, path)
		page := w.Body.String()
		if w.Code != http.StatusOK || strings.Count(page, script+element) != 1 || strings.Count(page, "<aside-notes") != 1 {
			t.Errorf("%s: %d, without the snippet: %s", path, w.Code, page)
		}
		if n := strings.Count(page, "<script"); n != 1 {
			t.Errorf("%s: %d scripts, want the snippet's alone", path, n)
		}
		if strings.Contains(page, "style=") || strings.Contains(page, "<style") {
			t.Errorf("%s: its own policy refuses an inline style", path)
		}
	}
}

// The notes have the colors of the shop in both schemes. Notes on a tea's page are about that tea.
func TestWidgetLooksLikeTheShop(t *testing.T) {
	sheet, err := files.ReadFile("shop.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(sheet), "@media (prefers-color-scheme: dark)")
	colorIn := func(part, name string) string {
		return regexp.MustCompile(`--` + name + `: (#\w+);`).FindStringSubmatch(part)[1]
	}
	element := regexp.MustCompile(`<aside-notes tenant="t_demo"(?: context="(.*?)")? variables='([^']*)'></aside-notes>`)
	for path, context := range map[string]string{"/": "", "/order?tea=white-peony": "", "/tea/wuyi-oolong": "wuyi-oolong", "/coop/tea/wuyi-oolong": "wuyi-oolong"} {
		found := element.FindStringSubmatch(get(t, path).Body.String())
		if found == nil || found[1] != context {
			t.Errorf("%s: the element is %q, its context should be %q", path, found, context)
			continue
		}
		var variables map[string]string
		if err := json.Unmarshal([]byte(found[2]), &variables); err != nil {
			t.Errorf("%s: the variables are no JSON: %v", path, err)
		}
		for variable, name := range map[string]string{"accent": "clay", "background": "card", "text": "ink", "muted": "quiet", "line": "line"} {
			if want := "light-dark(" + colorIn(light, name) + ", " + colorIn(dark, name) + ")"; variables[variable] != want {
				t.Errorf("%s: %s is %q, in the shop it is %s", path, variable, variables[variable], want)
			}
		}
	}
}

func TestContentSecurityPolicyAllowsOnlyAside(t *testing.T) {
	policy := get(t, "/").Header().Get("Content-Security-Policy")
	for _, rule := range []string{"script-src 'self' " + frame + ";", "frame-src " + frame + ";", "default-src 'self';"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("no %q in %s", rule, policy)
		}
	}
}

func TestStrictPagesHaveNoOpener(t *testing.T) {
	for path, want := range map[string]string{"/": "", "/order": "", "/coop/": "same-origin", "/coop/order": "same-origin"} {
		if got := get(t, path).Header().Get("Cross-Origin-Opener-Policy"); got != want {
			t.Errorf("%s: Cross-Origin-Opener-Policy %q, want %q", path, got, want)
		}
	}
}

func TestLinksStayInTheirHalfOfTheShop(t *testing.T) {
	link := regexp.MustCompile(`href="(/[^"]*)"`)
	for _, base := range []string{"", "/coop"} {
		for _, path := range []string{"/", "/tea/second-flush", "/order"} {
			for _, match := range link.FindAllStringSubmatch(get(t, base+path).Body.String(), -1) {
				target := match[1]
				if w := get(t, target); w.Code != http.StatusOK {
					t.Errorf("%s leads to %s: %d", base+path, target, w.Code)
				}
				if strings.Contains(target, "/tea/") && !strings.HasPrefix(target, base+"/tea/") {
					t.Errorf("%s leads out to %s", base+path, target)
				}
			}
		}
	}
}

func TestUnknownShopPages(t *testing.T) {
	for _, path := range []string{"/tea/coffee", "/coop/tea/coffee", "/admin"} {
		if w := get(t, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
