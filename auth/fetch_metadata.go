package auth

import (
	"net/http"
)

// isSubresource reports whether a page of another site made the visitor's browser send r without
// showing the response as a page (Fetch Metadata, §2): as an image, a script, or a no-cors fetch. Our
// pages are not for that. Such a request is refused and not counted, since it is not the visitor's.
func isSubresource(r *http.Request) bool {
	site, mode := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
	switch {
	case site == "same-origin" || site == "none", mode == "navigate":
		return false
	default: // an old browser sends neither
		return site != "" || mode != ""
	}
}

// isFramed reports whether r is shown in a frame.
func isFramed(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "iframe", "frame", "embed", "object":
		return true
	}
	return false
}
