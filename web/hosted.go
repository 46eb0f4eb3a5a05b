package web

import "net/http"

// hostedPage is what template/hosted.html is given.
type hostedPage struct {
	page
	Title, Script string
}

// hosted serves a page that draws itself in the browser from what /graphql answers: the same bytes for everybody, so that
// everything such a page can do a script can do, and nothing of a person is ever in the page itself.
func (p *pages) hosted(name, title string) http.HandlerFunc {
	data := hostedPage{
		page:   page{Host: p.base.Host, Style: p.assets.URL(name + ".css")},
		Title:  title,
		Script: p.assets.URL(name + ".js"),
	}
	return func(w http.ResponseWriter, _ *http.Request) { p.render(w, http.StatusOK, "hosted.html", data) }
}
