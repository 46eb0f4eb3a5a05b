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
