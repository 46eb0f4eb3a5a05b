package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/web"
	"github.com/company-a/aside/widget"
)

// routes returns the handler of the public listener. It answers:
//
//	account origin                                    frame origin
//	GET  /, /assets/…                   web           GET  /v1/…, /assets/…         widget
//	GET  /account/…, /recover, /console/…, /docs/…   web
//	GET  /oauth/authorize               web           GET  /embed/{tenant}, /preview, /help    widget
//	POST /oauth/authorize/decision      auth          POST /oauth/par                auth
//	POST /passkeys/…, /account/export   auth          POST /oauth/token              auth
//	GET  /.well-known/oauth-authorization-server      POST /oauth/revoke             auth
//	GET  /.well-known/jwks.json         auth
//	POST /graphql    account cookie     graph         POST /graphql    DPoP token    graph
//
// and /healthz and /readyz on any host.
func (s *Server) routes(c *Config, authServer *auth.Server, api http.Handler) (http.Handler, error) {
	pages, err := web.New(web.Config{AccountOrigin: s.account, FrameOrigin: s.frame, Contact: c.Contact, SelfServe: c.SelfServe, Explorer: c.GraphQLOpen, Interactions: authServer, Log: s.log})
	if err != nil {
		return nil, err
	}
	accountMux := http.NewServeMux()
	accountMux.Handle("/", authServer.LimitPages(pages, false))
	authServer.MountAccount(accountMux)
	accountMux.Handle(auth.GraphQLPath, authServer.AuthenticateAccount(api))

	frames, err := widget.New(widget.Config{AccountOrigin: s.account, FrameOrigin: s.frame, Tenant: s.embeddedTenant, Log: s.log})
	if err != nil {
		return nil, err
	}
	frameMux := http.NewServeMux()
	frameMux.Handle("/", authServer.LimitPages(frames, true))
	authServer.MountFrame(frameMux)
	frameMux.Handle(auth.GraphQLPath, authServer.AuthenticateWidget(api))

	// No page of another origin can make a browser send us anything but a plain GET.
	sameOrigin := http.NewCrossOriginProtection()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", cached(ready(s.db), 100*time.Millisecond, time.Now))
	mux.Handle("/", s.byHost(map[string]http.Handler{
		hostOf(s.account): sameOrigin.Handler(accountMux),
		hostOf(s.frame):   sameOrigin.Handler(frameMux),
	}))
	return mux, nil
}

// byHost passes a request to its host's handler, or refuses it. On https origins it redirects plain http.
func (s *Server) byHost(hosts map[string]http.Handler) http.Handler {
	scheme, _, _ := strings.Cut(s.account, "://")
	secure := scheme == "https"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setDefaultHeaders(w.Header(), secure)
		r.Host = normalHost(r.Host, scheme)
		h, ok := hosts[r.Host]
		if !ok {
			refuseHost(w)
			return
		}
		if r.Header.Get("X-Forwarded-Proto") == "http" && secure { // see address.Proxies
			if r.Method != http.MethodGet && r.Method != http.MethodHead { // its body was sent unencrypted
				http.Error(w, "Use https.", http.StatusForbidden)
				return
			}
			// A misconfigured proxy may call every request http: the redirects then loop. No cache and no browser
			// may remember them, so that the loop ends when the proxy is corrected.
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// setDefaultHeaders sets the strictest headers. Pages and public files, which need more, replace some of them. The popup
// and the frame page in which it opens remove Cross-Origin-Opener-Policy.
func setDefaultHeaders(h http.Header, secure bool) {
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

// embeddedTenant returns what package widget needs of a tenant, or nil if there is none with this key.
func (s *Server) embeddedTenant(ctx context.Context, key string) (*widget.Tenant, error) {
	t, err := s.db.Tenant(ctx, key)
	if errors.Is(err, db.ErrUnknownTenant) {
		return nil, nil
	}
	if db.Outage(err) != nil { // package db has logged it
		return nil, widget.ErrUnavailable
	}
	if err != nil {
		return nil, err
	}
	return &widget.Tenant{
		Key: t.Key, Name: t.DisplayName(), Accent: t.Branding.Accent, Suspended: t.SuspendedAt != nil,
		Assertion: string(t.Policy.Assertion), VouchedAccounts: t.Policy.VouchedAccounts,
		// Not t.Embeds, which refuses every origin of a suspended tenant: the frame then says that it is suspended.
		Embeds: t.Lists,
		Shown: func(origin string) {
			if t.SuspendedAt != nil {
				s.db.WidgetRefused(t, origin, "This tenant is suspended.")
				return
			}
			s.db.WidgetShown(t, origin)
		},
		Refused: func(origin string) { s.db.WidgetRefused(t, origin, "It is not an embed origin.") },
	}, nil
}

// adminRoutes returns the handler of the admin listener, which is for the operator's own network.
func adminRoutes(m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return requireLocalHost(mux)
}
