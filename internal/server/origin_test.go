package server

import "testing"

func TestIncompatibleOriginsAreRefused(t *testing.T) {
	for _, c := range []struct {
		account, frame string
		refused, warns bool
	}{
		{"https://account.example", "https://frame.example.net", false, false},
		{"http://aside.localhost:8080", "http://aside-frame.localhost:8080", false, false},
		{"https://account.example.com", "https://frame.example.com", false, true},
		{"https://example.com", "https://frame.example.com", true, false},
		{"https://example.com", "https://example.com:8443", true, false},
		{"https://example.com", "http://frame.localhost", true, false},
		{"http://127.0.0.1:8080", "http://frame.localhost:8080", true, false},
	} {
		warning, err := checkOrigins(c.account, c.frame)
		if (err != nil) != c.refused || (warning != "") != c.warns {
			t.Errorf("%s and %s: %q, %v", c.account, c.frame, warning, err)
		}
	}
}
