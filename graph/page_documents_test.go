package graph

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	pageConstant = regexp.MustCompile("(?m)^(?:export )?const (\\w+) =[^`]*?`([^`]*)`")
	interpolated = regexp.MustCompile(`\$\{(\w+)\}`)
)

// Every document of our pages is valid and within the limits.
func TestPageDocumentsAreValid(t *testing.T) {
	h := newHandlerWithoutDatabase(t, false)
	files, err := filepath.Glob("../web/src/*/documents.ts")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]string{}
		checked := 0
		for _, c := range pageConstant.FindAllStringSubmatch(string(source), -1) {
			text := interpolated.ReplaceAllStringFunc(c[2], func(name string) string { return known[name[2:len(name)-1]] })
			known[c[1]] = text
			if strings.HasPrefix(text, "fragment") {
				continue // a fragment
			}
			checked++
			if _, errs := h.documents.get(text); len(errs) > 0 {
				t.Errorf("%s: %s: %v", file, c[1], errs)
			}
		}
		if declared := strings.Count(string(source), "= document<"); checked != declared {
			t.Errorf("%s declares %d documents, and %d were found", file, declared, checked)
		}
	}
}

// The widget's document has all of its operations, and is valid and within the limits too.
func TestWidgetDocumentsAreValid(t *testing.T) {
	data, err := os.ReadFile("../widget/dist/documents.json")
	if err != nil {
		t.Fatal(err)
	}
	var documents map[string]string
	if err := json.Unmarshal(data, &documents); err != nil || len(documents) == 0 {
		t.Fatal(documents, err)
	}
	h := newHandlerWithoutDatabase(t, false)
	for _, text := range documents {
		if _, errs := h.documents.get(text); len(errs) > 0 {
			t.Errorf("%v: %s", errs, text)
		}
	}
}
