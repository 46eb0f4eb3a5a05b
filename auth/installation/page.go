package installation

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A page holds what matters of a page's HTML.
type page struct {
	loader   bool     // a script element loads our loader
	nonce    string   // of that script element
	tenants  []string // the attribute tenant of each aside-notes
	policies []string // of meta elements
}

// readPage reads a page's HTML.
func readPage(r io.Reader, frameOrigin string) (p page, err error) {
	tokens := html.NewTokenizer(r)
	tokens.SetMaxBuf(maxPageSize)
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if errors.Is(tokens.Err(), io.EOF) {
				return p, nil
			}
			return p, tokens.Err()
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			attributes := map[string]string{}
			for _, a := range token.Attr {
				attributes[a.Key] = a.Val
			}
			switch token.Data {
			case "script":
				if isLoader(strings.TrimSpace(attributes["src"]), frameOrigin) && !p.loader {
					p.loader, p.nonce = true, attributes["nonce"]
				}
			case "aside-notes":
				p.tenants = append(p.tenants, attributes["tenant"])
			case "meta":
				if strings.EqualFold(attributes["http-equiv"], "Content-Security-Policy") {
					p.policies = append(p.policies, attributes["content"])
				}
			}
		}
	}
}

// isLoader reports whether a script's address is that of the loader, or of one of its releases.
func isLoader(src, frameOrigin string) bool {
	name, ok := strings.CutPrefix(src, frameOrigin+"/v1/aside.")
	name, _, _ = strings.Cut(name, "?")
	return ok && strings.HasSuffix(name, "js")
}

// checks returns the checks of a page with the policies of its response.
func (p page) checks(tenantKey, frameOrigin string, headers []string) []Check {
	check := func(name string, ok bool, yes, no string) Check {
		if ok {
			return Check{name, true, yes}
		}
		return Check{name, false, no}
	}
	const byScript = " If your application adds it with JavaScript, open the page, and look below where it was seen."
	element := "Its HTML has no <aside-notes> element." + byScript
	if len(p.tenants) > 0 {
		element = fmt.Sprintf("Its <aside-notes> element names another tenant. Write tenant=%q.", tenantKey)
	}
	checks := []Check{
		check("Loader", p.loader, "The page loads "+frameOrigin+"/v1/aside.js.", "Its HTML doesn’t load "+frameOrigin+"/v1/aside.js."+byScript),
		check("Element", slices.Contains(p.tenants, tenantKey), "There is an <aside-notes> element with your tenant key.", element),
	}
	policies := append(slices.Clone(headers), p.policies...)
	if len(policies) == 0 {
		return append(checks, Check{"Content-Security-Policy", true, "The page sends none, so it blocks nothing."})
	}
	var missing []string
	for _, directive := range []string{"script-src", "frame-src"} {
		if !allows(policies, directive, frameOrigin, p.nonce) {
			missing = append(missing, directive)
		}
	}
	return append(checks, check("Content-Security-Policy", len(missing) == 0, "It allows our script and our frame.",
		fmt.Sprintf("It blocks the widget: add %s to %s.", frameOrigin, strings.Join(missing, " and "))))
}
