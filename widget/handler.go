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

// Tenant is what the frame needs to know about the company that embeds it.
type Tenant struct {
	Key       string // t_…
	Name      string
	Accent    string // #rrggbb, or "" for Aside's own
	Suspended bool   // the frame says so and offers no sign-in
	// Whether the page names its visitor in an assertion: NONE (the page is not asked), OPTIONAL or REQUIRED (nobody can sign in
	// without one).
	Assertion       string
	VouchedAccounts bool                     // whether an assertion alone opens an account
	Embeds          func(origin string) bool // whether pages of that origin may show the widget
	Shown           func(origin string)      // is called when a page of that origin gets the widget
	Refused         func(origin string)      // is called when a page of that origin doesn't get it
}

// Config configures New. Every field is required.
type Config struct {
	AccountOrigin string // where the popup signs in, the OAuth issuer
	FrameOrigin   string // where this handler is served
	// Tenant returns the tenant with the key, or nil if there is none. It returns an error if the lookup fails: ErrUnavailable if the
	// failure is already logged, and any other error for the handler to log.
	Tenant func(ctx context.Context, key string) (*Tenant, error)
	Log    *slog.Logger
}

// ErrUnavailable is an error of Config.Tenant that the handler does not log.
var ErrUnavailable = errors.New("widget: tenants cannot be looked up at the moment")

// New returns the handler of the frame origin's static files and documents:
//
//	GET /v1/aside.js      the latest loader, cached for minutes only
//	GET /v1/aside.{hash}.js   this or an earlier release's loader, for pages that pin its integrity; cached for good
//	GET /v1/aside-widget.tgz  the npm package, for npm install; also under a name with its hash
//	GET /v1/npm/{file}    the package's modules, for pages without a bundler
//	GET /v1/aside.json    the hashed names and the integrity of the current loader and package
//	GET /assets/{file}    the frame app's bundle; names with a hash, cached for good
//	GET /embed/{tenant}   the frame document, or the same app as a top-level page
//	GET /embed/worker.js  the service worker of those documents
//	GET /embed/reason.js  tells the embedding page why there are no notes
//	GET /preview          the widget with sample notes, for the console's preview of a tenant's branding
//	GET /help             redirects to the explanations of the aside:error codes
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
	mux.Handle("GET /embed/{$}", page) // for an embedding page that names no tenant
	mux.Handle("GET /embed/{tenant}", page)
	mux.Handle("GET /embed/worker.js", stableScript(assets, "worker.js", "connect-src 'self'; "))
	mux.Handle("GET /embed/reason.js", stableScript(assets, "reason.js", ""))
	mux.HandleFunc("GET /preview", page.preview)
	mux.Handle("GET /help", http.RedirectHandler(c.AccountOrigin+helpPage, http.StatusFound))
	return mux, nil
}

// stableScript serves a script under a fixed name. Browsers cache it for at most a day. They identify a service worker by
// its URL (Service Workers §3.4.3). They apply the worker's own policy to it, not the policy of its documents (CSP §7.3).
// may has further directives for that policy.
func stableScript(assets *Assets, name, may string) http.Handler {
	script := assets.files[assets.entry(name).File]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; "+may+"require-trusted-types-for 'script'; trusted-types 'none'")
		script.serve(w, r, "public, max-age=86400")
	})
}

// helpPage is a page on the account origin with an anchor for each error code. A link to /help has the code as its fragment,
// and the browser keeps the fragment when it follows the redirect.
const helpPage = "/docs/troubleshooting"
