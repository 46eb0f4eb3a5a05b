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

// Tenant is what the frame needs to know of the company that embeds it.
type Tenant struct {
	Key       string // t_…
	Name      string
	Accent    string // a CSS color, empty for ours
	Suspended bool   // the frame says so and offers no sign-in
	// Whether the page names its visitor: NONE (it is not asked), OPTIONAL or REQUIRED (there is no sign-in without).
	Assertion       string
	VouchedAccounts bool                     // an assertion of the page opens an account
	Embeds          func(origin string) bool // whether pages of that origin may show the widget
}

// Config configures New. Every field is required.
type Config struct {
	AccountOrigin string // where the popup signs in, the OAuth issuer
	FrameOrigin   string // where this handler is served
	// Tenant returns the tenant with the key, nil if there is none. It returns an error while tenants cannot be looked up; ErrAway
	// if that is logged elsewhere.
	Tenant func(ctx context.Context, key string) (*Tenant, error)
	Log    *slog.Logger
}

// ErrAway is returned by Config.Tenant while tenants cannot be looked up.
var ErrAway = errors.New("widget: tenants cannot be looked up at the moment")

// New makes the handler of the frame origin's static side:
//
//	GET /v1/aside.js      the loader; evergreen, so cached for minutes only
//	GET /v1/aside.{hash}.js   the same, or one of an earlier release, for pages that pin it by its integrity; cached for good
//	GET /v1/aside-widget.tgz  the npm package, for npm install; by a name with its hash, too
//	GET /v1/npm/{file}    the same as modules, for pages without a bundler
//	GET /v1/aside.json    the hashed names and the integrity of today's loader and package
//	GET /assets/{file}    the frame app's bundle; hashed names, cached for good
//	GET /embed/{tenant}   the frame document, or the same app as a page of its own
//	GET /embed/worker.js  the service worker of those documents
//	GET /embed/reason.js  tells the page around why there are no notes
//	GET /preview          the widget with sample notes, for the console's branding
//	GET /help             where the codes of aside:error are explained
//
// It returns an error if the configuration is incomplete or the embedded bundle is broken.
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
	mux.Handle("GET /embed/{$}", page) // for a page that names no tenant
	mux.Handle("GET /embed/{tenant}", page)
	mux.Handle("GET /embed/worker.js", unhashed(assets, "worker.js", "connect-src 'self'; "))
	mux.Handle("GET /embed/reason.js", unhashed(assets, "reason.js", ""))
	mux.HandleFunc("GET /preview", page.preview)
	mux.Handle("GET /help", http.RedirectHandler(helpPage, http.StatusFound))
	return mux, nil
}

// unhashed serves a script under a fixed name, cached by browsers for a day at most. Browsers identify a service worker by its name
// (Service Workers §3.4.3). Its own policy applies to it, not that of its documents (CSP §7.3): it may connect to this origin only.
func unhashed(assets *Assets, name, may string) http.Handler {
	script := assets.files[assets.entry(name).File]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; "+may+"require-trusted-types-for 'script'; trusted-types 'none'")
		script.serve(w, r, "public, max-age=86400")
	})
}

// helpPage explains every code under its own name. The browser adds the code as the fragment.
const helpPage = "https://github.com/company-a/aside/blob/main/docs/troubleshooting.md"
