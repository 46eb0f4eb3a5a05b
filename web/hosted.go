package web

import "net/http"

// hostedPage is what template/hosted.html is given.
type hostedPage struct {
	page
	Title, Script string
	FrameOrigin   string // of the console
	SelfServe     bool   // of the console
}

// hosted serves a page that draws itself in the browser from what /graphql answers: the same bytes for everybody, so that
// everything such a page can do a script can do, and nothing of a person is ever in the page itself.
func (p *pages) hosted(name, title string) http.HandlerFunc {
	data := p.hostedPage(name, title)
	return func(w http.ResponseWriter, r *http.Request) { p.render(w, r, http.StatusOK, "hosted.html", data) }
}

func (p *pages) hostedPage(name, title string) hostedPage {
	return hostedPage{
		page:   page{Host: p.base.Host, Style: p.assets.URL(name + ".css")},
		Title:  title,
		Script: p.assets.URL(name + ".js"),
	}
}

// console is a hosted page that knows where the widget is: for its snippets, and to see whether the loader answers.
func (p *pages) console() http.HandlerFunc {
	data := p.hostedPage("console", "Console")
	data.FrameOrigin, data.SelfServe = p.config.FrameOrigin, p.config.SelfServe
	policy := consolePolicy(p.config.FrameOrigin)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		p.render(w, r, http.StatusOK, "hosted.html", data)
	}
}
