package example

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

var secret = bytes.Repeat([]byte("s"), 32)

func shopWithLogin() http.Handler {
	return Shop(Config{FrameOrigin: frame, TenantKey: "t_demo", AccountOrigin: "https://aside.example", Secret: secret})
}

// ask sends a request with a session's cookie, "" for none, and a form, nil for none.
func ask(method, path, session string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: session})
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	shopWithLogin().ServeHTTP(w, r)
	return w
}

// joesSession logs in and returns his session.
func joesSession(t *testing.T) string {
	t.Helper()
	w := ask("POST", "/login", "", url.Values{"customer": {"customer-1342"}, "back": {"/tea/wuyi-oolong"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/tea/wuyi-oolong" {
		t.Fatalf("logging in: %d, to %s", w.Code, w.Header().Get("Location"))
	}
	cookie := w.Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the session's cookie is %s", cookie)
	}
	return cookie.Value
}

func TestACustomerLogsInAndOut(t *testing.T) {
	if body := ask("GET", "/login?back=/order", "", nil).Body.String(); strings.Count(body, `name="customer"`) != len(customers) || !strings.Contains(body, `value="/order"`) {
		t.Errorf("the log-in: %s", body)
	}
	if body := ask("GET", "/", "", nil).Body.String(); !strings.Contains(body, ">Log in<") || strings.Contains(body, "Log out") {
		t.Errorf("a stranger sees %s", body)
	}
	for _, path := range []string{"/", "/order", "/coop/tea/white-peony"} {
		w := ask("GET", path, joesSession(t), nil)
		if body := w.Body.String(); !strings.Contains(body, "Joe Miller") || !strings.Contains(body, ">Log out<") {
			t.Errorf("at %s Joe sees %s", path, body)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s may be kept: %q", path, got)
		}
	}
	out := ask("POST", "/logout", joesSession(t), url.Values{"back": {"/order"}})
	if cookie := out.Result().Cookies()[0]; cookie.MaxAge >= 0 || cookie.Value != "" || out.Header().Get("Location") != "/order" {
		t.Errorf("logged out: %s, to %s", cookie, out.Header().Get("Location"))
	}
}

func TestTheShopSaysWhoIsLoggedIn(t *testing.T) {
	w := ask("GET", "/aside-assertion?nonce=thumbprint&sub=customer-1017", joesSession(t), nil)
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, %v", w.Code, w.Header())
	}
	parts := strings.Split(w.Body.String(), ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %s", w.Body)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil)); parts[2] != want {
		t.Errorf("the signature is %s, want %s", parts[2], want)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var got claims
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatal(err)
	}
	if got.ExpiresAt-got.IssuedAt != 120 || time.Since(time.Unix(got.IssuedAt, 0)) > time.Minute || len(got.ID) < 20 {
		t.Errorf("it lives from %d to %d, as %q", got.IssuedAt, got.ExpiresAt, got.ID)
	}
	got.IssuedAt, got.ExpiresAt, got.ID = 0, 0, ""
	want := claims{
		Issuer: "t_demo", Audience: "https://aside.example", Subject: "customer-1342",
		Nonce: "thumbprint", Email: "joe@post.example", Name: "Joe Miller",
	}
	if got != want {
		t.Errorf("it says %+v, want %+v", got, want)
	}
	if again := ask("GET", "/aside-assertion?nonce=thumbprint", joesSession(t), nil); again.Body.String() == w.Body.String() {
		t.Error("two assertions are one")
	}
}

func TestLoggedOutVisitorGetsNoAssertion(t *testing.T) {
	s := &shop{Config: Config{Secret: secret}}
	other := &shop{Config: Config{Secret: bytes.Repeat([]byte("o"), 32)}}
	soon := time.Now().Add(time.Hour)
	session := s.newSession(&customers[0], soon)
	for name, session := range map[string]string{
		"no session":             "",
		"nonsense":               "nonsense",
		"an unsigned one":        strings.Join(strings.Split(session, ".")[:2], "."),
		"an expired one":         s.newSession(&customers[0], time.Now().Add(-time.Second)),
		"another shop's":         other.newSession(&customers[0], soon),
		"of no customer":         s.newSession(&customer{ID: "customer-1"}, soon),
		"with another's name":    strings.Replace(session, customers[0].ID, customers[1].ID, 1),
		"with a changed ending":  otherEnding(session),
		"the assertion's secret": string(secret),
	} {
		if w := ask("GET", "/aside-assertion?nonce=n", session, nil); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := ask("GET", "/aside-assertion", session, nil); w.Code != http.StatusOK {
		t.Errorf("a good session: %d", w.Code)
	}
}

// otherEnding returns s with another last character.
func otherEnding(s string) string {
	last := "A"
	if strings.HasSuffix(s, last) {
		last = "B"
	}
	return s[:len(s)-1] + last
}

func TestCrossSiteLoginIsRefused(t *testing.T) {
	form := url.Values{"customer": {"customer-1342"}}
	if w := ask("POST", "/login", "", form, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("logged in by another site: %d", w.Code)
	}
	if w := ask("POST", "/logout", joesSession(t), url.Values{}, "Origin", "https://evil.example"); w.Code != http.StatusForbidden {
		t.Errorf("logged out by another site: %d", w.Code)
	}
	if w := ask("POST", "/login", "", url.Values{"customer": {"customer-1"}}); w.Code != http.StatusBadRequest {
		t.Errorf("logged in as nobody: %d", w.Code)
	}
}

func TestRedirectAfterLoginStaysInTheShop(t *testing.T) {
	for _, back := range []string{"//evil.example/", "/\\evil.example", "https://evil.example/", "/login", "/order?tea=x&y=z", "javascript:alert(1)", ""} {
		w := ask("POST", "/coop/login", "", url.Values{"customer": {"customer-1342"}, "back": {back}})
		if got := w.Header().Get("Location"); got != "/coop/" {
			t.Errorf("back to %q leads to %q", back, got)
		}
	}
}

func TestShopWithoutSecretAssertsNobody(t *testing.T) {
	for _, path := range []string{"/login", "/aside-assertion?nonce=n"} {
		if w := get(t, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if body := get(t, "/").Body.String(); strings.Contains(body, "Log in") || strings.Contains(body, "shop.js") {
		t.Errorf("a shop without a log-in offers one: %s", body)
	}
	if body := ask("GET", "/", "", nil).Body.String(); strings.Count(body, "<script") != 2 || !strings.Contains(body, `<script src="/shop.js" defer>`) {
		t.Errorf("a shop with one has not its script and the snippet's: %s", body)
	}
}
