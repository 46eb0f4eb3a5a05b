package assertion

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func kids(set keySet) (kids []string) {
	for _, v := range set.keys {
		kids = append(kids, v.kid)
	}
	return kids
}

// A publisher is a server with a key set that can be changed, broken and delayed.
type publisher struct {
	*keySetServer
	body   atomic.Value // string; "" for an error
	gate   atomic.Pointer[chan struct{}]
	k      *KeySets
	clock  *stoppedClock
	waited chan struct{} // receives when a request waits at a closed gate
}

func publish(t *testing.T, kids ...string) *publisher {
	t.Helper()
	p := &publisher{clock: newStoppedClock(), waited: make(chan struct{}, 100)}
	p.body.Store(keySetJSON(t, kids...))
	p.keySetServer = startKeySetServer(t, func(w http.ResponseWriter, r *http.Request) {
		if gate := p.gate.Load(); gate != nil {
			p.waited <- struct{}{}
			select {
			case <-*gate:
			case <-r.Context().Done():
			}
		}
		if p.body.Load() == "" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = io.WriteString(w, p.body.Load().(string))
	})
	p.k = p.asking(p.clock.now)
	return p
}

// hold delays the server's responses until release is called.
func (p *publisher) hold() (release func()) {
	gate := make(chan struct{})
	p.gate.Store(&gate)
	return func() {
		p.gate.Store(nil)
		close(gate)
	}
}

func (p *publisher) want(t *testing.T, when string, set keySet, requests int32, want ...string) {
	t.Helper()
	if got := kids(set); !slices.Equal(got, want) || p.requests.Load() != requests {
		t.Errorf("%s: keys %v after %d requests, want %v after %d (%v)", when, got, p.requests.Load(), want, requests, set.problems)
	}
}

func (p *publisher) get(t *testing.T) keySet     { return p.k.get(t.Context(), "t_shop", p.URL) }
func (p *publisher) refresh(t *testing.T) keySet { return p.k.refresh(t.Context(), "t_shop", p.URL) }

func TestKeySetIsCached(t *testing.T) {
	p := publish(t, "one")
	p.want(t, "first", p.get(t), 1, "one")
	p.clock.advance(keySetFresh - time.Second)
	p.want(t, "while fresh", p.get(t), 1, "one")
}

// A new kid is fetched at once, but a set is fetched at most once a minute.
func TestNewKeyIsFetched(t *testing.T) {
	p := publish(t, "one")
	p.get(t)
	p.body.Store(keySetJSON(t, "one", "two"))
	p.want(t, "within a minute", p.refresh(t), 1, "one")
	p.clock.advance(keySetRefresh)
	p.want(t, "after a minute", p.refresh(t), 2, "one", "two")
	for range 50 { // many unknown kids
		p.want(t, "a flood", p.refresh(t), 2, "one", "two")
	}
	p.body.Store(keySetJSON(t, "two"))
	p.clock.advance(keySetRefresh)
	p.want(t, "the old key is withdrawn", p.refresh(t), 3, "two")
}

// Many callers at once make one request.
func TestParallelCallersShareOneFetch(t *testing.T) {
	p := publish(t, "one")
	release := p.hold()
	var all sync.WaitGroup
	sets := make([]keySet, 50)
	for i := range sets {
		all.Go(func() {
			if i%2 == 0 {
				sets[i] = p.get(t)
			} else {
				sets[i] = p.refresh(t)
			}
		})
	}
	<-p.waited
	release()
	all.Wait()
	for _, set := range sets {
		p.want(t, "one of many", set, 1, "one")
	}
}

// A caller that decided to fetch before another one's result came gets that result.
func TestLateCallerGetsTheSharedResult(t *testing.T) {
	p := publish(t, "one")
	for range 2 {
		p.want(t, "decided before the first answer", (<-p.k.start("t_shop", p.URL, 0)).Val.(keySet), 1, "one")
	}
}

