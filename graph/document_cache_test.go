package graph

import (
	"fmt"
	"strings"
	"testing"
)

func TestDocumentCacheSize(t *testing.T) {
	d := newHandlerWithoutDatabase(t, false).documents
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

func TestErrorsSuggestNoNames(t *testing.T) {
	d := newHandlerWithoutDatabase(t, false).documents
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
