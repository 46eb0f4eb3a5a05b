package example

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"net/http"
)

// Config configures the shop.
type Config struct {
	FrameOrigin   string // of the snippet
	TenantKey     string // "t_…", likewise
	Name          string // of the shop; "": Hillside Tea
	AccountOrigin string // the audience of the shop's assertions
	Secret        []byte // shared with Aside; nil: the shop has no login and names no visitor
}

//go:embed page/*.html shop.css shop.js leaf.svg
var files embed.FS

var pages = template.Must(template.ParseFS(files, "page/*.html"))

// shop renders the pages of one shop, with the headers of one way to serve them.
type shop struct {
	Config
	Base   string // path below which the pages are
	Strict bool   // served with a Cross-Origin-Opener-Policy
	header map[string]string
}

// view is the data of a page.
type view struct {
	*shop
	Teas      []tea
	Tea       *tea // the one that the page is about
	Customers []customer
	Customer  *customer // nil if nobody is logged in
	Here      string    // the page to return to after logging in or out
	Context   string    // what the page is about, for its notes; "" for nothing in particular
}

// Shop serves the whole site:
//
//	GET /              home
//	GET /tea/{slug}    one tea
//	GET /order         about your order (?tea=slug)
//	GET /coop/…        all of it again, with strict headers
//
// and with a Config.Secret also
//
//	GET, POST /login       the list of customers, and logging in as one
//	POST /logout
//	GET /aside-assertion   the assertion for the customer who is logged in (?nonce=…)
//
// A page below /coop has Cross-Origin-Opener-Policy: same-origin, as on a site that needs SharedArrayBuffer or protection
// from its own popups: the window that signs a visitor in is cut off from the page then, and Aside signs in without it.
func Shop(c Config) http.Handler {
	c.Name = cmp.Or(c.Name, "Hillside Tea")
	header := map[string]string{
		// Aside needs its origin in a tenant's policy twice: for the script and for the frame.
		"Content-Security-Policy": "default-src 'self'; script-src 'self' " + c.FrameOrigin + "; frame-src " + c.FrameOrigin +
			"; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"Referrer-Policy":        "strict-origin-when-cross-origin",
		"X-Content-Type-Options": "nosniff",
	}
	mux := http.NewServeMux()
	for _, name := range []string{"shop.css", "shop.js", "leaf.svg"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) })
	}
	front := &shop{Config: c, header: header}
	front.mount(mux)
	(&shop{Config: c, header: header, Base: "/coop", Strict: true}).mount(mux)
	if c.Secret == nil {
		return mux
	}
	mux.HandleFunc("GET /aside-assertion", front.sendAssertion)
	// Another site must not log its visitor in here, as a customer of its choosing.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (s *shop) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+s.Base+"/{$}", func(w http.ResponseWriter, r *http.Request) {
		s.show(w, r, "home.html", view{})
	})
	mux.HandleFunc("GET "+s.Base+"/tea/{slug}", func(w http.ResponseWriter, r *http.Request) {
		t := find(r.PathValue("slug"))
		if t == nil {
			http.NotFound(w, r)
			return
		}
		s.show(w, r, "tea.html", view{Tea: t, Context: t.Slug})
	})
	mux.HandleFunc("GET "+s.Base+"/order", func(w http.ResponseWriter, r *http.Request) {
		s.show(w, r, "order.html", view{Tea: cmp.Or(find(r.URL.Query().Get("tea")), &shelf[0])})
	})
	if s.Secret != nil {
		s.mountLogin(mux)
	}
}

// show renders a page for the customer who is logged in.
func (s *shop) show(w http.ResponseWriter, r *http.Request, name string, v view) {
	v.Customer, v.Here = s.loggedIn(r), s.returnPath(r.URL.RequestURI())
	s.render(w, name, v)
}

func (s *shop) render(w http.ResponseWriter, name string, v view) {
	v.shop, v.Teas, v.Customers = s, shelf, customers
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, v); err != nil {
		http.Error(w, "The shop is closed for a moment.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	for name, value := range s.header {
		h.Set(name, value)
	}
	if s.Strict {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	if s.Secret != nil {
		h.Set("Cache-Control", "no-store") // the page names the customer
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes()) // the visitor has disconnected
}
