package auth

import (
	"net/http"
	"strings"
)

// isStatic reports whether a path has a file that is the same for everybody and costs nothing to
// serve. Any page may load it.
func isStatic(path string) bool {
	return strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/v1/") || path == "/embed/worker.js" || path == "/help"
}

// LimitPages limits how often an address gets the pages of next. It does not limit static files, nor
// /oauth/authorize, which is limited by OpenInteraction. It refuses pages as subresources of other
// sites, and in frames unless frames is true.
func (s *Server) LimitPages(next http.Handler, frames bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || isStatic(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if isSubresource(r) || (isFramed(r) && !frames) {
			http.Error(w, "Open this page in a browser window.", http.StatusForbidden)
			return
		}
		if r.URL.Path != "/oauth/authorize" {
			if err := rateLimitError(s.limits.pages.count(r)); err != nil {
				s.recordLimit(r, "pages for an address")
				e := s.present(w, r, err)
				e.SetRetryAfter(w)
				http.Error(w, e.Message, e.Status)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
