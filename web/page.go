package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/internal/fault"
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

// A page is the data that every template needs.
type page struct {
	Host  string // of the account origin
	Style string
}

// An errorPage is the data of template/error.html: what went wrong and what to do about it.
type errorPage struct {
	page
	Heading, Message string
	Reference        string // the id of the log line; "" if there is none
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

// render writes a template. It renders to memory first, so that a broken template does not send half a page. The page is
// compressed if the browser accepts that; personal text in it must be masked.
func (p *pages) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&page, name, data); err != nil {
		p.log.Error("render page", "template", name, "error", err)
		http.Error(w, "Something went wrong on our end. Please try again.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "Accept-Encoding")
	if !widget.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		w.WriteHeader(status)
		_, _ = w.Write(page.Bytes()) // the client has disconnected
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed := gzip.NewWriter(w)
	_, _ = packed.Write(page.Bytes())
	_ = packed.Close()
}

// refuse writes an error page: the message of an *auth.Error, or the id of a log line for any other error. It does not
// redirect, because the address in an invalid request cannot be trusted (RFC 9700 §4.11.2).
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if known, ok := errors.AsType[*auth.Error](err); ok {
		heading := "This sign-in can’t continue"
		if known.Status >= http.StatusInternalServerError {
			heading = "Something isn’t working"
		}
		known.SetRetryAfter(w)
		p.render(w, r, known.Status, "error.html", errorPage{page: p.base, Heading: heading, Message: known.Message})
		return
	}
	id := fault.RequestID(w)
	fault.Log(r.Context(), p.log, id, err)
	p.render(w, r, http.StatusInternalServerError, "error.html", errorPage{
		page:      p.base,
		Heading:   "Something isn’t working",
		Message:   "Something went wrong on our end. Nothing was lost. Close this window, then choose Sign in again on the page you came from.",
		Reference: id,
	})
}

func (p *pages) index(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, "index.html", p.base)
}
