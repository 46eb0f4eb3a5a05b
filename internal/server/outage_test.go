package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// While PostgreSQL is stopped, hangs, or is read-only, every route that needs it answers 503 with Retry-After, and the log
// has one warning a second and no error. Afterwards every route works again without a restart.
func TestEveryRouteAnswersAnOutage(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]struct{ begin, end func(*testing.T, *outageSite) }{
		"stopped": {func(_ *testing.T, s *outageSite) { s.proxy.Disconnect() }, func(_ *testing.T, s *outageSite) { s.proxy.Repair() }},
		"hanging": {func(_ *testing.T, s *outageSite) { s.proxy.Freeze() }, func(_ *testing.T, s *outageSite) { s.proxy.Repair() }},
		"read-only": {
			func(t *testing.T, s *outageSite) { s.readOnly(t, "on") },
			func(t *testing.T, s *outageSite) { s.readOnly(t, "off") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOutageSite(t)
			calls := s.calls(t)
			s.log.reset()
			began := time.Now()
			failure.begin(t, s)
			var all sync.WaitGroup
			for _, c := range calls {
				if name == "read-only" && c.reads {
					continue
				}
				all.Go(func() {
					a, err := s.site.Try(t, c.call)
					if err != nil {
						t.Errorf("%s: %v", c.name, err)
						return
					}
					c.check(t, a)
				})
			}
			all.Wait()
			s.waitForStatus(t, http.StatusServiceUnavailable)
			faults, lines := s.log.problems(t)
			if most := int(time.Since(began)/time.Second) + 2; lines > most || lines == 0 {
				t.Errorf("the log has %d warnings, want 1 to %d:\n%s", lines, most, s.log)
			}
			if faults > 0 {
				t.Errorf("the log has %d errors:\n%s", faults, s.log)
			}
			if a := s.get(t, "/healthz"); a.Status != http.StatusOK {
				t.Errorf("/healthz answers %d", a.Status)
			}
			failure.end(t, s)
			s.waitForRecovery(t)
		})
	}
}

// An outageCall is a request to a route that needs the database.
type outageCall struct {
	name  string
	call  *authtest.Call
	code  string // as its endpoint writes it
	reads bool   // it writes nothing, so that a read-only server may answer
}

func (c outageCall) check(t *testing.T, a *authtest.Answer) {
	t.Helper()
	if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || a.Header.Get("Retry-After") == "0" {
		t.Errorf("%s answers %d, Retry-After %q: %.300s", c.name, a.Status, a.Header.Get("Retry-After"), a.Body)
		return
	}
	if !strings.Contains(a.Body, c.code) {
		t.Errorf("%s answers without %s: %.300s", c.name, c.code, a.Body)
	}
}

// An outageSite is a server that reaches PostgreSQL over a connection that the test can cut.
type outageSite struct {
	proxy *dbtest.Proxy
	data  *dbtest.Database
	site  *authtest.Site
	alice *authtest.Visitor
	log   *outageLog
}

