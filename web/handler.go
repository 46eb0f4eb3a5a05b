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

// Interactions opens the request that a tenant's widget has pushed, for the person whose browser asks. Errors that the
// person may see are *auth.Error. auth.Server is one.
type Interactions interface {
	OpenInteraction(w http.ResponseWriter, r *http.Request) (*auth.Interaction, error)
}

// Config is what the pages need to know of the service.
type Config struct {
	AccountOrigin string // where the pages are served; its host is shown on each of them
	FrameOrigin   string // the loader's and the widget's, for the console
	SelfServe     bool   // anybody may make a tenant at the console
	Interactions  Interactions
	Log           *slog.Logger // nil: discard
}

// New serves the pages of the account origin, security headers included:
//
//	GET /                  what this origin is
//	GET /account/…         a person's own account
//	GET /recover           the way back in, with a recovery code or an operator's link
//	GET /console/…         a company's tenants
//	GET /oauth/authorize   the popup (RFC 6749 §3.1, with a pushed request only: RFC 9126 §4)
//	GET /assets/{file}     scripts and styles
//
// It fails where the origin isn't one, or where the embedded files don't fit together.
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

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", pages.index)
	mux.HandleFunc("GET /account", pages.hosted("account", "Your account"))
	mux.HandleFunc("GET /account/{place...}", pages.hosted("account", "Your account"))
	mux.HandleFunc("GET /recover", pages.hosted("recover", "Lost your passkey?"))
	mux.Handle("GET /console", pages.console())
	mux.Handle("GET /console/{place...}", pages.console())
	mux.Handle("GET /oauth/authorize", &popup{pages: pages, interactions: c.Interactions})
	mux.Handle("GET /assets/{file}", assets)
	return Headers(c.AccountOrigin, mux), nil
}
