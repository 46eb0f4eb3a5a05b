package web

import (
	"net/http"
	"strings"
)

// contentPolicy allows a page of the account origin to load files from its own origin and to send requests to it, and
// nothing else. No page can be framed (CSP3 §6.4.2), and no script can create markup from a string (Trusted Types).
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// consolePolicy is contentPolicy for the console, which also fetches the loader to check that it is reachable, and frames
// the preview of a tenant's branding. It allows no other page of the frame origin.
func consolePolicy(frameOrigin string) string {
	return strings.Replace(contentPolicy, "connect-src 'self';", "connect-src 'self' "+frameOrigin+"/v1/; frame-src "+frameOrigin+"/preview;", 1)
}

// permissionsPolicy allows passkey ceremonies only in the page itself (Web Authentication Level 3, §5.10), and turns off all
// other features that need a permission.
var permissionsPolicy = "publickey-credentials-create=(self), publickey-credentials-get=(self), " + strings.Join([]string{
	"accelerometer=()", "autoplay=()", "browsing-topics=()", "camera=()", "display-capture=()",
	"encrypted-media=()", "fullscreen=()", "gamepad=()", "geolocation=()", "gyroscope=()", "hid=()",
	"identity-credentials-get=()", "idle-detection=()", "local-fonts=()", "magnetometer=()", "microphone=()", "midi=()",
	"otp-credentials=()", "payment=()", "picture-in-picture=()", "screen-wake-lock=()", "serial=()", "storage-access=()",
	"usb=()", "window-management=()", "xr-spatial-tracking=()",
}, ", ")

// Headers returns a handler that sets the security headers of the account origin on every response of next. next may replace
// them: a script with a hash in its name may be cached. HSTS is set only if accountOrigin is https.
//
// A page has no opener, because an opener could navigate it to a look-alike. The popup is the exception: it removes
// Cross-Origin-Opener-Policy, because it needs its opener for the handshake and the authorization response.
func Headers(accountOrigin string, next http.Handler) http.Handler {
	secure := strings.HasPrefix(accountOrigin, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("Referrer-Policy", "no-referrer") // keeps request URIs and interactions private
		h.Set("X-Content-Type-Options", "nosniff")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}
