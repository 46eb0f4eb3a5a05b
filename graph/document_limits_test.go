package graph

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A document at a limit is accepted, and one over it is refused.
func TestLimits(t *testing.T) {
	d := newHandlerWithoutDatabase(t, false).documents
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

// Each fragment spreads the next one twice: spread out, they would be 2^20 fields.
func TestNestedFragmentsAreMeasuredOnce(t *testing.T) {
	var b strings.Builder
	b.WriteString("{ viewer { ...F0 } }")
	for i := range 20 {
		fmt.Fprintf(&b, " fragment F%d on Viewer { ...F%d ...F%d }", i, i+1, i+1)
	}
	h := newHandlerWithoutDatabase(t, false)
	_, errs := h.prepare(t.Context(), request{Query: b.String() + " fragment F20 on Viewer { id }"})
	if len(errs) != 1 || !errors.Is(errs[0], errCost) {
		t.Errorf("a doubling chain: %v", errs)
	}
	_, errs = h.prepare(t.Context(), request{Query: b.String() + " fragment F20 on Viewer { ...F0 id }"})
	if len(errs) == 0 || strings.Contains(errs.Error(), string(TooComplex)) {
		t.Errorf("a cycle: %v", errs)
	}
}
