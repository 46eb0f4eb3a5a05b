package assertion

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Limits of a request to a tenant's server.
const (
	keySetTimeout = 3 * time.Second // in all: DNS, connection and body
	maxKeySetSize = 64 << 10
)

// NewClient returns a client for addresses that a tenant chose. It uses no proxy, follows no redirect, and connects to public
// addresses only; with development also to this computer.
func NewClient(development bool) *http.Client { return newKeySetClient(newDialer(development)) }

// newKeySetClient returns a client that uses no proxy, follows no redirect and connects only
// where the dialer permits.
func newKeySetClient(d dialer) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            d.DialContext,
			TLSHandshakeTimeout:    keySetTimeout,
			DisableKeepAlives:      true, // a reused connection would skip the check of the address
			DisableCompression:     true, // so that maxKeySetSize limits what is read
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetchKeySet fetches a tenant's key set once. unusable has a reason for each key that can't be
// used. The error's text follows "the set at URL". It is an *unreachableError if there was no answer.
func fetchKeySet(ctx context.Context, client *http.Client, address string) (keys []verifier, unusable []string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, errors.New("has no valid URL")
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	request.Header.Set("User-Agent", "Aside")
	response, err := client.Do(request)
	if err != nil {
		return nil, nil, &unreachableError{err}
	}
	defer func() { _ = response.Body.Close() }()
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return nil, nil, fmt.Errorf("answers with a redirect (%d): give the URL that it leads to", response.StatusCode)
	case response.StatusCode != http.StatusOK:
		return nil, nil, fmt.Errorf("answers with the status %d", response.StatusCode)
	}
	body, err := readLimited(response.Body)
	if err == nil {
		err = ctx.Err() // after a timeout, the body may still end without an error
	}
	if err != nil {
		return nil, nil, &unreachableError{err}
	}
	if body, err = decodeBody(body); err != nil {
		return nil, nil, err
	}
	return parseKeySet(body)
}

// readLimited reads at most one byte more than a key set may have.
func readLimited(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxKeySetSize+1)) }

// decodeBody returns a key set as UTF-8. Some servers compress it although the request doesn't
// accept that, and some write a byte order mark or UTF-16 with one.
func decodeBody(body []byte) ([]byte, error) {
	tooLarge := fmt.Errorf("has more than %d KiB", maxKeySetSize>>10)
	if len(body) > maxKeySetSize {
		return nil, tooLarge
	}
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) { // gzip (RFC 1952 §2.3.1); JSON does not start with it
		zip, err := gzip.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = readLimited(zip)
		}
		if err != nil {
			return nil, errors.New("is compressed, and can't be decompressed")
		}
		if len(body) > maxKeySetSize {
			return nil, tooLarge
		}
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), body)
	return text, err
}

// An unreachableError means that a tenant's server did not answer. The tenant gets the same
// message for each cause, after the same time: whether a name resolves, and whether to one of our
// addresses, would reveal what our network looks like.
type unreachableError struct{ cause error }

// Error returns what the tenant's developer is shown.
func (*unreachableError) Error() string {
	return "cannot be reached: its host needs a name that resolves to a public address, and a trusted certificate, and has " +
		seconds(keySetTimeout) + " to answer"
}

// reason returns the cause for the operator's log: with the host's name and addresses, without
// the URL.
func (e *unreachableError) reason() string {
	var at *url.Error
	if errors.As(e.cause, &at) {
		return at.Err.Error()
	}
	return e.cause.Error()
}
