package assertion

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// How long a key set is cached.
const (
	keySetFresh   = 5 * time.Minute  // a set is used without another fetch until this age
	keySetStale   = time.Hour        // a set is used during another fetch until this age, since the tenant's server may be down
	keySetRefresh = time.Minute      // minimum time between two fetches for an unknown kid
	keySetRetry   = 15 * time.Second // minimum time between two fetches if the last one failed
)

// A keySet is the cached state of one key set.
type keySet struct {
	keys     []verifier
	problems []string // of the last attempt

	fetched  time.Time // when keys were last fetched
	tried    time.Time // when the last attempt ended
	attempts int
}

// KeySets fetches the key sets that tenants publish and caches them on this node. Each tenant has its own entry, even if two
// tenants use the same URL, so that one tenant's requests do not affect another tenant. Each set has at most one fetch at a
// time. The fetch runs in the background if a cached set can be used in the meantime. A slow server delays only its own set.
type KeySets struct {
	client  *http.Client
	log     *slog.Logger
	delay   func(context.Context) // makes every failure take the same time, which hides its reason
	now     func() time.Time
	fetched FetchedFunc
	flights singleflight.Group
	cache   *keySetCache
}

// A FetchedFunc stores the result of a fetch. problem says what is wrong with the set, or is "" if all keys can be used. usedFor is how
// long the keys are used if no later fetch succeeds, or 0 if this fetch failed.
type FetchedFunc func(ctx context.Context, tenantKey, url, problem string, usedFor time.Duration)

// NewKeySets returns an empty cache that uses the clock now. It connects only to public addresses and, if development is
// true, to this computer. It logs failures to reach a server. It calls fetched after each fetch.
func NewKeySets(now func() time.Time, development bool, log *slog.Logger, fetched FetchedFunc) *KeySets {
	sets := newKeySets(now, newDialer(development), log)
	sets.fetched = fetched
	return sets
}

func newKeySets(now func() time.Time, d dialer, log *slog.Logger) *KeySets {
	return &KeySets{client: newKeySetClient(d), now: now, cache: newKeySetCache(), log: log, delay: func(ctx context.Context) { <-ctx.Done() }}
}

// get returns a key set from the cache, or fetches it.
func (k *KeySets) get(ctx context.Context, tenantKey, url string) keySet {
	set := k.cache.get(tenantKey, url)
	age, sinceTry := k.now().Sub(set.fetched), k.now().Sub(set.tried)
	switch {
	case set.attempts > 0 && sinceTry < keySetRetry:
	case set.fetched.IsZero() || age >= keySetStale:
		return k.wait(ctx, tenantKey, url, set)
	case age >= keySetFresh:
		k.start(tenantKey, url, set.attempts)
	}
	return k.usable(set)
}

// usable returns the set. It leaves out the keys if they are too old, since a key that a tenant has withdrawn must stop
// working even if the tenant's server can't be reached.
func (k *KeySets) usable(set keySet) keySet {
	if k.now().Sub(set.fetched) >= keySetStale {
		set.keys = nil
	}
	return set
}

// refresh fetches a key set again, unless that was done within keySetRefresh.
func (k *KeySets) refresh(ctx context.Context, tenantKey, url string) keySet {
	set := k.cache.get(tenantKey, url)
	if set.attempts > 0 && k.now().Sub(set.tried) < keySetRefresh {
		return k.usable(set)
	}
	return k.wait(ctx, tenantKey, url, set)
}

// wait starts a fetch and returns its result. It returns the last set if ctx ends first.
func (k *KeySets) wait(ctx context.Context, tenantKey, url string, last keySet) keySet {
	select {
	case result := <-k.start(tenantKey, url, last.attempts):
		return k.usable(result.Val.(keySet))
	case <-ctx.Done():
		return k.usable(last)
	}
}

