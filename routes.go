package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/web"
	"github.com/company-a/aside/widget"
)

// routes lists every address that the public listener answers.
//
//	account origin                                    frame origin
//	GET  /, /assets/…                   web           GET  /v1/…, /assets/…         widget
//	GET  /account/…, /recover, /console/…   web
//	GET  /oauth/authorize               web           GET  /embed/{tenant}, /preview, /help    widget
//	POST /oauth/authorize/decision      auth          POST /oauth/par                auth
//	POST /passkeys/…, /account/export   auth          POST /oauth/token              auth
//	GET  /.well-known/oauth-authorization-server      POST /oauth/revoke             auth
//	GET  /.well-known/jwks.json         auth
//	POST /graphql    account cookie     graph         POST /graphql    DPoP token    graph
//
// and /healthz and /readyz whatever the Host.
func routes(account, frame string, selfServe bool, store *db.DB, authServer *auth.Server, api http.Handler, log *slog.Logger) (http.Handler, error) {
	pages, err := web.New(web.Config{AccountOrigin: account, FrameOrigin: frame, SelfServe: selfServe, Interactions: authServer, Log: log})
	if err != nil {
		return nil, err
	}
	accountMux := http.NewServeMux()
	accountMux.Handle("/", authServer.Visits(pages, false))
	authServer.MountAccount(accountMux)
	accountMux.Handle(auth.GraphQLPath, authServer.Account(api))

	frames, err := widget.New(widget.Config{AccountOrigin: account, FrameOrigin: frame, Tenant: embedder(store), Log: log})
	if err != nil {
		return nil, err
	}
	frameMux := http.NewServeMux()
	frameMux.Handle("/", authServer.Visits(frames, true))
	authServer.MountFrame(frameMux)
	frameMux.Handle(auth.GraphQLPath, authServer.Widget(api))

	// No page of another origin may make a browser send us anything but a plain GET.
	sameOrigin := http.NewCrossOriginProtection()
	hosts := map[string]http.Handler{
		hostOf(account): sameOrigin.Handler(accountMux),
		hostOf(frame):   sameOrigin.Handler(frameMux),
	}
	scheme, _, _ := strings.Cut(account, "://")
	byHost := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leastHeaders(w.Header(), strings.HasPrefix(account, "https://"))
		r.Host = normalHost(r.Host, scheme)
		h, ok := hosts[r.Host]
		if !ok { // RFC 9110 §15.5.20
			http.Error(w, "This host is not served here.", http.StatusMisdirectedRequest)
			return
		}
		if r.Header.Get("X-Forwarded-Proto") == "http" && strings.HasPrefix(account, "https://") { // see proxies
			if r.Method != http.MethodGet && r.Method != http.MethodHead { // what it brought went in the clear
				http.Error(w, "Use https.", http.StatusForbidden)
				return
			}
			// A proxy that always says http, as one that ends TLS behind another, would go round in circles: what it
			// was told must end with its mistake, in no cache and no browser.
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
			return
		}
		h.ServeHTTP(w, r)
	})

	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", shared(ready(store), 100*time.Millisecond, time.Now))
	mux.Handle("/", byHost)
	return mux, nil
}

// leastHeaders are those of whatever is answered; pages, which may do more, and public files, which
// anybody may load, replace some. Two drop Cross-Origin-Opener-Policy: the popup, and the frame's page in which it begins.
func leastHeaders(h http.Header, secure bool) {
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(), publickey-credentials-get=()")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if secure { // RFC 6797
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// hostOf gives the Host header that browsers send for an origin.
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		panic(err) // checked at start
	}
	return u.Host
}

// normalHost returns a Host header as an origin has it: in lower case, without the dot of a name that is complete (RFC 3986 §3.2.2)
// and without the scheme's own port (§6.2.3).
func normalHost(host, scheme string) string {
	name, port := strings.ToLower(host), ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, ']') {
		name, port = name[:i], name[i:]
	}
	if port == ":" || (scheme == "https" && port == ":443") || (scheme == "http" && port == ":80") {
		port = ""
	}
	return strings.TrimSuffix(name, ".") + port
}

// ready says, within a second, whether this node can answer: whether its database does, and takes writes.
func ready(store *db.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := store.Ready(r.Context()); err != nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "the database does not answer, or takes no writes", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}

// embedder tells package widget about tenants.
func embedder(store *db.DB) func(context.Context, string) (*widget.Tenant, error) {
	return func(ctx context.Context, key string) (*widget.Tenant, error) {
		t, err := store.Tenant(ctx, key)
		if errors.Is(err, db.ErrUnknownTenant) {
			return nil, nil
		}
		if db.Outage(err) != nil { // package db has logged it
			return nil, widget.ErrAway
		}
		if err != nil {
			return nil, err
		}
		return &widget.Tenant{
			Key: t.Key, Name: t.Card(), Accent: t.Branding.Accent, Suspended: t.SuspendedAt != nil,
			Assertion: string(t.Policy.Assertion), VouchedAccounts: t.Policy.VouchedAccounts,
			// Of a suspended tenant, too: t.Embeds would refuse it, and the frame says why there is nothing.
			Embeds: func(origin string) bool { return slices.Contains(t.EmbedOrigins, origin) },
		}, nil
	}
}

// adminRoutes are for the operator's own network.
func adminRoutes(m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return localHost(mux)
}

// localHost answers only whoever names this listener by an address or as this computer: not a
// page somewhere whose name was made to point here.
func localHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && net.ParseIP(strings.Trim(host, "[]")) == nil {
			http.Error(w, "This host is not served here.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
