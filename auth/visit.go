package auth

import (
	"net/http"
	"strings"
)

// fetched reports whether a page of another site has a visitor's browser ask for r without showing what
// is answered (Fetch Metadata, §2): an image, a script, a fetch in the mode no-cors. No page of ours is for
// that, so it is refused and counts against nobody: the visitor has not asked.
func fetched(r *http.Request) bool {
	site, mode := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
	switch {
	case site == "same-origin" || site == "none", mode == "navigate":
		return false
	default: // a browser that sends neither is old; its visits look like any
		return site != "" || mode != ""
	}
}

// framed reports whether a page shows r in a frame.
func framed(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "iframe", "frame", "embed", "object":
		return true
	}
	return false
}

// static reports whether what is at a path is the same for everybody and made in advance: it costs nothing,
// and any page may load it.
func static(path string) bool {
	return strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/v1/") || path == "/embed/worker.js" || path == "/help"
}

// Visits bounds how often one address asks for the pages of next, but for what is static, and for
// /oauth/authorize, which asks for something that nobody can guess (see OpenInteraction). With frames, other
// sites may frame them.
func (s *Server) Visits(next http.Handler, frames bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || static(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if fetched(r) || (framed(r) && !frames) {
			http.Error(w, "Open this page in a browser window.", http.StatusForbidden)
			return
		}
		if r.URL.Path != "/oauth/authorize" {
			if err := tooOften(s.paces.pages.count(r)); err != nil {
				s.noteFlood(r, "pages for an address")
				e := s.shown(r, err)
				e.SayWhen(w)
				http.Error(w, e.Message, e.Status)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
