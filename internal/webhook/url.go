package webhook

import "github.com/company-a/aside/auth/assertion"

// CheckURL returns a *db.Error with CodeInvalid, field "url", for a URL to which webhooks cannot be sent: they are sent over https and to
// a host name, with allowLoopback also over http to this computer.
func CheckURL(url string, allowLoopback bool) error {
	return assertion.CheckURL("url", "a webhook", "https://shop.example/webhooks", url, allowLoopback)
}