// start fetches a key set once for all concurrent callers. attempts is the number of attempts that the caller has seen. If
// there was another attempt since then, start returns its result instead.
func (k *KeySets) start(tenantKey, address string, attempts int) <-chan singleflight.Result {
	return k.flights.DoChan(tenantKey+"\x00"+address, func() (any, error) {
		set := k.cache.get(tenantKey, address)
		if set.attempts != attempts {
			return set, nil
		}
		// The fetch does not use the caller's context, since other callers wait for the same result.
		keys, problems, err := k.fetch(tenantKey, address)
		set.attempts++
		set.tried, set.problems = k.now(), problems
		usedFor := keySetStale
		if err != nil {
			set.problems, usedFor = []string{err.Error()}, 0
		} else {
			set.keys, set.fetched = keys, set.tried
		}
		k.cache.add(tenantKey, address, set)
		if k.fetched != nil {
			ctx, cancel := context.WithTimeout(context.Background(), keySetTimeout)
			defer cancel()
			k.fetched(ctx, tenantKey, address, strings.Join(set.problems, "; "), usedFor)
		}
		return set, nil
	})
}

// fetch fetches a key set and returns it immediately. If it gets no answer, it returns an error after keySetTimeout, so that
// the time does not reveal the reason. Only the log has the reason.
func (k *KeySets) fetch(tenantKey, address string) ([]verifier, []string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), keySetTimeout)
	defer cancel()
	keys, problems, err := fetchKeySet(ctx, k.client, address)
	var unreachable *unreachableError
	if errors.As(err, &unreachable) {
		host := ""
		if u, err := url.Parse(address); err == nil {
			host = u.Host[:min(len(u.Host), 260)]
		}
		k.log.Info("key set unreachable", "tenant", tenantKey, "host", host, "reason", unreachable.reason())
		k.delay(ctx)
	}
	return keys, problems, err
}

const (
	maxKeySets       = 1024 // of all tenants
	maxTenantKeySets = 20   // as many as a tenant may have live keys
)

// A keySetCache holds key sets by tenant and URL. When it is full, the tenant with the most
// entries loses its least recently used one, so that no tenant can displace another's.
type keySetCache struct {
	mu      sync.Mutex
	total   int
	tenants *simplelru.LRU[string, *simplelru.LRU[string, keySet]]
}

func newKeySetCache() *keySetCache {
	return &keySetCache{tenants: newLRU[*simplelru.LRU[string, keySet]](maxKeySets + 1)}
}

func newLRU[V any](size int) *simplelru.LRU[string, V] {
	lru, err := simplelru.NewLRU[string, V](size, nil)
	if err != nil {
		panic(err) // only for a size below one
	}
	return lru
}

// get returns an entry, or the zero keySet if there is none.
func (c *keySetCache) get(tenantKey, url string) (set keySet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if own, ok := c.tenants.Get(tenantKey); ok {
		set, _ = own.Get(url)
	}
	return set
}

func (c *keySetCache) add(tenantKey, url string, set keySet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	own, ok := c.tenants.Get(tenantKey)
	if !ok {
		own = newLRU[keySet](maxTenantKeySets)
		c.tenants.Add(tenantKey, own)
	}
	c.total -= own.Len()
	own.Add(url, set)
	if c.total += own.Len(); c.total > maxKeySets {
		c.evict()
	}
}

// evict removes the least recently used entry of the tenant with the most entries.
func (c *keySetCache) evict() {
	most, largest := 0, ""
	for _, tenantKey := range c.tenants.Keys() { // from the least recently used on
		if own, _ := c.tenants.Peek(tenantKey); own.Len() > most {
			most, largest = own.Len(), tenantKey
		}
	}
	own, _ := c.tenants.Peek(largest)
	own.RemoveOldest()
	c.total--
	if own.Len() == 0 {
		c.tenants.Remove(largest)
	}
}

// Limits of a request to a tenant's server.
const (
	keySetTimeout = 3 * time.Second // in all: DNS, connection and body
	maxKeySetSize = 64 << 10
)

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