func newOutageSite(t *testing.T) *outageSite {
	t.Helper()
	ownerURL := dbtest.NewURL(t)
	s := &outageSite{proxy: dbtest.NewProxy(t, ownerURL), data: dbtest.At(t, ownerURL), log: &outageLog{}}
	master := make([]byte, seal.KeySize)
	_, _ = rand.Read(master)
	ctx, stop := context.WithCancel(t.Context())
	log := slog.New(slog.NewJSONHandler(s.log, nil))
	keys, err := seal.NewKeyring(master)
	if err != nil {
		t.Fatal(err)
	}
	// The timeout is short, so that the test need not wait long, but long enough for a busy machine.
	store, err := db.Open(ctx, s.proxy.URL, keys, db.Options{SessionCache: -1, StatementTimeout: 2 * time.Second, MaxConns: 8, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(ctx, &Config{
		Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", DemoListen: "127.0.0.1:0", Demo: true, GraphQLOpen: true,
		SessionIdle: 2 * time.Hour, SessionLife: 12 * time.Hour, SelfServe: true, Rates: 1, Streams: 100,
	}, store, keys, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, io.Discard, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		store.Close()
	})
	s.site = authtest.At(t, server.account, server.frame, server.listeners[0].Addr().String())
	s.alice = s.site.Visitor(t, &db.Tenant{Key: "t_demo", Name: "Hillside Tea", EmbedOrigins: []string{server.shop}})
	s.alice.SignUp(t)
	return s
}

// readOnly makes PostgreSQL read-only, like a demoted primary, or writable. Connections that were opened while it was
// read-only stay so.
func (s *outageSite) readOnly(t *testing.T, value string) {
	t.Helper()
	s.data.Exec(t, `ALTER ROLE aside IN DATABASE `+s.data.Name+` SET default_transaction_read_only = `+value)
	if value == "off" {
		return
	}
	s.data.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}

func (s *outageSite) get(t *testing.T, path string) *authtest.Answer {
	t.Helper()
	a, err := s.site.Try(t, &authtest.Call{Method: http.MethodGet, URL: s.site.FrameOrigin + path})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// waitForStatus waits until /readyz answers with a status.
func (s *outageSite) waitForStatus(t *testing.T, status int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for s.get(t, "/readyz").Status != status {
		if time.Now().After(deadline) {
			t.Fatalf("/readyz never answers %d:\n%s", status, s.log)
		}
	}
}

// waitForRecovery waits until the server is ready and answers a write and a stream.
func (s *outageSite) waitForRecovery(t *testing.T) {
	t.Helper()
	const write = `mutation { createNote(input: {title: "after"}) { note { id } } }`
	s.waitForStatus(t, http.StatusOK)
	deadline := time.Now().Add(time.Minute)
	for s.alice.GraphQL(t, write, nil).Text("data", "createNote", "note", "id") == "" ||
		s.stream(t).Status != http.StatusOK {
		if time.Now().After(deadline) {
			t.Fatalf("it does not recover:\n%s", s.log)
		}
	}
}

// stream opens a stream and closes it.
func (s *outageSite) stream(t *testing.T) *authtest.Answer {
	t.Helper()
	ctx, leave := context.WithTimeout(t.Context(), time.Minute)
	defer leave()
	body, _ := json.Marshal(map[string]string{"query": `subscription { noteChanged { __typename } }`}) //nolint:errchkjson // a constant
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.site.FrameOrigin+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"DPoP " + s.alice.Token}, "Content-Type": {"application/json"}, "Accept": {"text/event-stream"},
		"Dpop": {s.alice.Key.Proof(http.MethodPost, s.site.FrameOrigin+"/graphql", s.alice.Token)}}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: s.dial}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return &authtest.Answer{Status: answer.StatusCode, Header: answer.Header}
}

