package assertion

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for _, address := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
		"100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
		"fec0::1", "ff02::1", "4000::1",
	} {
		if publicAddress(netip.MustParseAddr(address)) {
			t.Errorf("%s is taken for public", address)
		}
	}
	for _, address := range []string{"1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00::1"} {
		if !publicAddress(netip.MustParseAddr(address)) {
			t.Errorf("%s is not taken for public", address)
		}
	}
}

// We do not even connect to an address that is not public, under any name.
func TestKeySetOnPrivateAddressIsNotFetched(t *testing.T) {
	victim := startKeySetServer(t, serveBody(keySetJSON(t, "k")))
	_, port, err := net.SplitHostPort(victim.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	names := nameServer(t, func(name string) netip.Addr {
		return map[string]netip.Addr{
			"loopback.example.": netip.MustParseAddr("127.0.0.1"),
			"six.example.":      netip.MustParseAddr("::1"),
			"mapped.example.":   netip.MustParseAddr("::ffff:127.0.0.1"),
			"metadata.example.": netip.MustParseAddr("169.254.169.254"),
			"private.example.":  netip.MustParseAddr("10.0.0.1"),
		}[name]
	})
	k := victim.dialing(time.Now, dialer{permitted: publicAddress, resolver: names})
	for _, host := range []string{
		"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0", "[::]", "[fe80::1%25lo]",
		"loopback.example", "six.example", "mapped.example", "metadata.example", "private.example",
	} {
		set := k.get(t.Context(), "t_evil", "https://"+net.JoinHostPort(strings.Trim(host, "[]"), port)+"/jwks.json")
		if len(set.keys) != 0 || fmt.Sprint(set.problems) != unreachable {
			t.Errorf("%s: %v, %d keys", host, set.problems, len(set.keys))
		}
	}
	if n := victim.connections.Load(); n != 0 {
		t.Errorf("there were %d connections", n)
	}
	if k.client.Transport.(*http.Transport).Proxy != nil { // a proxy would resolve and connect without our check
		t.Error("a proxy may be asked instead")
	}
}

// The address of a name is checked at each connection.
func TestDNSRebindingIsRefused(t *testing.T) {
	server := startKeySetServer(t, serveBody(keySetJSON(t, "k")))
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	var rebound atomic.Bool
	names := nameServer(t, func(string) netip.Addr {
		if rebound.Load() {
			return netip.MustParseAddr("127.0.0.2") // stands for our network
		}
		return netip.MustParseAddr("127.0.0.1") // stands for the public one
	})
	clock := newStoppedClock()
	k := server.dialing(clock.now, dialer{permitted: func(ip netip.Addr) bool { return ip == netip.MustParseAddr("127.0.0.1") }, resolver: names})
	url := "https://example.com:" + port + "/jwks.json" // the certificate's name
	if set := k.get(t.Context(), "t_evil", url); len(set.keys) != 1 {
		t.Fatalf("before: %v", set.problems)
	}
	rebound.Store(true)
	clock.advance(keySetStale)
	if set := k.get(t.Context(), "t_evil", url); len(set.keys) != 0 || fmt.Sprint(set.problems) != unreachable {
		t.Errorf("after: %d keys, %v", len(set.keys), set.problems)
	}
	if n := server.connections.Load(); n != 1 {
		t.Errorf("there were %d connections", n)
	}
}

// In development, names under localhost are this computer, over http too.
func TestAKeySetOnThisComputerInDevelopment(t *testing.T) {
	plain := &http.Server{Handler: serveBody(keySetJSON(t, "k")), ReadHeaderTimeout: time.Second}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = plain.Serve(listener) }()
	t.Cleanup(func() { _ = plain.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	for development, want := range map[bool]int{true: 1, false: 0} {
		set := NewKeySets(time.Now, development, slog.New(slog.DiscardHandler), nil).get(t.Context(), "t_demo", "http://shop.localhost:"+port+"/jwks.json")
		if len(set.keys) != want {
			t.Errorf("development is %v: %d keys, %v", development, len(set.keys), set.problems)
		}
	}
}

// No redirect is followed.
func TestARedirectIsNotFollowed(t *testing.T) {
	elsewhere := startKeySetServer(t, serveBody(keySetJSON(t, "k")))
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := startKeySetServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) })
		set := server.asking(time.Now).get(t.Context(), "t_evil", server.URL)
		if len(set.keys) != 0 || !strings.Contains(fmt.Sprint(set.problems), "redirect") {
			t.Errorf("%d: %d keys, %v", status, len(set.keys), set.problems)
		}
	}
	if n := elsewhere.connections.Load(); n != 0 {
		t.Errorf("there were %d connections", n)
	}
}

