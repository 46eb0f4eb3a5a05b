package web

import (
	"net/http"
	"strings"
)

// contentPolicy lets a page of the account origin load its own files, talk to its own origin and nothing more. No page can be
// framed (CSP3 §6.4.2), and no script can turn text into markup (Trusted Types).
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// consolePolicy lets the console also fetch the loader, which is public, to say whether it can be had, and frame the preview of
// a tenant's branding, and no other page of the frame origin.
func consolePolicy(frameOrigin string) string {
	return strings.Replace(contentPolicy, "connect-src 'self';", "connect-src 'self' "+frameOrigin+"/v1/; frame-src "+frameOrigin+"/preview;", 1)
}

// permissionsPolicy keeps passkey ceremonies to the page itself (Web Authentication Level 3, §5.10) and switches off
// every other feature that a browser would let a page ask for.
var permissionsPolicy = "publickey-credentials-create=(self), publickey-credentials-get=(self), " + strings.Join([]string{
	"accelerometer=()", "autoplay=()", "browsing-topics=()", "camera=()", "display-capture=()",
	"encrypted-media=()", "fullscreen=()", "gamepad=()", "geolocation=()", "gyroscope=()", "hid=()",
	"identity-credentials-get=()", "idle-detection=()", "local-fonts=()", "magnetometer=()", "microphone=()", "midi=()",
	"otp-credentials=()", "payment=()", "picture-in-picture=()", "screen-wake-lock=()", "serial=()", "storage-access=()",
	"usb=()", "window-management=()", "xr-spatial-tracking=()",
}, ", ")

// Headers sets the security headers of the account origin on every answer of next, which may replace any of them (a hashed
// script says for itself that it may be cached). accountOrigin decides whether the answer insists on TLS.
//
// No page has an opener, which could navigate it to a look-alike, but the popup: with a Cross-Origin-Opener-Policy that would
// lose the handshake and the way to hand over an authorization response.
func Headers(accountOrigin string, next http.Handler) http.Handler {
	secure := strings.HasPrefix(accountOrigin, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("Referrer-Policy", "no-referrer") // a request_uri or an interaction never leaves in a URL
		h.Set("X-Content-Type-Options", "nosniff")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}
