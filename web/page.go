package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
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
	locales   *locales
	assets    *widget.Assets
	config    Config
}

// A page is the data that every template needs.
type page struct {
	Host    string // of the account origin
	Contact string // the URL where people reach the operator, or ""
	Style   string
	Locale  *locale
	Texts   json.RawMessage // of its script; nil for a page without one
}

// Text returns a text of the page in its language.
func (p page) Text(key string) (template.HTML, error) {
	return p.Locale.html(key, map[string]template.HTML{"{host}": markup("<bdi>", p.Host, "</bdi>")})
}

// NoCode returns the text for a person without a code. The host in it leads to the operator, if there is a way to reach them.
func (p page) NoCode() (template.HTML, error) {
	host := markup("<bdi>", p.Host, "</bdi>")
	if p.Contact != "" {
		host = markup(`<a href="`, p.Contact, `" target="_blank" rel="noopener">`) + host + "</a>"
	}
	return p.Locale.html("noCode", map[string]template.HTML{"{host}": host})
}

// in returns the page in a language.
func (p page) in(l *locale) page {
	p.Locale = l
	return p
}

// An errorPage is the data of template/error.html: what went wrong and what to do about it.
type errorPage struct {
	page
	Heading   string // the key of its text
	Code      string // the key of what went wrong; "" if only the message says it
	Message   string // the same in English
	Reference string // the id of the log line; "" if there is none
}

// Text returns a text of the page in its language.
func (p errorPage) Text(key string) (template.HTML, error) {
	return p.Locale.html(key, map[string]template.HTML{"{reference}": markup("<bdi>", p.Reference, "</bdi>")})
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
	locales, err := newLocales()
	if err != nil {
		return nil, err
	}
	return &pages{
		templates: t,
		log:       c.Log,
		base:      page{Host: account.Host, Contact: c.Contact, Style: assets.URL("popup.css")},
		locales:   locales,
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
	send(w, r, status, "text/html; charset=utf-8", page.Bytes())
}

// send writes a body, compressed if the browser accepts that.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Add("Vary", "Accept-Encoding")
	if !widget.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		w.WriteHeader(status)
		_, _ = w.Write(body) // the client has disconnected
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed := gzip.NewWriter(w)
	_, _ = packed.Write(body)
	_ = packed.Close()
}

// refuse writes an error page: for an *auth.Error the text of its code, or else its own message, and for any other error the id
// of a log line. It does not
// redirect, because the address in an invalid request cannot be trusted (RFC 9700 §4.11.2). The page is in the language that was asked
// for, or in the browser's.
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, err error, asked ...string) {
	locale := p.locales.choose(w, r, asked...)
	if known, ok := errors.AsType[*auth.Error](err); ok {
		heading := "cannotContinue"
		if known.Status >= http.StatusInternalServerError {
			heading = "notWorking"
		}
		page := errorPage{page: p.base.in(locale), Heading: heading, Message: known.Message}
		if locale.knows(known.Code) {
			page.Code = known.Code
		}
		known.SetRetryAfter(w)
		p.render(w, r, known.Status, "error.html", page)
		return
	}
	id := fault.RequestID(w)
	fault.Log(r.Context(), p.log, id, err)
	p.render(w, r, http.StatusInternalServerError, "error.html", errorPage{
		page:      p.base.in(locale),
		Heading:   "notWorking",
		Code:      "nothingLost",
		Reference: id,
	})
}

func (p *pages) index(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, "index.html", p.base.in(p.locales.choose(w, r)))
}

// hostedPage is the data of template/hosted.html.
type hostedPage struct {
	page
	Title       string // the key of its text
	Script      string
	FrameOrigin string // only for the console
	SelfServe   bool   // only for the console
	Explorer    bool   // only for the console
}

// hosted returns the handler of a page that a script renders from the responses of /graphql. Its language is that of ui_locales, with
// which the widget leads here, or the browser's. The page is the same for everybody who reads its language, so it holds no personal data, and it can do nothing that a client of the API could not.
func (p *pages) hosted(name, title string) http.HandlerFunc {
	data := p.hostedPage(name, title)
	return func(w http.ResponseWriter, r *http.Request) {
		data := data
		data.page = data.in(p.locales.choose(w, r, r.URL.Query().Get("ui_locales")))
		data.Texts = data.Locale.scripts[name]
		p.render(w, r, http.StatusOK, "hosted.html", data)
	}
}

func (p *pages) hostedPage(name, title string) hostedPage {
	return hostedPage{
		page:   page{Host: p.base.Host, Contact: p.base.Contact, Style: p.assets.URL(name + ".css")},
		Title:  title,
		Script: p.assets.URL(name + ".js"),
	}
}

// englishPage returns a page of the console.
func (p *pages) englishPage(name string) hostedPage {
	data := p.hostedPage(name, "console")
	data.page = data.in(p.locales.all[0])
	data.Texts = data.Locale.scripts[name]
	return data
}

// explorer returns the handler of the page that runs GraphQL operations.
func (p *pages) explorer() http.HandlerFunc {
	data := p.englishPage("explorer")
	return func(w http.ResponseWriter, r *http.Request) {
		p.render(w, r, http.StatusOK, "hosted.html", data)
	}
}

// console returns the handler of the console, a hosted page with the origin of the widget.
func (p *pages) console() http.HandlerFunc {
	data := p.englishPage("console")
	data.FrameOrigin, data.SelfServe, data.Explorer = p.config.FrameOrigin, p.config.SelfServe, p.config.Explorer
	policy := consolePolicy(p.config.FrameOrigin)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		p.render(w, r, http.StatusOK, "hosted.html", data)
	}
}
