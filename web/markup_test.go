package web

import (
	"regexp"
	"strings"
	"testing"
)

var (
	tag     = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	handler = regexp.MustCompile(`\s(on\w+|style)\s*=`)
	asset   = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)
)

// checkMarkup fails for what the content policy blocks: an inline script, style or event handler.
func checkMarkup(t *testing.T, page string) {
	t.Helper()
	for _, element := range tag.FindAllString(page, -1) {
		if handler.MatchString(element) {
			t.Errorf("inline handler or style: %s", element)
		}
		if strings.HasPrefix(element, "<style") {
			t.Errorf("inline sheet: %s", element)
		}
		if strings.HasPrefix(element, "<script") &&
			!strings.Contains(element, ` src="/assets/`) && !strings.Contains(element, ` type="application/json"`) {
			t.Errorf("inline script: %s", element)
		}
	}
}

// assetPaths returns the scripts and style sheets of a page.
func assetPaths(t *testing.T, page string) []string {
	t.Helper()
	var paths []string
	for _, match := range asset.FindAllStringSubmatch(page, -1) {
		paths = append(paths, match[1])
	}
	if len(paths) == 0 {
		t.Fatalf("the page names no assets: %s", page)
	}
	return paths
}
