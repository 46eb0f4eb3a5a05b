package authtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A Call is a request that is about to be sent. An edit may change any of it.
type Call struct {
	Method string
	URL    string
	Header http.Header
	Form   url.Values // sent as the body, unless JSON is set
	JSON   any        // sent as the body
	// Key signs the DPoP proof, unless it is nil or a DPoP header is set already.
	Key   *Key
	Proof []func(*Proof) // edits of that proof
}

// Param sets a form parameter: no value removes it, and two values send it twice.
func Param(name string, values ...string) func(*Call) {
	return func(c *Call) {
		if len(values) == 0 {
			c.Form.Del(name)
			return
		}
		c.Form[name] = values
	}
}

// WithHeader sets a header: no value removes it.
func WithHeader(name string, values ...string) func(*Call) {
	return func(c *Call) {
		if len(values) == 0 {
			c.Header.Del(name)
			return
		}
		c.Header[http.CanonicalHeaderKey(name)] = values
	}
}

// WithKey sets the key that signs the DPoP proof, or nil for no proof.
func WithKey(k *Key) func(*Call) { return func(c *Call) { c.Key = k } }

// WithProof edits the request's DPoP proof.
func WithProof(edits ...func(*Proof)) func(*Call) {
	return func(c *Call) { c.Proof = append(c.Proof, edits...) }
}

// An Answer is the response to a call.
type Answer struct {
	Status  int
	Header  http.Header
	Cookies []*http.Cookie
	Body    string
}

// Must ends the test unless the answer has a status.
func (a *Answer) Must(t testing.TB, status int) *Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("the answer is %d %s, want %d", a.Status, a.Body, status)
	}
	return a
}

// Refused reports an error unless the answer is a refusal with a status and a code.
func (a *Answer) Refused(t testing.TB, status int, code string) {
	t.Helper()
	if a.Status != status || a.Code() != code {
		t.Errorf("the answer is %d %q %s, want %d %q", a.Status, a.Code(), a.Body, status, code)
	}
}

var challengeError = regexp.MustCompile(`^DPoP error="([^"]*)"`)

// Code returns the code of a refusal, by a challenge (RFC 9449 §7.1), an OAuth endpoint (RFC 6749
// §5.2) or an endpoint of the account origin; "" if there is none.
func (a *Answer) Code() string {
	if m := challengeError.FindStringSubmatch(a.Header.Get("WWW-Authenticate")); m != nil {
		return m[1]
	}
	var body struct{ Error any }
	if json.Unmarshal([]byte(a.Body), &body) != nil {
		return ""
	}
	switch e := body.Error.(type) {
	case string:
		return e
	case map[string]any:
		code, _ := e["code"].(string)
		return code
	}
	return ""
}

// Text returns a string in the body's JSON by its path, or "" if it is not there.
func (a *Answer) Text(path ...string) string {
	var v any
	if json.Unmarshal([]byte(a.Body), &v) != nil {
		return ""
	}
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

// JSON decodes the body into v.
func (a *Answer) JSON(t testing.TB, v any) {
	t.Helper()
	decodeJSON(t, []byte(a.Body), v)
}

// Send sends a call to this node of the site, with a DPoP proof if it has a key.
func (s *Site) Send(t testing.TB, c *Call, edits ...func(*Call)) *Answer {
	t.Helper()
	a, err := s.Try(t, c, edits...)
	must(t, err)
	return a
}

// Try is Send to a node that may be down. Its error is that of the connection.
func (s *Site) Try(t testing.TB, c *Call, edits ...func(*Call)) (*Answer, error) {
	t.Helper()
	response, err := s.client().Do(s.request(t, c, edits)) //nolint:bodyclose // readAnswer does
	if err != nil {
		return nil, err
	}
	return readAnswer(response)
}

// Do sends a request unchanged.
func (s *Site) Do(t testing.TB, r *http.Request) *Answer {
	t.Helper()
	response, err := s.client().Do(r) //nolint:bodyclose // readAnswer does
	must(t, err)
	a, err := readAnswer(response)
	must(t, err)
	return a
}

func readAnswer(response *http.Response) (*Answer, error) {
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Cookies: response.Cookies(), Body: string(read)}, nil
}

// request returns the request of an edited call, with a DPoP proof if it has a key.
func (s *Site) request(t testing.TB, c *Call, edits []func(*Call)) *http.Request {
	t.Helper()
	if c.Header == nil {
		c.Header = http.Header{}
	}
	for _, edit := range edits {
		edit(c)
	}
	var body []byte
	switch {
	case c.JSON != nil:
		var err error
		body, err = json.Marshal(c.JSON)
		must(t, err)
		setDefault(c.Header, "Content-Type", "application/json")
	case c.Form != nil:
		body = []byte(c.Form.Encode())
		setDefault(c.Header, "Content-Type", "application/x-www-form-urlencoded")
	}
	if c.Key != nil && c.Header.Values("DPoP") == nil {
		_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
		now := Claim("iat", s.Clock.Now().Unix())
		c.Header.Set("DPoP", c.Key.Proof(c.Method, c.URL, token, append([]func(*Proof){now}, c.Proof...)...))
	}
	r, err := http.NewRequestWithContext(t.Context(), c.Method, c.URL, bytes.NewReader(body))
	must(t, err)
	r.Header = c.Header
	return r
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}
