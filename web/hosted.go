package web

import "net/http"

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
