package widget

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

//go:embed embed.html
var pages embed.FS

// frame answers GET /embed/{tenant}: with the document in the iframe or, without an allowed origin, with the same app as a page of its
// own that nobody may frame.
type frame struct {
	config   Config
	assets   *Assets
	template *template.Template
	locales  *locales
	gzip     sync.Pool
}

// frameConfig is the data block that src/config.ts reads.
type frameConfig struct {
	Tenant        frameTenant     `json:"tenant"`
	Policy        framePolicy     `json:"policy"`
	Origin        *string         `json:"origin"` // of the page that may frame this document; null for a page of its own
	AccountOrigin string          `json:"accountOrigin"`
	FrameOrigin   string          `json:"frameOrigin"`
	Extras        string          `json:"extras"`
	Messages      json.RawMessage `json:"messages"`
}

type frameTenant struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	Accent    string `json:"accent"`
	Suspended bool   `json:"suspended"`
}

type framePolicy struct {
	Assertion       string `json:"assertion"`
	VouchedAccounts bool   `json:"vouchedAccounts"`
}

type framePage struct {
	Title, Script, Style string
	Why                  string  // without Config
	Reason               *reason // the same for the page around it, if there is one
	Retry                int     // seconds until the page loads itself again; 0 for never
	Locale               *locale
	Config               *frameConfig // nil if there is no such tenant
}

// reason is the data block that src/error_page.ts reads.
type reason struct {
	Origin  string `json:"origin"` // of the page that may read it
	Code    string `json:"code"`   // "" if the notes are expected in a moment
	Message string `json:"message"`
	Help    string `json:"help"`
}

func newFrame(c Config, assets *Assets) (*frame, error) {
	t, err := template.ParseFS(pages, "embed.html")
	if err != nil {
		return nil, err
	}
	locales, err := newLocales()
	if err != nil {
		return nil, err
	}
	return &frame{config: c, assets: assets, template: t, locales: locales}, nil
}

func (f *frame) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Del("Cross-Origin-Opener-Policy") // the popup begins in this page (src/app.ts), and needs its opener
	key, origin := r.PathValue("tenant"), r.URL.Query().Get("origin")
	tenant, err := f.config.Tenant(r.Context(), key)
	locale := f.locales.choose(r.URL.Query().Get("locale"), r.Header.Get("Accept-Language"))
	if err != nil {
		if !errors.Is(err, ErrUnavailable) && !errors.Is(err, context.Canceled) {
			f.config.Log.ErrorContext(r.Context(), "embed: tenant lookup failed", "tenant", strconv.QuoteToASCII(key[:min(len(key), 60)]), "error", err)
		}
		f.unavailable(w, r, locale, origin)
		return
	}
	if tenant == nil {
		f.unknown(w, r, locale, key, origin)
		return
	}
	page := framePage{Locale: locale, Style: f.assets.URL("frame.css"), Script: f.assets.URL("frame.js")}
	page.Title = locale.titleAt(tenant.Name)
	page.Config = &frameConfig{
		Tenant:        frameTenant{tenant.Key, tenant.Name, tenant.Accent, tenant.Suspended},
		Policy:        framePolicy{tenant.Assertion, tenant.VouchedAccounts},
		AccountOrigin: f.config.AccountOrigin,
		FrameOrigin:   f.config.FrameOrigin,
		Extras:        f.assets.URL("extras." + locale.Tag + ".js"),
		Messages:      locale.messages,
	}
	ancestors := ""
	switch {
	case origin == "":
	case isOrigin(origin) && tenant.Embeds(origin):
		ancestors, page.Config.Origin = origin+ancestorSources(r.URL.Query()["ancestor"], tenant), &origin
		tenant.Shown(origin)
	default:
		if isOrigin(origin) {
			tenant.Refused(origin)
		}
		f.config.Log.InfoContext(r.Context(), "embed: not an embed origin of this tenant", "tenant", tenant.Key, "origin", strconv.QuoteToASCII(origin[:min(len(origin), 200)]))
	}
	f.serve(w, r, http.StatusOK, contentSecurityPolicy(ancestors), page)
}

