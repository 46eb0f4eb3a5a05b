package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/company-a/aside/auth"
)

// popup serves the page of one interaction, with the tenant, the page that embeds the widget and the choices. The rest
// happens in its script (src/popup.ts), with the JSON endpoints of package auth.
type popup struct {
	pages        *pages
	interactions Interactions
}

// popupPage is the data of template/popup.html.
type popupPage struct {
	page
	Script       string
	KeyScript    string // the script that the page has for end-to-end encryption; "" for none
	TenantName   string
	EmbedOrigin  string
	SubjectLabel string // the subject in the tenant's assertion, or ""
	Vouched      bool   // the tenant can read the notes that the person already has here
	EndToEnd     bool   // only the devices of the signed-in account can read its notes
	OwnPage      bool   // the notes open on our own page, not embedded in a tenant's
	Back         string // our own page of this tenant's notes, for a sign-in without an opener
	Interaction  popupInteraction
}

// Text returns a text of the popup. The script fills in the subject, the account's name and the passkey.
func (p popupPage) Text(key string) (template.HTML, error) {
	return p.Locale.html(key, p.values(`<strong dir="auto" data-fill="subject"></strong>`))
}

// TextOfSubject returns a text about the subject that the tenant asserts.
func (p popupPage) TextOfSubject(key string) (template.HTML, error) {
	return p.Locale.html(key, p.values(markup(`<strong dir="auto">`, p.SubjectLabel, "</strong>")))
}

func (p popupPage) values(subject template.HTML) map[string]template.HTML {
	return map[string]template.HTML{ //nolint:gosec // markup, no credentials
		"{host}":    markup("<bdi>", p.Host, "</bdi>"),
		"{tenant}":  markup("<bdi>", p.TenantName, "</bdi>"),
		"{subject}": subject,
		"{name}":    `<strong dir="auto" data-fill="name"></strong>`,
		"{passkey}": `<span dir="auto" data-fill="passkey"></span>`,
	}
}

// popupInteraction is the data block that src/popup/interaction.ts reads.
type popupInteraction struct {
	ID           string `json:"id"`
	RequestURI   string `json:"requestURI"`
	EmbedOrigin  string `json:"embedOrigin"`
	FrameOrigin  string `json:"frameOrigin"`
	ResponseMode string `json:"responseMode"`
	DisplayName  masked `json:"displayName"`
}

func (p *popup) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Del("Cross-Origin-Opener-Policy") // of error pages too: with it, the opener would see the window as closed
	if r.Method == http.MethodHead {             // link scanners send HEAD, and opening would use up the request URI
		w.Header().Set("Cache-Control", "no-store")
		return
	}
	i, err := p.interactions.OpenInteraction(w, r)
	if err != nil {
		p.pages.refuse(w, r, err, strings.Fields(i.UILocales)...)
		return
	}
	page := p.pages.base.in(p.pages.locales.choose(w, r, strings.Fields(i.UILocales)...))
	page.Texts = page.Locale.scripts["popup"]
	p.pages.render(w, r, http.StatusOK, "popup.html", popupPage{
		page:         page,
		Script:       p.pages.assets.URL("popup.js"),
		KeyScript:    p.keyScript(i),
		TenantName:   i.TenantName,
		EmbedOrigin:  i.EmbedOrigin,
		SubjectLabel: i.SubjectLabel,
		Vouched:      i.Vouched,
		EndToEnd:     i.EndToEnd,
		OwnPage:      i.EmbedOrigin == i.FrameOrigin,
		Back:         i.FrameOrigin + "/embed/" + url.PathEscape(i.TenantKey),
		Interaction: popupInteraction{
			ID:           i.ID,
			RequestURI:   i.RequestURI,
			EmbedOrigin:  i.EmbedOrigin,
			FrameOrigin:  i.FrameOrigin,
			ResponseMode: i.ResponseMode,
			DisplayName:  masked(i.DisplayName),
		},
	})
}

// keyScript returns the script that the page of an interaction has for end-to-end encryption, or "". Most people load none.
func (p *popup) keyScript(i *auth.Interaction) string {
	switch {
	case i.EndToEnd:
		return p.pages.assets.URL("sealed_account.js")
	case i.StaleKey:
		return p.pages.assets.URL("key_removal.js")
	}
	return ""
}
