package widget

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
)

//go:embed dist
var dist embed.FS

// Tenant is what the frame shows of the company that embeds it.
type Tenant struct {
	Key       string // t_…
	Name      string
	Accent    string // a CSS colour, empty for ours
	Suspended bool   // the frame says so and offers no sign-in
	// What the page says of its visitor: NONE (isn't asked), OPTIONAL or REQUIRED (the frame refuses to sign in without).
	Assertion       string
	VouchedAccounts bool // what the page says opens an account of its own
}

// Config is what New needs to know; every field is required.
type Config struct {
	AccountOrigin string // where the popup signs in, the OAuth issuer
	FrameOrigin   string // where this handler is served
	// Tenant finds the tenant with that key (nil if there is none) and says whether origin ("" = none given) is one of its
	// embed origins. An error means that nobody knows at the moment.
	Tenant func(ctx context.Context, key, origin string) (t *Tenant, allowed bool, err error)
	Log    *slog.Logger
}

// New makes the handler of the frame origin's static side:
//
//	GET /v1/aside.js      the loader; evergreen, so cached for minutes only
//	GET /assets/{file}    the frame app's bundle; hashed names, cached for good
//	GET /embed/{tenant}   the frame document, or the same app as a page of its own
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
	mux.Handle("GET /v1/aside.js", newLoader(assets))
	mux.Handle("GET /assets/{file}", assets)
	mux.Handle("GET /embed/{tenant}", page)
	mux.Handle("GET /help", http.RedirectHandler(helpPage, http.StatusFound))
	return mux, nil
}

// helpPage explains every code below its own name, which the browser takes along as the fragment.
const helpPage = "https://github.com/company-a/aside/blob/main/docs/troubleshooting.md"

// loader serves the one file whose name tenants have in their pages. It changes with a release, so that a copy is asked
// for again after five minutes and answered 304 where nothing changed.
type loader struct {
	file *asset
	etag string
}

func newLoader(assets *Assets) *loader {
	file := assets.files[assets.entry("aside.js").File]
	sum := sha256.Sum256(file.plain)
	// Weak, since the same tag stands for the plain and the compressed form (RFC 9110 §8.8.1).
	return &loader{file: file, etag: `W/"` + hex.EncodeToString(sum[:8]) + `"`}
}

func (l *loader) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", l.etag)
	if strings.Contains(r.Header.Get("If-None-Match"), strings.TrimPrefix(l.etag, "W/")) {
		public(w.Header(), loaderCache)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	l.file.serve(w, r, loaderCache)
}

const loaderCache = "public, max-age=300"
