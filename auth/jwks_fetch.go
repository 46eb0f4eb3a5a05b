package auth

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
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
	body, err := readKeySet(response.Body)
	if err == nil {
		err = ctx.Err() // a server that is hung up on may still get an orderly end of its body through
	}
	if err != nil {
		return nil, nil, &unreachableError{err}
	}
	if body, err = unpacked(body); err != nil {
		return nil, nil, err
	}
	return parseKeySet(body)
}

// readKeySet reads what a key set may have, and a byte more.
func readKeySet(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxKeySetSize+1)) }

// unpacked returns the text of a key set. Some servers compress it without having been asked, by its name or its type, and some
// put a byte order mark in front or write UTF-16, which the mark says.
func unpacked(body []byte) ([]byte, error) {
	tooLarge := fmt.Errorf("has more than %d KiB", maxKeySetSize>>10)
	if len(body) > maxKeySetSize {
		return nil, tooLarge
	}
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) { // RFC 1952 §2.3.1, and no JSON
		zip, err := gzip.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = readKeySet(zip)
		}
		if err != nil {
			return nil, errors.New("is compressed, and cannot be unpacked")
		}
		if len(body) > maxKeySetSize {
			return nil, tooLarge
		}
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), body)
	return text, err
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

// parseKeySet reads a key set (RFC 7517 §5). Keys that cannot be used, whatever the reason, are left out and named in unusable.
func parseKeySet(body []byte) (keys []verifier, unusable []string, err error) {
	list, err := splitKeySet(body)
	if err != nil {
		return nil, nil, err
	}
	refuse := func(i int, why error) {
		unusable = append(unusable, fmt.Sprintf("has an unusable key, number %d: %v", i+1, why))
	}
	entries := make([]map[string]any, len(list))
	published := map[string]bool{} // the public parts of private keys
	for i, raw := range list {
		if entries[i], err = parseObject(raw); err == nil && isSecret(entries[i]) {
			published[publicPart(entries[i])] = true
		}
		if err != nil {
			refuse(i, err)
		}
	}
	for i, entry := range entries {
		if entry == nil {
			continue
		}
		v, err := parsePublicJWK(entry, algRS256)
		switch {
		case errors.Is(err, errSecretKey):
			refuse(i, fmt.Errorf("%w: replace that key, and publish public ones alone", err))
		case err != nil:
			refuse(i, err)
		case published[publicPart(entry)]:
			refuse(i, errors.New("the set has its private part, too: replace that key"))
		default:
			keys = append(keys, v)
		}
	}
	return keys, unusable, nil
}

// splitKeySet returns the keys of a set as they are written.
func splitKeySet(body []byte) ([]json.RawMessage, error) {
	var set struct{ Keys []json.RawMessage }
	members, err := topLevel(body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("is no key set: %w", err)
	case json.Unmarshal(members["keys"], &set.Keys) != nil || set.Keys == nil:
		return nil, errors.New(`is no key set: it has no "keys"`)
	case len(set.Keys) > maxKeySetKeys:
		return nil, fmt.Errorf("has %d keys: %d at most", len(set.Keys), maxKeySetKeys)
	}
	return set.Keys, nil
}

// publicPart tells keys apart by what is public of them.
func publicPart(jwk map[string]any) string {
	return fmt.Sprint(jwk["kty"], jwk["crv"], jwk["x"], jwk["y"], jwk["n"], jwk["e"])
}
