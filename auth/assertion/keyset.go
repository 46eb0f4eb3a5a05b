package assertion

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// How long a key set is cached.
const (
	keySetFresh   = 5 * time.Minute  // it is not fetched again
	keySetStale   = time.Hour        // it is used while it is fetched again: the tenant's server may be down
	keySetRefresh = time.Minute      // between two fetches for a kid that was not there
	keySetRetry   = 15 * time.Second // between two fetches if the last one failed
)

// A keySet is the cached state of one key set.
type keySet struct {
	keys     []verifier
	problems []string // of the last attempt

	fetched  time.Time // when keys were
	tried    time.Time // when the last attempt ended
	attempts int
}

// KeySets fetches the key sets that tenants publish and caches them on this node. Each tenant has
// its own entry, even if two name the same URL, so that one tenant's requests do not change what
// another gets. There is one fetch at a time for each set, in the background if a cached set can
// be used meanwhile, and no set waits for another one's server.
type KeySets struct {
	client  *http.Client
	log     *slog.Logger
	delay   func(context.Context) // hides the reason of a failure: it takes the same time for each
	now     func() time.Time
	fetched func(ctx context.Context, tenantKey, url, problem string) // stores the result of a fetch; "" if all keys can be used
	flights singleflight.Group
	cache   *keySetCache
}

// NewKeySets returns an empty cache that uses the clock now. It connects to public addresses
// only; with development also to this computer. Failures to reach a server are written to log, and fetched is called after each
// fetch with what is wrong with the set, or "".
func NewKeySets(now func() time.Time, development bool, log *slog.Logger, fetched func(ctx context.Context, tenantKey, url, problem string)) *KeySets {
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

// usable leaves out keys that are too old: a tenant that has withdrawn a key must not depend on
// its server being reachable.
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

// wait fetches a key set and waits for it, or returns the last one when ctx ends.
func (k *KeySets) wait(ctx context.Context, tenantKey, url string, last keySet) keySet {
	select {
	case result := <-k.start(tenantKey, url, last.attempts):
		return k.usable(result.Val.(keySet))
	case <-ctx.Done():
		return k.usable(last)
	}
}

// start fetches a key set once for all callers that want it. attempts is the number of attempts
// that the caller knows of: if there was another one since, its result is used.
func (k *KeySets) start(tenantKey, address string, attempts int) <-chan singleflight.Result {
	return k.flights.DoChan(tenantKey+"\x00"+address, func() (any, error) {
		set := k.cache.get(tenantKey, address)
		if set.attempts != attempts {
			return set, nil
		}
		// Not with the caller's context: other callers wait for the same result.
		keys, problems, err := k.fetch(tenantKey, address)
		set.attempts++
		set.tried, set.problems = k.now(), problems
		if err != nil {
			set.problems = []string{err.Error()}
		} else {
			set.keys, set.fetched = keys, set.tried
		}
		k.cache.add(tenantKey, address, set)
		if k.fetched != nil {
			ctx, cancel := context.WithTimeout(context.Background(), keySetTimeout)
			defer cancel()
			k.fetched(ctx, tenantKey, address, strings.Join(set.problems, "; "))
		}
		return set, nil
	})
}

// fetch fetches a key set. It returns a set as soon as it has one, and returns that it got no
// answer only after keySetTimeout, whatever the reason. Only the log has the reason.
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
