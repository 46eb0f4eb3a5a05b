package main

import (
	"strings"
	"testing"

	"github.com/company-a/aside/widget"
)

// What is measured is what people's widgets ask; and a service may answer nothing else.
func TestTheOperationsAreTheWidgets(t *testing.T) {
	theirs := widget.Documents()
	if len(theirs) != 1 {
		t.Fatalf("the widget has %d documents", len(theirs))
	}
	for _, o := range operations() {
		if !strings.Contains(theirs[document], "query "+o.operation+"(") && !strings.Contains(theirs[document], "mutation "+o.operation+"(") {
			t.Errorf("the widget does not ask %s", o.operation)
		}
	}
}
