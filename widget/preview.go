package widget

import "net/http"

// preview answers GET /preview: the widget with sample notes, in which the console shows a tenant's branding. It belongs to no tenant:
// the branding is in the fragment, and only the account origin may frame it. Its policy sandboxes it (CSP3 §6.3.2), so it has an opaque
// origin, without cookies and without the frame origin's storage, where sessions are. It may connect to nothing.
func (f *frame) preview(w http.ResponseWriter, r *http.Request) {
	locale := f.locales.choose("", r.Header.Get("Accept-Language"))
	f.serve(w, r, http.StatusOK, previewPolicy(f.config.FrameOrigin, f.config.AccountOrigin), framePage{
		Title: locale.titleAt("Aside"), Locale: locale, Style: f.assets.URL("frame.css"), Script: f.assets.URL("preview.js"),
		Config: &frameConfig{Policy: framePolicy{Assertion: "NONE"}, Messages: locale.messages},
	})
}

// previewPolicy names the frame origin in place of 'self', which matches nothing in a document with an opaque origin.
func previewPolicy(frameOrigin, accountOrigin string) string {
	assets := frameOrigin + "/assets/"
	return "default-src 'none'; script-src " + assets + "; style-src " + assets + "; img-src data:; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; " +
		"sandbox allow-scripts; frame-ancestors " + accountOrigin
}
