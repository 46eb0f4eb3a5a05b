package web

import (
	"bytes"
	"cmp"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/company-a/aside/auth"
)

const (
	accountOrigin = "https://aside.example"
	frameOrigin   = "https://frame.example"
)

// A visit is one browser, with what package auth returns for it and what the pages log.
type visit struct {
	origin      string // "": accountOrigin
	contact     string
	interaction auth.Interaction
	err         error
	log         bytes.Buffer
	explorer    bool
	opened      int // how often the interaction was opened
}

func (v *visit) OpenInteraction(w http.ResponseWriter, _ *http.Request) (*auth.Interaction, error) {
	v.opened++
	http.SetCookie(w, &http.Cookie{Name: "__Host-interaction", Value: "opened"})
	return &v.interaction, v.err
}

func (v *visit) get(t *testing.T, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return v.send(t, http.MethodGet, path, header...)
}

func (v *visit) send(t *testing.T, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := New(Config{
		AccountOrigin: cmp.Or(v.origin, accountOrigin),
		FrameOrigin:   frameOrigin,
		Contact:       v.contact,
		SelfServe:     true,
		Explorer:      v.explorer,
		Interactions:  v,
		Log:           slog.New(slog.NewTextHandler(&v.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// testInteraction returns the interaction of a sign-in at the shop's widget.
func testInteraction() auth.Interaction {
	return auth.Interaction{
		ID:           "interaction-1",
		RequestURI:   "urn:ietf:params:oauth:request_uri:one",
		TenantKey:    "t_shop",
		TenantName:   "Hillside Tea",
		EmbedOrigin:  "https://shop.example",
		FrameOrigin:  frameOrigin,
		ResponseMode: "web_message",
	}
}

func TestNewRefusesInvalidOrigins(t *testing.T) {
	for _, origin := range []string{"", "aside.example", "https://aside.example/", "https://user@aside.example", "https://aside.example?x"} {
		if _, err := New(Config{AccountOrigin: origin, Interactions: &visit{}}); err == nil {
			t.Errorf("account origin %q was accepted", origin)
		}
	}
}
