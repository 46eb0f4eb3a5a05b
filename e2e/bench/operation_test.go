package main

import (
	"strings"
	"testing"

	"github.com/company-a/aside/widget"
)

// The benchmark sends the operations of the widget, since a service may accept no others.
func TestOperationsAreTheWidgets(t *testing.T) {
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
