package widget

import (
	"os"
	"strings"
	"testing"
)

func TestAccentShades(t *testing.T) {
	for accent, want := range map[string]string{
		"":        "",
		"red":     "",
		"#2f5d5":  "",
		"#zz5d50": "",
		"#2f5d50": "light-dark(#2f5d50,#436d61)", // too dark on the dark background
		"#000000": "light-dark(#000000,#666666)",
		"#ffffff": "light-dark(#8c8c8c,#ffffff)",
		"#c04a20": "light-dark(#c04a20,#c04a20)",
		"#ffd400": "light-dark(#a58900,#ffd400)", // too light on the light background
	} {
		if got := accentShades(accent); got != want {
			t.Errorf("%q: %s, not %s", accent, got, want)
		}
	}
	sheet, err := os.ReadFile("src/frame.css")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(sheet), "--aside-background: light-dark(#fff, #17181a);") {
		t.Error("the sheet has other papers than the shades are made for")
	}
}
