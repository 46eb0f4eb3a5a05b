package graph

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// What a document may be, at the limit and just over it.
func TestLimits(t *testing.T) {
	d := offline(t, false).documents
	nested := func(n int) string { return strings.Repeat("{ a ", n) + strings.Repeat("}", n) }
	for name, build := range map[string]struct {
		doc   func(n int) string
		limit int
		says  string
	}{
		"tokens": {func(n int) string { return "{ note(id: [" + strings.Repeat("1 ", n-12) + "]) { id } }" }, maxTokens, "tokens"},
		"fields": {func(n int) string { return "{ viewer {" + strings.Repeat("id ", n-1) + "} }" }, maxFields, "fields"},
		"depth":  {nested, maxDepth, "deep"},
		"roots":  {func(n int) string { return "{" + strings.Repeat("__typename ", n) + "}" }, maxRootFields, "root fields"},
		"roots apart": {func(n int) string {
			return "{ ...A ...A } fragment A on Query {" + strings.Repeat("__typename ", (n+1)/2) + "}"
		}, maxRootFields, "root fields"},
		"aliases":    {func(n int) string { return "{ viewer {" + numberedFields(n, "a%d: id ") + "} }" }, maxAliases, "aliases"},
		"directives": {func(n int) string { return "{ viewer { id " + strings.Repeat("@skip(if: true) ", n) + "} }" }, maxDirectives, "directives"},
		"fragments":  {func(n int) string { return "{ viewer {" + strings.Repeat("... { id } ", n) + "} }" }, maxFragments, "fragments"},
		"operations": {func(n int) string { return numberedFields(n, "query Q%d { __typename } ") }, maxOperations, "operations"},
	} {
		complaint := func(doc string) string {
			_, errs := d.get(doc)
			var r *apiError
			if len(errs) == 1 && errors.As(errs[0], &r) && r.Code == TooComplex {
				return r.Message
			}
			return ""
		}
		if got := complaint(build.doc(build.limit)); strings.Contains(got, build.says) {
			t.Errorf("%s: %d is the limit, and refused: %s", name, build.limit, got)
		}
		if got := complaint(build.doc(build.limit + 1)); !strings.Contains(got, build.says) {
			t.Errorf("%s: %d is over the limit, and answered %q", name, build.limit+1, got)
		}
	}
}

