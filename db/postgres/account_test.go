package postgres

import (
	"strings"
	"testing"
)

func TestAUserWithoutANameIsRefused(t *testing.T) {
	if name, err := userName(t.Context(), 0); name != "root" || err != nil {
		t.Errorf("uid 0 is %q, %v", name, err)
	}
	if name, err := userName(t.Context(), 2_000_000_011); err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "2000000011") {
		t.Errorf("a uid that nobody has is %q, %v", name, err)
	}
}