// A hostile server's response costs us little, and is refused.
func TestHostileKeySetResponses(t *testing.T) {
	valid := keySetJSON(t, "k")
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprint("k", i)
	}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, _ = zip.Write([]byte(strings.Repeat(" ", 1<<20) + valid))
	_ = zip.Close()
	var sent atomic.Int64
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"a gigabyte": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1 << 14 {
				n, err := w.Write(make([]byte, 64<<10))
				if sent.Add(int64(n)); err != nil {
					return
				}
			}
		}, "has more than 64 KiB"},
		"a kilobyte too much": {serveBody(valid + strings.Repeat(" ", 64<<10)), "has more than 64 KiB"},
		"zipped": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped.Bytes())
		}, "has more than 64 KiB"},
		"zipped, and cut off": {serveBody(gzipped(valid)[:40]), "can't be decompressed"},
		"zipped twice":        {serveBody(gzipped(gzipped(valid))), "is not a key set"},
		"huge headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Huge", strings.Repeat("x", 1<<20))
			_, _ = io.WriteString(w, valid)
		}, "cannot be reached"},
		"a flood of keys":    {serveBody(keySetJSON(t, many...)), "has 21 keys: 20 at most"},
		"a name twice":       {serveBody(strings.Replace(valid, `{"keys"`, `{"keys":[],"keys"`, 1)), "twice"},
		"a kid twice in one": {serveBody(strings.Replace(valid, `"crv"`, `"kid":"other","crv"`, 1)), "twice"},
		"keys, a text":       {serveBody(`{"keys":"k"}`), "is not a key set"},
		"no keys":            {serveBody(`{}`), "is not a key set"},
		"a page":             {serveBody("<!doctype html>"), "is not a key set"},
		"nothing":            {serveBody(""), "is not a key set"},
		"depth":              {serveBody(`{"keys":` + strings.Repeat("[", 30000)), "is not a key set"},
		"not found":          {http.NotFound, "status 404"},
		"an error": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, valid)
		}, "status 500"},
		"no content": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, "status 204"},
		"a part of something": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, valid)
		}, "cannot be reached"},
		"a broken connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			server := startKeySetServer(t, test.handler)
			set := server.asking(time.Now).get(t.Context(), "t_evil", server.URL)
			if len(set.keys) != 0 || !strings.Contains(fmt.Sprint(set.problems), test.want) {
				t.Errorf("%d keys, %v; want %q", len(set.keys), set.problems, test.want)
			}
		})
	}
	if n := sent.Load(); n > 16<<20 { // what fits into network buffers
		t.Errorf("of a gigabyte, %d MiB were sent", n>>20)
	}
}

// Keys that we can't use are skipped (RFC 7517 §5).
func TestAKeySetMayHoldOtherKeys(t *testing.T) {
	body := strings.Replace(keySetJSON(t, "k"), "[", `[{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"},{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","use":"enc","x":"AA","y":"AA"},`, 1)
	server := startKeySetServer(t, serveBody(body))
	set := server.asking(time.Now).get(t.Context(), "t_shop", server.URL)
	if len(set.keys) != 1 || set.keys[0].kid != "k" || set.keys[0].algorithm != algES256 || len(set.problems) != 3 {
		t.Errorf("%v, %v", set.keys, set.problems)
	}
}

// An untrusted certificate is refused: an attacker on the network could have sent the keys.
func TestACertificateMustBeTrusted(t *testing.T) {
	server := startKeySetServer(t, serveBody(keySetJSON(t, "k")))
	server.Config.ErrorLog = nil
	k := newKeySets(time.Now, dialer{permitted: netip.Addr.IsLoopback, resolver: net.DefaultResolver}, slog.New(slog.DiscardHandler))
	k.delay = func(context.Context) {}
	if set := k.get(t.Context(), "t_shop", server.URL); len(set.keys) != 0 || server.requests.Load() != 0 {
		t.Errorf("%d keys, %v", len(set.keys), set.problems)
	}
}