// An old key set is used while it is fetched again, and nobody waits.
func TestStaleKeySetIsUsedDuringRefresh(t *testing.T) {
	p := publish(t, "one")
	p.get(t)
	p.clock.advance(keySetFresh)
	p.body.Store(keySetJSON(t, "two"))
	release := p.hold()
	p.want(t, "at once", p.get(t), 1, "one")
	<-p.waited
	p.want(t, "and again", p.get(t), 2, "one")
	asking := p.k.start("t_shop", p.URL, 1) // joins the fetch in progress
	release()
	<-asking
	p.want(t, "then", p.get(t), 2, "two")
}

// Cached keys are used for an hour when a server is down.
func TestCachedKeySetIsUsedWhileTheServerIsDown(t *testing.T) {
	p := publish(t, "one")
	p.get(t)
	p.body.Store("")
	p.clock.advance(keySetFresh)
	p.get(t)
	<-p.k.start("t_shop", p.URL, 1) // until it has failed
	p.want(t, "down", p.get(t), 2, "one")
	p.want(t, "down, a kid that isn't there", p.refresh(t), 2, "one")
	p.clock.advance(keySetStale - keySetFresh)
	p.want(t, "down for an hour", p.get(t), 3)
	p.want(t, "down, asked again at once", p.get(t), 3)
	p.want(t, "down, a kid that isn't there", p.refresh(t), 3)
	p.body.Store(keySetJSON(t, "two"))
	p.clock.advance(keySetRetry)
	p.want(t, "up again", p.get(t), 4, "two")
}

// A failure is cached for a while: a server that is down does not get a request for each visitor.
func TestFailedFetchIsCached(t *testing.T) {
	p := publish(t)
	p.body.Store("")
	for range 10 {
		p.want(t, "down", p.get(t), 1)
	}
	p.body.Store(keySetJSON(t, "one"))
	p.clock.advance(keySetRetry)
	p.want(t, "up", p.get(t), 2, "one")
}

// Only callers that need a slow server wait for it: neither callers of the same tenant with a cached
// key, nor another tenant's, even with the same URL.
func TestSlowServerDelaysNoOtherKeySet(t *testing.T) {
	p, other := publish(t, "one"), publish(t, "other")
	p.get(t)
	p.clock.advance(keySetRefresh)
	release := p.hold()
	refreshed := make(chan keySet)
	go func() { refreshed <- p.k.refresh(context.Background(), "t_shop", p.URL) }()
	<-p.waited
	p.want(t, "a key that is known", p.get(t), 2, "one")
	other.want(t, "another server", p.k.get(t.Context(), "t_other", other.URL), 1, "other")

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if set := p.k.get(canceled, "t_third", p.URL); len(set.keys) != 0 { // a canceled caller stops waiting
		t.Errorf("%v", kids(set))
	}
	release()
	p.want(t, "the caller that needed it", <-refreshed, p.requests.Load(), "one")
}

// A fetch for one tenant changes nothing for another one with the same URL.
func TestTenantsShareNoKeySet(t *testing.T) {
	p := publish(t, "one")
	p.get(t)
	p.body.Store(keySetJSON(t, "two"))
	p.want(t, "the second tenant", p.k.get(t.Context(), "t_other", p.URL), 2, "two")
	p.want(t, "the first tenant", p.get(t), 2, "one")
}

// The console shows each fetch and its error.
func TestFetchesAreReported(t *testing.T) {
	p := publish(t, "one")
	var told []string
	p.k.fetched = func(_ context.Context, tenantKey, url, problem string, usedFor time.Duration) {
		told = append(told, fmt.Sprint(tenantKey, " ", usedFor, " ", problem))
		if url != p.URL {
			t.Errorf("fetched %s", url)
		}
	}
	p.k.refresh(t.Context(), "t_shop", p.URL)
	p.k.refresh(t.Context(), "t_shop", p.URL) // within a minute: not fetched
	p.body.Store("")
	p.clock.advance(keySetRefresh)
	p.k.refresh(t.Context(), "t_shop", p.URL)
	if want := []string{"t_shop 1h0m0s ", "t_shop 0s answers with the status 503"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
