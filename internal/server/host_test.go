package server

import "testing"

func TestAHostInAnyForm(t *testing.T) {
	for _, c := range []struct{ scheme, host, want string }{
		{"https", "aside.example", "aside.example"},
		{"https", "Aside.Example", "aside.example"},
		{"https", "aside.example:443", "aside.example"},
		{"https", "aside.example.", "aside.example"},
		{"https", "aside.example.:443", "aside.example"},
		{"https", "aside.example:", "aside.example"},
		{"https", "aside.example:8443", "aside.example:8443"},
		{"https", "aside.example.:8443", "aside.example:8443"},
		{"https", "aside.example:80", "aside.example:80"},
		{"http", "aside.localhost:80", "aside.localhost"},
		{"http", "aside.localhost:443", "aside.localhost:443"},
		{"http", "aside.localhost:8080", "aside.localhost:8080"},
		{"https", "[::1]:443", "[::1]"},
		{"https", "[::443]", "[::443]"},
		{"https", "aside.example..", "aside.example."}, // still no valid name
		{"https", "", ""},
	} {
		if got := normalHost(c.host, c.scheme); got != c.want {
			t.Errorf("%s://%s: %s, not %s", c.scheme, c.host, got, c.want)
		}
	}
}
