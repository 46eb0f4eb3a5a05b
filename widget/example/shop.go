package example

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"net/http"
)

// Config says whose shop this is and where its notes come from.
type Config struct {
	FrameOrigin string // of the snippet that Aside gave the shop
	TenantKey   string // "t_…", likewise
	Name        string // above the door; "": Hillside Tea
}

//go:embed page/*.html shop.css leaf.svg
var files embed.FS

var pages = template.Must(template.ParseFS(files, "page/*.html"))

// shop renders the pages of one shop, with the headers of one way to serve them.
type shop struct {
	Config
	Base   string // path below which the pages are
	Strict bool   // served with a Cross-Origin-Opener-Policy
	header map[string]string
}

// view is what a page is given.
type view struct {
	*shop
	Teas []tea
	Tea  *tea // the one that the page is about
}

// Shop serves the whole site:
//
//	GET /              home
//	GET /tea/{slug}    one tea
//	GET /order         about your order (?tea=slug)
//	GET /coop/…        all of it again, with strict headers
//
// A page below /coop has Cross-Origin-Opener-Policy: same-origin, as a site might that wants SharedArrayBuffer or protection
// from its own popups: the window that signs a visitor in is then cut off from the page, and Aside signs in without it.
func Shop(c Config) http.Handler {
	c.Name = cmp.Or(c.Name, "Hillside Tea")
	header := map[string]string{
		// What Aside asks of a tenant's policy is its origin twice: for the script and for the frame.
		"Content-Security-Policy": "default-src 'self'; script-src 'self' " + c.FrameOrigin + "; frame-src " + c.FrameOrigin +
			"; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"Referrer-Policy":        "strict-origin-when-cross-origin",
		"X-Content-Type-Options": "nosniff",
	}
	mux := http.NewServeMux()
	for _, name := range []string{"shop.css", "leaf.svg"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) })
	}
	(&shop{Config: c, header: header}).mount(mux)
	(&shop{Config: c, header: header, Base: "/coop", Strict: true}).mount(mux)
	return mux
}

func (s *shop) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+s.Base+"/{$}", func(w http.ResponseWriter, _ *http.Request) {
		s.render(w, "home.html", nil)
	})
	mux.HandleFunc("GET "+s.Base+"/tea/{slug}", func(w http.ResponseWriter, r *http.Request) {
		t := find(r.PathValue("slug"))
		if t == nil {
			http.NotFound(w, r)
			return
		}
		s.render(w, "tea.html", t)
	})
	mux.HandleFunc("GET "+s.Base+"/order", func(w http.ResponseWriter, r *http.Request) {
		s.render(w, "order.html", cmp.Or(find(r.URL.Query().Get("tea")), &shelf[0]))
	})
}

func (s *shop) render(w http.ResponseWriter, name string, t *tea) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, view{shop: s, Teas: shelf, Tea: t}); err != nil {
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
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes()) // the visitor is gone
}
