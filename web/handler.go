package web

import (
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/widget"
)

//go:embed dist
var dist embed.FS

// Interactions opens the authorization request that a tenant's widget has pushed, for the person at the browser. It returns
// *auth.Error for errors that the person may see, and then an interaction that has the languages alone. auth.Server implements it.
type Interactions interface {
	OpenInteraction(w http.ResponseWriter, r *http.Request) (*auth.Interaction, error)
}

// Config is the configuration of New.
type Config struct {
	AccountOrigin string // the origin of the pages, which show its host
	FrameOrigin   string // the origin of the loader and the widget, for the console
	Contact       string // the URL where people reach the operator, or ""
	SelfServe     bool   // anybody can create a tenant at the console
	Explorer      bool   // the console has a page that runs GraphQL operations
	Interactions  Interactions
	Log           *slog.Logger // nil: discard
}

// New returns the handler of the pages of the account origin, with their security headers:
//
//	GET /                  about this origin
//	GET /account/…         a person's account
//	GET /recover           recovery with a recovery code or an operator's link
//	GET /console/…         a company's tenants
//	GET /console/explorer  runs GraphQL operations, if Config.Explorer
//	GET /docs/…            the documentation of this release
//	GET /oauth/authorize   the popup (RFC 6749 §3.1, with a pushed request only: RFC 9126 §4)
//	GET /assets/{file}     scripts and styles
//
// It returns an error if the origin is invalid, or if an embedded file is missing.
func New(c Config) (http.Handler, error) {
	u, err := url.Parse(c.AccountOrigin)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != c.AccountOrigin {
		return nil, fmt.Errorf("web: %q is not an origin: write scheme://host[:port], without a path", c.AccountOrigin)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	assets, err := widget.NewAssets(files, "/assets/")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	pages, err := newPages(c, assets)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}

	documentation, err := newDocs(pages)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", pages.index)
	mux.HandleFunc("GET /account", pages.hosted("account", "yourAccount"))
	mux.HandleFunc("GET /account/{place...}", pages.hosted("account", "yourAccount"))
	mux.HandleFunc("GET /recover", pages.hosted("recover", "lostPasskey"))
	mux.Handle("GET /console", pages.console())
	mux.Handle("GET /console/{place...}", pages.console())
	if c.Explorer {
		mux.HandleFunc("GET /console/explorer", pages.explorer())
	}
	documentation.mount(mux)
	mux.Handle("GET /oauth/authorize", &popup{pages: pages, interactions: c.Interactions})
	mux.Handle("GET /assets/{file}", assets)
	return Headers(c.AccountOrigin, mux), nil
}
