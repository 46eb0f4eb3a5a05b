package authtest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A Site serves the two origins by one node over HTTP, with its own database.
type Site struct {
	*dbtest.Database
	Auth          *auth.Server
	AccountOrigin string
	FrameOrigin   string
	Clock         *Clock

	options Options
	nodes   map[string]string // the address of each origin's listener, by the origin's host and port
}

// Options are the options of a Site.
type Options struct {
	// API answers /graphql behind auth on both origins; by default Site.Whoami.
	API         func(*Site) http.Handler
	SessionIdle time.Duration // auth.Config.SessionIdle
	SessionLife time.Duration // auth.Config.SessionLife
	Log         *slog.Logger
	// SessionCache is db.Options.SessionCache. By default nothing is cached, so that a test that ends a
	// session with dbtest.Database.Exec does not have to wait.
	SessionCache time.Duration
	// Rates multiplies the rate limits. By default they are so high that only tests of limits reach them.
	Rates float64
}

// New starts a Site that serves until the test ends.
func New(t testing.TB) *Site {
	t.Helper()
	return Start(t, Options{})
}

// Start is New with options.
func Start(t testing.TB, o Options) *Site {
	t.Helper()
	if o.SessionCache == 0 {
		o.SessionCache = -1
	}
	if o.Rates == 0 {
		o.Rates = 1000
	}
	database := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 8, SessionCache: o.SessionCache, Rates: o.Rates})
	s := &Site{Database: database, Clock: &Clock{}, options: o}
	account, frame := listen(), listen()
	s.AccountOrigin, s.FrameOrigin = "http://"+name(t, "aside.localhost", account), "http://"+name(t, "aside-frame.localhost", frame)
	s.serve(t, account, frame)
	return s
}

// At returns a Site for a running service that serves both origins at one address.
func At(t testing.TB, accountOrigin, frameOrigin, address string) *Site {
	t.Helper()
	return &Site{
		Clock: &Clock{}, AccountOrigin: accountOrigin, FrameOrigin: frameOrigin,
		nodes: map[string]string{host(t, accountOrigin): address, host(t, frameOrigin): address},
	}
}

// Node starts another node for the same origins. It has its own auth.Server and connection pool, on the
// same database and with the same keys.
func (s *Site) Node(t testing.TB) *Site {
	t.Helper()
	return s.node(t, s.Clock)
}

// NodeAhead is Node with a clock that is ahead of the site's by a duration, which may be negative.
func (s *Site) NodeAhead(t testing.TB, by time.Duration) *Site {
	t.Helper()
	return s.node(t, s.Clock.shifted(by))
}

func (s *Site) node(t testing.TB, clock *Clock) *Site {
	t.Helper()
	database := *s.Database
	database.DB = s.Database.Node(t, db.Options{MaxConns: 4, SessionCache: s.options.SessionCache, Rates: s.options.Rates})
	node := &Site{Database: &database, AccountOrigin: s.AccountOrigin, FrameOrigin: s.FrameOrigin, Clock: clock, options: s.options}
	node.serve(t, listen(), listen())
	return node
}

// NodeWithDeadline starts another node's listeners, with a deadline for reading and answering each request.
func (s *Site) NodeWithDeadline(t testing.TB, deadline time.Duration) *Site {
	t.Helper()
	node := &Site{Database: s.Database, AccountOrigin: s.AccountOrigin, FrameOrigin: s.FrameOrigin, Clock: s.Clock, options: s.options}
	account, frame := listen(), listen()
	for _, l := range []*httptest.Server{account, frame} {
		l.Config.ReadTimeout, l.Config.WriteTimeout = deadline, deadline
	}
	node.serve(t, account, frame)
	return node
}