func numberedFields(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// Each fragment spreads the next one twice: 2^20 fields, were they spread out.
func TestNestedFragmentsAreMeasuredOnce(t *testing.T) {
	var b strings.Builder
	b.WriteString("{ viewer { ...F0 } }")
	for i := range 20 {
		fmt.Fprintf(&b, " fragment F%d on Viewer { ...F%d ...F%d }", i, i+1, i+1)
	}
	h := offline(t, false)
	_, errs := h.prepare(t.Context(), request{Query: b.String() + " fragment F20 on Viewer { id }"})
	if len(errs) != 1 || !errors.Is(errs[0], errCost) {
		t.Errorf("a doubling chain: %v", errs)
	}
	_, errs = h.prepare(t.Context(), request{Query: b.String() + " fragment F20 on Viewer { ...F0 id }"})
	if len(errs) == 0 || strings.Contains(errs.Error(), string(TooComplex)) {
		t.Errorf("a cycle: %v", errs)
	}
}

func TestCost(t *testing.T) {
	h := offline(t, false)
	for _, c := range []struct {
		query     string
		variables map[string]any
		refused   bool
	}{
		{"{ notes(first: 100) { edges { cursor node { id title body tags pinned version createdAt updatedAt trashedAt tenant { id name } sealing } } pageInfo { endCursor } } }", nil, false},
		{"{ " + numberedFields(8, "n%d: notes(first: 100) { edges { node { id title version } } } ") + "}", nil, false},
		{"{ " + numberedFields(12, "n%d: notes(first: 100) { edges { node { id title version } } } ") + "}", nil, true},
		{"{ " + numberedFields(1, "n%d: notes(first: 100) { edges { node { id body } } } ") + "}", nil, false},
		{"{ " + numberedFields(2, "n%d: notes(first: 100) { edges { node { id body } } } ") + "}", nil, false},
		{"{ " + numberedFields(3, "n%d: notes(first: 100) { edges { node { id body } } } ") + "}", nil, true},
		{"{ " + numberedFields(20, "n%d: note(id: \"x\") { id title body tags pinned version } ") + "}", nil, false},
		{home, map[string]any{"filter": map[string]any{"search": "x"}}, false},
		{strings.Replace(home, "updatedAt", "updatedAt trashedAt tenant{id name}", 1), map[string]any{"filter": map[string]any{"search": "x", "tag": "y"}}, false},
		{"{ " + numberedFields(20, "n%d: notes(first: 100) { edges { node { id title version tags } } } ") + "}", nil, true},
		{"query ($n: Int) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", map[string]any{"n": int64(100)}, true},
		{"query ($n: Int) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", map[string]any{"n": int64(3)}, false},
		{"query ($n: Int = 100) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", nil, true},
		{"query ($n: Int) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", map[string]any{"n": int64(-9_000_000_000)}, false},
		{"{ " + numberedFields(1, "n%d: notes(filter: {search: \"x\"}) { edges { cursor } } ") + "}", nil, false},
		{"{ " + numberedFields(2, "n%d: notes(filter: {tag: \"x\"}) { edges { cursor } } ") + "}", nil, true},
		{"query ($f: NoteFilter) { " + numberedFields(2, "n%d: notes(filter: $f) { edges { cursor } } ") + "}", map[string]any{"f": map[string]any{"search": "x"}}, true},
		{"query ($f: NoteFilter) { " + numberedFields(5, "n%d: notes(filter: $f) { edges { cursor } } ") + "}", map[string]any{"f": map[string]any{"search": "", "pinned": true}}, false},
	} {
		_, errs := h.prepare(t.Context(), request{Query: c.query, Variables: c.variables})
		if refused := len(errs) == 1 && strings.Contains(errs[0].Error(), string(TooComplex)); refused != c.refused || !refused && len(errs) > 0 {
			t.Errorf("%.80s %v: %v", c.query, c.variables, errs)
		}
	}
}

func TestDocumentsAreKeptWithinBounds(t *testing.T) {
	d := offline(t, false).documents
	first, _ := d.get("{ viewer { id } }")
	if again, _ := d.get("{ viewer { id } }"); again != first {
		t.Error("the same query was parsed twice")
	}
	padding := strings.Repeat(" ", 100<<10)
	for i := range 200 {
		if _, errs := d.get(fmt.Sprintf("{ a%d: viewer { id } }%s", i, padding)); len(errs) > 0 {
			t.Fatal(errs)
		}
		if d.size > documentCacheSize {
			t.Fatalf("%d bytes after %d documents", d.size, i)
		}
	}
	if again, _ := d.get("{ viewer { id } }"); again == first {
		t.Error("the oldest document is still there")
	}
	if _, errs := d.get("{ nothing }"); len(errs) == 0 || d.entries.Contains("{ nothing }") {
		t.Error("a document that is refused is kept")
	}
}

func TestNoSuggestions(t *testing.T) {
	d := offline(t, false).documents
	for _, query := range []string{
		"{ viewr { id } }", "{ viewer }", "{ note(idd: 1) { id } }", "{ ... on Notee { id } }", "query ($o: NoteOrdr) { notes(orderBy: $o) { __typename } }",
		"{ notes(orderBy: UPDATED_DES) { __typename } }", "{ notes(filter: {serch: 1}) { __typename } }", "{ notes(orderBy: \"UPDATED_DES\") { __typename } }",
	} {
		_, errs := d.get(query)
		if len(errs) == 0 || strings.Contains(errs.Error(), "ean") {
			t.Errorf("%s: %v", query, errs)
		}
	}
}