func (s *outageSite) dial(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

// calls returns one call for each route that needs the database. What can be prepared is.
func (s *outageSite) calls(t *testing.T) []outageCall {
	t.Helper()
	a := s.alice
	cookies := http.Header{}
	for name, cookie := range a.Cookies {
		cookies.Add("Cookie", name+"="+cookie.Value)
	}
	account := func(path string, body any) *authtest.Call {
		return &authtest.Call{Method: http.MethodPost, URL: s.site.AccountOrigin + path, Header: cookies.Clone(), JSON: body}
	}
	frame := func(path string, form url.Values) *authtest.Call {
		return &authtest.Call{Method: http.MethodPost, URL: s.site.FrameOrigin + path, Key: a.Key, Form: form}
	}
	api := func(query string) *authtest.Call {
		return &authtest.Call{Method: http.MethodPost, URL: s.site.FrameOrigin + "/graphql", Key: a.Key,
			Header: http.Header{"Authorization": {"DPoP " + a.Token}}, JSON: map[string]any{"query": query}}
	}
	follow := api(`subscription { noteChanged { __typename } }`)
	follow.Header.Set("Accept", "text/event-stream")
	serverKey := account("/graphql", map[string]any{"query": `{ viewer { id } }`})
	serverKey.Header = http.Header{"Authorization": {"Bearer sk_" + strings.Repeat("A", 40)}}
	i := a.Interaction(t)
	push := frame("/oauth/par", url.Values{
		"client_id": {"t_demo"}, "response_type": {"code"}, "response_mode": {"web_message"}, "redirect_uri": {a.RedirectURI()},
		"code_challenge_method": {"S256"}, "code_challenge": {authtest.Digest(a.Verifier)}, "state": {"s"}, "scope": {"notes"}, "embed_origin": {a.EmbedOrigin},
	})
	calls := []outageCall{
		{"GET /embed", &authtest.Call{Method: http.MethodGet, URL: s.site.FrameOrigin + "/embed/t_demo?origin=" + url.QueryEscape(a.EmbedOrigin)}, `http-equiv="refresh"`, true},
		{"POST /oauth/par", push, "temporarily_unavailable", false},
		{"POST /oauth/token, a code", frame("/oauth/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {"t_demo"}, "code": {"c"},
			"code_verifier": {a.Verifier}, "redirect_uri": {a.RedirectURI()}}), "temporarily_unavailable", false},
		{"POST /oauth/token, a ticket", frame("/oauth/token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {"t_demo"},
			"subject_token": {"tk_x"}, "subject_token_type": {"urn:aside:ticket"}}), "temporarily_unavailable", false},
		{"POST /oauth/revoke", frame("/oauth/revoke", url.Values{"client_id": {"t_demo"}, "token": {a.Token}}), "temporarily_unavailable", false},
		{"POST /graphql, a page", api(`{ notes(first: 3) { edges { node { id } } } }`), `"RATE_LIMITED"`, true},
		{"POST /graphql, a note", api(`{ note(id: "` + uuid.Must(uuid.NewV7()).String() + `") { id } }`), `"RATE_LIMITED"`, true},
		{"POST /graphql, a write", api(`mutation { createNote(input: {title: "x"}) { note { id } } }`), `"RATE_LIMITED"`, false},
		{"POST /graphql, a stream", follow, `"RATE_LIMITED"`, true},
		{"POST /graphql, an account", account("/graphql", map[string]any{"query": `{ viewer { id } }`}), `"RATE_LIMITED"`, true},
		{"POST /graphql, a server key", serverKey, `"RATE_LIMITED"`, true},
		{"GET /oauth/authorize", &authtest.Call{Method: http.MethodGet, Header: cookies.Clone(),
			URL: s.site.AccountOrigin + "/oauth/authorize?client_id=t_demo&request_uri=" + url.QueryEscape(a.RequestURI(t))}, "<html", false},
		{"POST /oauth/authorize/decision", account("/oauth/authorize/decision", map[string]any{"interaction": i.ID, "decision": "allow", "embed_origin": a.EmbedOrigin}), "temporarily_unavailable", false},
		{"POST /account/export", account("/account/export", nil), "temporarily_unavailable", false},
		{"POST /passkeys/accepted", account("/passkeys/accepted", nil), "temporarily_unavailable", true},
		{"POST /passkeys/recovery", account("/passkeys/recovery", map[string]any{"code": "ABCD-EFGH"}), "temporarily_unavailable", false},
		{"GET /.well-known/jwks.json", &authtest.Call{Method: http.MethodGet, URL: s.site.AccountOrigin + "/.well-known/jwks.json"}, "temporarily_unavailable", false},
	}
	// The first step of a registration or a sign-in needs no database.
	for _, kind := range []string{"addition", "confirmation"} {
		calls = append(calls, outageCall{"POST /passkeys/" + kind, account("/passkeys/"+kind, map[string]any{}), "temporarily_unavailable", true})
	}
	offer := a.Begin(t, "registration")
	finish := map[string]any{"ceremony": offer.Ceremony, "credential": a.Authenticator.Register(t, offer.Options)}
	for _, kind := range []string{"registration", "login", "addition", "confirmation", "recovery"} {
		calls = append(calls, outageCall{"POST /passkeys/" + kind + "/finish", account("/passkeys/"+kind+"/finish", finish), "temporarily_unavailable", false})
	}
	return calls
}

// An outageLog records the log, except for the requests.
type outageLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *outageLog) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(`"msg":"request"`)) {
		return len(b), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *outageLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

func (l *outageLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// problems counts the errors, and the errors and warnings, in the log.
func (l *outageLog) problems(t *testing.T) (faults, lines int) {
	t.Helper()
	for text := range strings.Lines(l.String()) {
		var line struct{ Level slog.Level }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Level >= slog.LevelWarn {
			lines++
		}
		if line.Level >= slog.LevelError {
			faults++
		}
	}
	return faults, lines
}
