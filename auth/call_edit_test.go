package auth_test

import (
	"net/url"
	"strings"

	"github.com/company-a/aside/auth/authtest"
)

func edits(e ...func(*authtest.Call)) []func(*authtest.Call) { return e }

func param(name string, values ...string) func(*authtest.Call) {
	return authtest.Param(name, values...)
}

func header(name string, values ...string) func(*authtest.Call) {
	return authtest.WithHeader(name, values...)
}

func contentType(s string) func(*authtest.Call) { return header("Content-Type", s) }

// inQuery sends the parameters in the URL instead of the body.
func inQuery(c *authtest.Call) { c.URL, c.Form = c.URL+"?"+c.Form.Encode(), url.Values{} }

func printable(first, last byte) string {
	var b strings.Builder
	for c := first; c <= last; c++ {
		b.WriteByte(c)
	}
	return b.String()
}
