package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHostForms(t *testing.T) {
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

// Browsers leave the default port out; load balancers and scripts may write it, or an absolute name.
func TestEveryHostFormIsServed(t *testing.T) {
	handler := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, name+" at "+r.Host) })
	}
	s := &Server{account: "https://aside.example", frame: "https://frame.example"}
	h := s.byHost(map[string]http.Handler{"aside.example": handler("account"), "frame.example": handler("frame")})
	for host, want := range map[string]string{
		"aside.example":      "account at aside.example",
		"aside.example:443":  "account at aside.example",
		"Aside.Example.:443": "account at aside.example",
		"aside.example.":     "account at aside.example",
		"frame.example:443":  "frame at frame.example",
		"frame.example.":     "frame at frame.example",
		"aside.example:80":   "",
		"aside.example:8443": "",
		"evil.example:443":   "",
		"":                   "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if want == "" {
			if w.Code != http.StatusMisdirectedRequest {
				t.Errorf("%s: %d", host, w.Code)
			}
		} else if got := w.Body.String(); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}
