package webhook

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// The operator's log has neither the URL nor what a tenant's server has sent.
func TestReason(t *testing.T) {
	for given, want := range map[string]string{
		`dial tcp 203.0.113.7:443: connect: connection refused`:                   `dial tcp 203.0.113.7:443: connect: connection refused`,
		`malformed HTTP response "v1,c2lnbmF0dXJl {\"subject\":\"customer-17\"}"`: `malformed HTTP response `,
		strings.Repeat("x", 5000): strings.Repeat("x", maxReason),
	} {
		err := &url.Error{Op: "Post", URL: "https://shop.example/hooks/secret", Err: errors.New(given)}
		if got := reason(err); got != want {
			t.Errorf("%q becomes %q", given, got)
		}
	}
}
