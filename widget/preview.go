package widget

import "net/http"

// preview answers GET /preview: the widget with notes of nobody, for the console to show what a tenant's branding looks like.
// It is no tenant's: whatever it is to look like stands in the fragment, and only the account origin may frame it. Its document
// is sandboxed by its own policy (CSP3 §6.3.2), so it has an opaque origin: none of the frame origin's storage, where sessions
// are kept, and no cookie; and it may connect to nothing, so that there is nothing that it could fetch, or tell anybody.
func (f *frame) preview(w http.ResponseWriter, r *http.Request) {
	locale := f.locales.choose("", r.Header.Get("Accept-Language"))
	f.serve(w, r, http.StatusOK, previewPolicy(f.config.FrameOrigin, f.config.AccountOrigin), framePage{
		Title: locale.titleAt("Aside"), Locale: locale, Style: f.assets.URL("frame.css"), Script: f.assets.URL("preview.js"),
		Config: &frameConfig{Policy: framePolicy{Assertion: "NONE"}, Messages: locale.messages},
	})
}

// previewPolicy names the frame origin in place of 'self', which is nothing to a document whose origin is opaque.
func previewPolicy(frameOrigin, accountOrigin string) string {
	assets := frameOrigin + "/assets/"
	return "default-src 'none'; script-src " + assets + "; style-src " + assets + "; img-src data:; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; " +
		"sandbox allow-scripts; frame-ancestors " + accountOrigin
}
