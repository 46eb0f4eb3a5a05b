package web

import (
	"net/http"
	"net/url"
)

// popup shows one interaction: who asks, from which page, and the ways to answer. Everything after that happens in its
// script (src/popup.ts), against auth's JSON endpoints.
type popup struct {
	pages        *pages
	interactions Interactions
}

// popupPage is what template/popup.html is given.
type popupPage struct {
	page
	Script       string
	TenantName   string
	EmbedOrigin  string
	SubjectLabel string // whom the tenant says the person is, "" where it says nothing
	Vouched      bool   // the tenant can read notes that the person has here already
	OwnPage      bool   // the notes open on A's own page, not embedded in a tenant's
	Back         string // A's own page of this tenant's notes, where a sign-in without an opener starts
	Interaction  popupInteraction
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
	w.Header().Del("Cross-Origin-Opener-Policy") // also of a refusal: the opener would take the window for closed
	if r.Method == http.MethodHead {             // from what looks at links before a person does: opening uses the link up
		w.Header().Set("Cache-Control", "no-store")
		return
	}
	i, err := p.interactions.OpenInteraction(w, r)
	if err != nil {
		p.pages.refuse(w, r, err)
		return
	}
	p.pages.render(w, r, http.StatusOK, "popup.html", popupPage{
		page:         p.pages.base,
		Script:       p.pages.assets.URL("popup.js"),
		TenantName:   i.TenantName,
		EmbedOrigin:  i.EmbedOrigin,
		SubjectLabel: i.SubjectLabel,
		Vouched:      i.Vouched,
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
