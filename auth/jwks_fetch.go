package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// How much of a tenant's server is waited for and read.
const (
	keySetTimeout = 3 * time.Second // all in all, name, connection and body
	maxKeySetSize = 64 << 10
	maxKeySetKeys = 20
)

// newKeySetClient makes a client that goes nowhere but where it is sent: through no proxy of
// the environment, after no redirect, only to addresses that the dialer permits.
func newKeySetClient(d guardedDialer) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            d.DialContext,
			TLSHandshakeTimeout:    keySetTimeout,
			DisableKeepAlives:      true, // a rebound name would meet an old connection otherwise
			DisableCompression:     true, // 64 KiB are 64 KiB
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetchKeySet asks a tenant's server for its key set. The error completes "the set at URL". It is an
// *unreachableError where no answer was had.
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
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeySetSize+1))
	if err == nil {
		err = ctx.Err() // a server that is hung up on may still get an orderly end of its body through
	}
	if err != nil {
		return nil, nil, &unreachableError{err}
	}
	if len(body) > maxKeySetSize {
		return nil, nil, fmt.Errorf("has more than %d KiB", maxKeySetSize>>10)
	}
	return parseKeySet(body)
}

// An unreachableError is a key set that gave no answer. A tenant is told the same of each, after the
// same time: whether a name resolves, and whether to an address of ours, is a map of our network.
type unreachableError struct{ cause error }

func (*unreachableError) Error() string {
	return "cannot be reached: its host needs a name that resolves to a public address, and a trusted certificate, and has " +
		seconds(keySetTimeout) + " to answer"
}

// reason is for the operator's log. It has the host's name and addresses, not the URL.
func (e *unreachableError) reason() string {
	var at *url.Error
	if errors.As(e.cause, &at) {
		return at.Err.Error()
	}
	return e.cause.Error()
}

// parseKeySet reads a key set (RFC 7517 §5). Keys of a kind that isn't supported are left
// out and named in unusable; a set with a secret in it is refused as a whole: somebody has
// published what they should not.
func parseKeySet(body []byte) (keys []verifier, unusable []string, err error) {
	object, err := parseObject(body)
	if err != nil {
		return nil, nil, fmt.Errorf("is no key set: %w", err)
	}
	list, ok := object["keys"].([]any)
	switch {
	case !ok:
		return nil, nil, errors.New(`is no key set: it has no "keys"`)
	case len(list) > maxKeySetKeys:
		return nil, nil, fmt.Errorf("has %d keys: %d at most", len(list), maxKeySetKeys)
	}
	for i, entry := range list {
		key, ok := entry.(map[string]any)
		if !ok {
			return nil, nil, errors.New(`is no key set: one of its "keys" is no object`)
		}
		raw, err := json.Marshal(key)
		if err != nil {
			return nil, nil, fmt.Errorf("is no key set: %w", err)
		}
		v, err := parsePublicJWK(key, raw, algRS256)
		switch {
		case errors.Is(err, errSecretKey):
			return nil, nil, errors.New("publishes a secret key: replace that key, and publish public ones alone")
		case err != nil:
			unusable = append(unusable, fmt.Sprintf("has an unusable key, number %d: %v", i+1, err))
		default:
			keys = append(keys, v)
		}
	}
	return keys, unusable, nil
}
