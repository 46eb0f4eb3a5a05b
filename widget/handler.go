package widget

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
)

//go:embed dist
var dist embed.FS

// Tenant is what the frame shows of the company that embeds it.
type Tenant struct {
	Key       string // t_…
	Name      string
	Accent    string // a CSS color, empty for ours
	Suspended bool   // the frame says so and offers no sign-in
	// What the page says of its visitor: NONE (isn't asked), OPTIONAL or REQUIRED (the frame refuses to sign in without).
	Assertion       string
	VouchedAccounts bool                     // what the page says opens an account of its own
	Embeds          func(origin string) bool // whether pages of that origin may show the widget
}

// Config is what New needs to know; every field is required.
type Config struct {
	AccountOrigin string // where the popup signs in, the OAuth issuer
	FrameOrigin   string // where this handler is served
	// Tenant finds the tenant with that key, nil if there is none. An error means that nobody knows at the moment; ErrAway, that
	// this is logged elsewhere.
	Tenant func(ctx context.Context, key string) (*Tenant, error)
	Log    *slog.Logger
}

// ErrAway is returned by Config.Tenant while tenants cannot be looked up.
var ErrAway = errors.New("widget: tenants cannot be looked up at the moment")

// New makes the handler of the frame origin's static side:
//
//	GET /v1/aside.js      the loader; evergreen, so cached for minutes only
//	GET /v1/aside.{hash}.js   the same, or one of an earlier release, for who pins it by its integrity; cached for good
//	GET /v1/aside-widget.tgz  the npm package, for npm install; by a name with its hash, too
//	GET /v1/npm/{file}    the same as modules, for pages without a bundler
//	GET /v1/aside.json    the hashed names and the integrity of today's loader and package
//	GET /assets/{file}    the frame app's bundle; hashed names, cached for good
//	GET /embed/{tenant}   the frame document, or the same app as a page of its own
//	GET /embed/worker.js  the service worker of those documents
//	GET /embed/reason.js  tells the page around why there are no notes
//	GET /preview          the widget with notes of nobody, for the console's branding
//	GET /help             where the codes of aside:error are explained
//
// It fails where the configuration is incomplete or the embedded bundle is broken.
func New(c Config) (http.Handler, error) {
	if c.AccountOrigin == "" || c.FrameOrigin == "" || c.Tenant == nil || c.Log == nil {
		return nil, errors.New("widget: AccountOrigin, FrameOrigin, Tenant and Log are required")
	}
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	assets, err := NewAssets(files, "/assets/")
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	page, err := newFrame(c, assets)
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	mux := http.NewServeMux()
	releases, err := newReleases(assets)
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	modules, err := newModules()
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	mux.Handle("GET /v1/{file}", releases)
	mux.Handle("GET /v1/npm/{file}", modules)
	mux.Handle("GET /assets/{file}", assets)
	mux.Handle("GET /embed/{$}", page) // whose page has named no tenant
	mux.Handle("GET /embed/{tenant}", page)
	mux.Handle("GET /embed/worker.js", unhashed(assets, "worker.js", "connect-src 'self'; "))
	mux.Handle("GET /embed/reason.js", unhashed(assets, "reason.js", ""))
	mux.HandleFunc("GET /preview", page.preview)
	mux.Handle("GET /help", http.RedirectHandler(helpPage, http.StatusFound))
	return mux, nil
}

// unhashed serves a script by one name, from browsers' caches for a day at most. They know a service worker by its name (Service Workers
// §3.4.3), and what it may do is its own policy's to say, not its documents' (CSP §7.3): to ask this origin, and nothing else.
func unhashed(assets *Assets, name, may string) http.Handler {
	script := assets.files[assets.entry(name).File]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; "+may+"require-trusted-types-for 'script'; trusted-types 'none'")
		script.serve(w, r, "public, max-age=86400")
	})
}

// helpPage explains every code below its own name, which the browser takes along as the fragment.
const helpPage = "https://github.com/company-a/aside/blob/main/docs/troubleshooting.md"