func (s *Site) serve(t testing.TB, account, frame *httptest.Server) {
	t.Helper()
	var err error
	s.Auth, err = auth.New(auth.Config{
		DB: s.DB, Keys: s.Keys, AccountOrigin: s.AccountOrigin, FrameOrigin: s.FrameOrigin,
		SessionIdle: s.options.SessionIdle, SessionLife: s.options.SessionLife, Rates: s.options.Rates, Log: s.options.Log, Now: s.Clock.Now,
	})
	must(t, err)
	api := http.Handler(http.HandlerFunc(s.Whoami))
	if s.options.API != nil {
		api = s.options.API(s)
	}
	accountMux, frameMux := http.NewServeMux(), http.NewServeMux()
	s.Auth.MountAccount(accountMux)
	accountMux.HandleFunc("GET /oauth/authorize", s.authorize)
	accountMux.Handle(auth.GraphQLPath, s.Auth.AuthenticateAccount(api))
	s.Auth.MountFrame(frameMux)
	frameMux.Handle(auth.GraphQLPath, s.Auth.AuthenticateWidget(api))
	account.Config.Handler, frame.Config.Handler = accountMux, frameMux
	account.Start()
	frame.Start()
	t.Cleanup(account.Close)
	t.Cleanup(frame.Close)
	s.nodes = map[string]string{
		host(t, s.AccountOrigin): account.Listener.Addr().String(),
		host(t, s.FrameOrigin):   frame.Listener.Addr().String(),
	}
}

// authorize takes the place of package web, which renders the popup: it answers the auth.Interaction,
// or the refusal, as JSON.
func (s *Site) authorize(w http.ResponseWriter, r *http.Request) {
	i, err := s.Auth.OpenInteraction(w, r)
	var refusal *auth.Error
	switch {
	case err == nil:
		answer(w, http.StatusOK, i)
	case errors.As(err, &refusal):
		answer(w, refusal.Status, map[string]string{"error": refusal.Code, "error_description": refusal.Message, "ui_locales": i.UILocales})
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// An Identity is what Whoami answers about a principal.
type Identity struct {
	Kind        db.SessionKind
	UserID      string
	DisplayName string
	Tenant      string
	EmbedOrigin string
}

// Whoami is an API that answers the principal as an Identity, or null if there is none. A mutation
// writes a note first, which spends the request's proof (RFC 9449 §11.1); it answers 409 if the proof
// was spent before.
func (s *Site) Whoami(w http.ResponseWriter, r *http.Request) {
	p := auth.PrincipalFrom(r.Context())
	if p == nil {
		answer(w, http.StatusOK, nil)
		return
	}
	if p.ServerKey != nil {
		answer(w, http.StatusOK, Identity{Kind: "SERVER_KEY", Tenant: p.ServerKey.TenantKey})
		return
	}
	var operation struct{ Query string }
	if err := json.NewDecoder(r.Body).Decode(&operation); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(operation.Query) >= 8 && operation.Query[:8] == "mutation" {
		if err := s.change(r.Context(), p.Session); err != nil {
			answer(w, http.StatusConflict, map[string]string{"error": err.Error()})
			return
		}
	}
	answer(w, http.StatusOK, Identity{
		Kind: p.Session.Kind, UserID: p.Session.UserID.String(), DisplayName: p.Session.DisplayName,
		Tenant: p.Session.TenantKey, EmbedOrigin: p.Session.EmbedOrigin,
	})
}

// change writes a note of the session's person.
func (s *Site) change(ctx context.Context, session *db.Session) error {
	_, err := s.DB.CreateNote(ctx, session.Owner(), db.NewNote{Title: "asked who I am"})
	return err
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error means that the test has ended
}

// client returns a client that sends requests for the site's origins to this node, and no others. It
// follows no redirects and stores no cookies.
func (s *Site) client() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, s.nodes[address])
			},
		},
	}
}

func listen() *httptest.Server { return httptest.NewUnstartedServer(nil) }

// name returns the host and port by which browsers would reach a listener.
func name(t testing.TB, host string, server *httptest.Server) string {
	t.Helper()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	return net.JoinHostPort(host, port)
}

func host(t testing.TB, origin string) string {
	t.Helper()
	u, err := url.Parse(origin)
	must(t, err)
	return u.Host
}
