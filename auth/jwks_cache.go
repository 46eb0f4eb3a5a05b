package auth

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/singleflight"
)

// How long a key set is remembered.
const (
	keySetFresh   = 5 * time.Minute  // nobody asks again
	keySetStale   = time.Hour        // it still serves while it is asked for again: that server may be down
	keySetRefresh = time.Minute      // between two askings for a kid that wasn't there
	keySetRetry   = 15 * time.Second // between two askings when the last one failed
)

// A keySet is what is known of a key set.
type keySet struct {
	keys     []verifier
	problems []string // of the last asking

	fetched time.Time // when keys was
	tried   time.Time // when it was last asked for
	tries   int
}

// keySets remembers the tenants' key sets on this node. Each tenant's are its own, even where
// two name the same URL: what one has us ask for changes nothing for another. A set is asked
// for by one at a time, in the background where an old answer serves, and nobody waits for
// another's server.
type keySets struct {
	client  *http.Client
	log     *slog.Logger
	hold    func(context.Context) // until nobody can tell by the time why a set cannot be reached
	now     func() time.Time
	flights singleflight.Group
	kept    *keySetMemory
}

// newKeySets makes an empty memory. With development, key sets may be on this computer.
func newKeySets(now func() time.Time, development bool, log *slog.Logger) *keySets {
	permitted := publicAddress
	if development {
		permitted = publicOrLoopback
	}
	k := newKeySetsDialing(now, guardedDialer{permitted: permitted, local: development, resolver: net.DefaultResolver})
	k.log = log
	return k
}

func newKeySetsDialing(now func() time.Time, d guardedDialer) *keySets {
	return &keySets{client: newKeySetClient(d), now: now, kept: newKeySetMemory(), log: slog.New(slog.DiscardHandler), hold: func(ctx context.Context) { <-ctx.Done() }}
}

func keySetName(tenantKey, url string) string { return tenantKey + "\x00" + url }

// get gives a key set: as it is remembered, or after asking for it.
func (k *keySets) get(ctx context.Context, tenantKey, url string) keySet {
	set := k.kept.get(tenantKey, url)
	age, sinceTry := k.now().Sub(set.fetched), k.now().Sub(set.tried)
	switch {
	case set.tries > 0 && sinceTry < keySetRetry:
	case set.fetched.IsZero() || age >= keySetStale:
		return k.ask(ctx, tenantKey, url, set)
	case age >= keySetFresh:
		k.start(tenantKey, url, set.tries)
	}
	return k.usable(set)
}

// usable leaves out keys that are too old: a tenant that has withdrawn one must not wait for
// ever, though its server cannot be reached.
func (k *keySets) usable(set keySet) keySet {
	if k.now().Sub(set.fetched) >= keySetStale {
		set.keys = nil
	}
	return set
}

// refresh asks for a key set again, unless that was done within keySetRefresh.
func (k *keySets) refresh(ctx context.Context, tenantKey, url string) keySet {
	set := k.kept.get(tenantKey, url)
	if set.tries > 0 && k.now().Sub(set.tried) < keySetRefresh {
		return k.usable(set)
	}
	return k.ask(ctx, tenantKey, url, set)
}

func (k *keySets) ask(ctx context.Context, tenantKey, url string, last keySet) keySet {
	select {
	case answer := <-k.start(tenantKey, url, last.tries):
		return k.usable(answer.Val.(keySet))
	case <-ctx.Done():
		return k.usable(last)
	}
}

// start asks for a key set once, however many want it. tries is how often it had been asked
// for when the caller decided to: a later answer will do.
func (k *keySets) start(tenantKey, address string, tries int) <-chan singleflight.Result {
	name := keySetName(tenantKey, address)
	return k.flights.DoChan(name, func() (any, error) {
		set := k.kept.get(tenantKey, address)
		if set.tries != tries {
			return set, nil
		}
		// Not the caller's context: others wait for the same answer.
		keys, problems, err := k.fetch(tenantKey, address)
		set.tries++
		set.tried, set.problems = k.now(), problems
		if err != nil {
			set.problems = []string{err.Error()}
		} else {
			set.keys, set.fetched = keys, set.tried
		}
		k.kept.add(tenantKey, address, set)
		return set, nil
	})
}

// fetch asks for a key set. An answer comes as soon as it is there; that there is none is known when
// keySetTimeout is over, whatever the reason, which the log alone has.
func (k *keySets) fetch(tenantKey, address string) ([]verifier, []string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), keySetTimeout)
	defer cancel()
	keys, problems, err := fetchKeySet(ctx, k.client, address)
	var none *unreachableError
	if errors.As(err, &none) {
		host := ""
		if u, err := url.Parse(address); err == nil {
			host = u.Host[:min(len(u.Host), 260)]
		}
		k.log.Info("a key set cannot be reached", "tenant", tenantKey, "host", host, "reason", none.reason())
		k.hold(ctx)
	}
	return keys, problems, err
}