// unreachable is what a tenant is shown for every key set without an answer.
const unreachable = "[cannot be reached: its host needs a name that resolves to a public address, and a trusted certificate, and has 3 s to answer]"

// A tenant can't learn, from the message or the time it takes, why a key set can't be reached: whether
// our resolver knows a name, whether it has one of our addresses, whether something listens there. Only
// the operator's log has the reason.
func TestKeySetErrorsRevealNothingAboutOurNetwork(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	_, nobody, _ := net.SplitHostPort(closed.Addr().String())
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mute.Close() })
	_, silent, _ := net.SplitHostPort(mute.Addr().String())
	plain := httptest.NewServer(serveBody(keySetJSON(t, "k")))
	t.Cleanup(plain.Close)
	_, noTLS, _ := net.SplitHostPort(plain.Listener.Addr().String())
	server := startKeySetServer(t, serveBody(keySetJSON(t, "k")))
	_, untrusted, _ := net.SplitHostPort(server.Listener.Addr().String()) // its certificate is for another name

	names := nameServer(t, func(name string) netip.Addr {
		return map[string]netip.Addr{"ours.example.": netip.MustParseAddr("10.0.0.1"), "metadata.example.": netip.MustParseAddr("169.254.169.254"),
			"theirs.example.": netip.MustParseAddr("127.0.0.1")}[name] // stands for a public one
	})
	var log bytes.Buffer
	k := newKeySets(time.Now, dialer{permitted: netip.Addr.IsLoopback, resolver: names}, slog.New(slog.NewTextHandler(&log, nil)))
	var delayed atomic.Int32
	k.delay = func(ctx context.Context) {
		deadline, ok := ctx.Deadline()
		if left := time.Until(deadline); !ok || left > keySetTimeout {
			t.Errorf("the answer is delayed until %v", deadline)
		}
		delayed.Add(1)
	}
	urls := []string{"https://unknown.example/jwks.json?canary", "https://ours.example/jwks.json?canary", "https://metadata.example/jwks.json?canary",
		"https://10.0.0.1/jwks.json?canary", "https://theirs.example:" + nobody + "/jwks.json?canary", "https://theirs.example:" + silent + "/jwks.json?canary",
		"https://theirs.example:" + noTLS + "/jwks.json?canary", "https://theirs.example:" + untrusted + "/jwks.json?canary"}
	for _, url := range urls {
		if set := k.get(t.Context(), "t_evil", url); len(set.keys) != 0 || fmt.Sprint(set.problems) != unreachable {
			t.Errorf("%s: %d keys, %v", url, len(set.keys), set.problems)
		}
	}
	if n := int(delayed.Load()); n != len(urls) {
		t.Errorf("of %d URLs, only %d got the answer after the delay", len(urls), n)
	}
	for _, reason := range []string{"lookup unknown.example", errNotPublic.Error(), "connection refused", "tenant=t_evil", "host=ours.example"} {
		if !strings.Contains(log.String(), reason) {
			t.Errorf("the log does not say %q:\n%s", reason, log.String())
		}
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("the log has a query, which may be secret:\n%s", log.String())
	}

	// The delay lasts until the timeout.
	begun := time.Now()
	newKeySets(time.Now, dialer{permitted: publicAddress, resolver: names}, slog.New(slog.DiscardHandler)).get(t.Context(), "t_evil", "https://ours.example/")
	if took := time.Since(begun); took < keySetTimeout-50*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

// A slow server gets three seconds in all.
func TestSlowKeySetServerTimesOut(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections and sends nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mute.Close() })
	drip := func(w http.ResponseWriter, r *http.Request) { // one byte at a time
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}
	server := startKeySetServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/headers" {
			<-r.Context().Done()
			return
		}
		drip(w, r)
	})
	k := server.asking(time.Now)
	begun := time.Now()
	answers := make(chan keySet)
	urls := []string{server.URL + "/headers", server.URL + "/body", "https://" + mute.Addr().String()}
	for _, url := range urls {
		go func() { answers <- k.get(context.Background(), "t_evil", url) }()
	}
	for range urls {
		if set := <-answers; len(set.keys) != 0 || fmt.Sprint(set.problems) != unreachable {
			t.Errorf("%d keys, %v", len(set.keys), set.problems)
		}
	}
	if took := time.Since(begun); took < keySetTimeout || took > 10*keySetTimeout {
		t.Errorf("it took %s", took)
	}
}