// unknown answers that there is no such tenant, and tells the page around it. It contains no data, so any page may frame it.
func (f *frame) unknown(w http.ResponseWriter, r *http.Request, locale *locale, key, origin string) {
	page := framePage{Title: locale.Page.Nothing, Why: locale.Page.Why, Locale: locale, Style: f.assets.URL("frame.css")}
	if isOrigin(origin) {
		page.Reason = &reason{
			origin, "tenant_unknown", "There is no tenant " + strconv.QuoteToASCII(key[:min(len(key), 60)]) + "; compare the tenant attribute with the tenant key under Console → Install",
			f.config.FrameOrigin + "/help#tenant_unknown",
		}
	}
	f.serve(w, r, http.StatusNotFound, contentSecurityPolicy(page.ancestor()), page)
}

// ancestor returns the origin that may frame a page without notes.
func (p framePage) ancestor() string {
	if p.Reason == nil {
		return ""
	}
	return p.Reason.Origin
}

// Pages that load while tenants cannot be looked up retry after some seconds, not all at once.
const (
	minRetry = 2
	maxRetry = 6
)

// unavailable answers with a page that reloads itself. It contains no data, so any page may frame it.
func (f *frame) unavailable(w http.ResponseWriter, r *http.Request, locale *locale, origin string) {
	retry := minRetry + rand.N(maxRetry-minRetry) //nolint:gosec // nothing is at stake
	w.Header().Set("Retry-After", strconv.Itoa(retry))
	page := framePage{Title: locale.Page.Away, Why: locale.Page.Again, Retry: retry, Locale: locale, Style: f.assets.URL("frame.css")}
	if isOrigin(origin) {
		page.Reason = &reason{Origin: origin}
	}
	f.serve(w, r, http.StatusServiceUnavailable, contentSecurityPolicy(page.ancestor()), page)
}

// serve renders the page under a content security policy.
func (f *frame) serve(w http.ResponseWriter, r *http.Request, status int, policy string, page framePage) {
	var plain bytes.Buffer
	if err := f.template.ExecuteTemplate(&plain, "embed.html", page); err != nil {
		f.config.Log.ErrorContext(r.Context(), "embed: page not rendered", "error", err)
		http.Error(w, "The notes can't be opened at the moment.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", page.Locale.Tag)
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	// A tenant's page with COEP may only frame documents that send both of these.
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	// The frame uses nothing of the device, and passkey ceremonies belong to the account origin.
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(), publickey-credentials-get=(), usb=()")
	// On a page of its own a code arrives in the query. It must not be sent in a Referer.
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Vary", "Accept-Encoding, Accept-Language")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")

	body, err := f.compress(r, plain.Bytes())
	if err != nil {
		f.config.Log.ErrorContext(r.Context(), "embed: page not compressed", "error", err)
		body = nil
	}
	if body != nil {
		h.Set("Content-Encoding", "gzip")
	} else {
		body = plain.Bytes()
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that disconnected is no error of ours
	}
}

// compress compresses a page for a client that accepts gzip, and returns nil for any other.
// The page contains no secret that its length could reveal.
func (f *frame) compress(r *http.Request, plain []byte) ([]byte, error) {
	if !AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		return nil, nil
	}
	var packed bytes.Buffer
	z, ok := f.gzip.Get().(*gzip.Writer)
	if !ok { // the pool is empty
		z = gzip.NewWriter(nil)
	}
	defer f.gzip.Put(z)
	z.Reset(&packed)
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// ancestorSources returns the origins around the page as sources of frame-ancestors: browsers require each of them (CSP §6.4.2.1). Only embed
// origins of the tenant are returned.
func ancestorSources(ancestors []string, tenant *Tenant) (sources string) {
	const most = 8 // frames in frames
	for _, origin := range ancestors[:min(len(ancestors), most)] {
		if isOrigin(origin) && tenant.Embeds(origin) {
			sources += " " + origin
		}
	}
	return sources
}

// contentSecurityPolicy returns a policy by which only documents of ancestors, separated by spaces, may frame the page; nobody without any.
func contentSecurityPolicy(ancestors string) string {
	if ancestors == "" {
		ancestors = "'none'"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types worker; " +
		"frame-ancestors " + ancestors
}

// isOrigin reports whether s is an http(s) origin as browsers serialize it (RFC 6454 §6.2), which is safe in a frame-ancestors
// directive: no wildcard, no second source and no other directive, whatever is stored for the tenant.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Scheme+"://"+u.Host != s {
		return false
	}
	return u.Hostname() != "" && strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == ""
}
