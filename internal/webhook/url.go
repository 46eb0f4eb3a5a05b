package webhook

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
)

const maxURLSize = 2000 // bytes

// CheckURL returns a *db.Error with CodeInvalid, field "url", for a URL to which webhooks cannot be sent: they are sent over https and to
// a host name, with allowLoopback also over http to this computer.
func CheckURL(s string, allowLoopback bool) error {
	const example = "Write it like https://shop.example/webhooks."
	refuse := func(message string) error {
		return &db.Error{Code: db.CodeInvalid, Field: "url", Message: message + " " + example}
	}
	u, err := url.Parse(s)
	switch {
	case s == "" || len(s) > maxURLSize:
		return refuse("The URL of a webhook is missing or too long.")
	case err != nil || !utf8.ValidString(s) || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return refuse("This is not a URL.")
	case u.User != nil:
		return refuse("Leave out the user name and password: a webhook is known by its signature.")
	case u.Fragment != "" || strings.Contains(s, "#"):
		return refuse("Leave out everything from the # on.")
	}
	local := assertion.IsLocalhost(u.Hostname())
	switch _, notIP := netip.ParseAddr(u.Hostname()); {
	case local && !allowLoopback:
		return refuse("This host is this computer itself.")
	case local && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case u.Scheme != "https":
		return refuse("A webhook must be served over https.")
	case notIP == nil:
		return refuse("Use a host name, not an IP address.")
	}
	return nil
}
