package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/widget"
)

//go:embed template/*.html
var templates embed.FS

// pages renders the templates of the account origin.
type pages struct {
	templates *template.Template
	log       *slog.Logger
	base      page
	assets    *widget.Assets
	config    Config
}

// A page is what every template is given.
type page struct {
	Host  string // of the account origin: whose house this is
	Style string
}

// A refusal is a page that says why there is nothing to see and what to do about it.
type refusal struct {
	page
	Heading, Message string
	Reference        string // of the log line that knows more; "" when there is none
}

func newPages(c Config, assets *widget.Assets) (*pages, error) {
	t, err := template.ParseFS(templates, "template/*.html")
	if err != nil {
		return nil, err
	}
	account, err := url.Parse(c.AccountOrigin)
	if err != nil {
		return nil, err
	}
	return &pages{
		templates: t,
		log:       c.Log,
		base:      page{Host: account.Host, Style: assets.URL("popup.css")},
		assets:    assets,
		config:    c,
	}, nil
}

// render writes the template with that name. It renders to memory first, so that a broken template never sends half a page.
// What it sends is packed where the browser takes that; what must not show in its length is masked.
func (p *pages) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&page, name, data); err != nil {
		p.log.Error("render page", "template", name, "error", err)
		http.Error(w, "Something went wrong at our end. Please try again.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "Accept-Encoding")
	if !widget.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		w.WriteHeader(status)
		_, _ = w.Write(page.Bytes()) // the reader is gone: nobody is left to tell
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed := gzip.NewWriter(w)
	_, _ = packed.Write(page.Bytes())
	_ = packed.Close()
}

// refuse shows err as a page: an *auth.Error in its own words, anything else as a reference to the log. Never as a redirect:
// what is wrong with a request can't be told to an address that came with it (RFC 9700 §4.11.2).
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if known, ok := errors.AsType[*auth.Error](err); ok {
		heading := "This sign-in can’t go on"
		if known.Status >= http.StatusInternalServerError {
			heading = "Something isn’t working"
		}
		known.SayWhen(w)
		p.render(w, r, known.Status, "refusal.html", refusal{page: p.base, Heading: heading, Message: known.Message})
		return
	}
	reference := rand.Text()[:10]
	p.log.ErrorContext(r.Context(), "open interaction", "reference", reference, "error", err)
	p.render(w, r, http.StatusInternalServerError, "refusal.html", refusal{
		page:      p.base,
		Heading:   "Something isn’t working",
		Message:   "It went wrong at our end, and nothing was lost. Close this window and choose Sign in again on the page you came from.",
		Reference: reference,
	})
}

func (p *pages) index(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, "index.html", p.base)
}
