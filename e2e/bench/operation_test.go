package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	part     = regexp.MustCompile("(?m)^const (\\w+) = [\"`](.*)[\"`];$")
	document = regexp.MustCompile("(?m)^export const \\w+ = [\"`](.*)[\"`];$")
)

// What is measured is what people's widgets ask; and a service may answer nothing else.
func TestTheDocumentsAreTheWidgets(t *testing.T) {
	source, err := os.ReadFile("../../widget/src/documents.ts")
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, m := range part.FindAllStringSubmatch(string(source), -1) {
		parts = append(parts, "${"+m[1]+"}", m[2])
	}
	theirs := map[string]bool{}
	for _, m := range document.FindAllStringSubmatch(string(source), -1) {
		theirs[strings.NewReplacer(parts...).Replace(m[1])] = true
	}
	for _, o := range operations() {
		if !theirs[o.document] {
			t.Errorf("the widget does not ask %s", o.document)
		}
	}
}
