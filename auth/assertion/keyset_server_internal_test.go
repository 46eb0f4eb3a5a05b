package assertion

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A keySetServer is a tenant's server, which serves a key set. It counts connections and requests.
type keySetServer struct {
	*httptest.Server
	connections atomic.Int32
	requests    atomic.Int32
}

func startKeySetServer(t *testing.T, handler http.HandlerFunc) *keySetServer {
	t.Helper()
	s := &keySetServer{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// asking returns KeySets that may connect to loopback addresses and trust the server's certificate.
func (s *keySetServer) asking(now func() time.Time) *KeySets {
	return s.dialing(now, dialer{permitted: netip.Addr.IsLoopback, resolver: net.DefaultResolver})
}

func (s *keySetServer) dialing(now func() time.Time, d dialer) *KeySets {
	k := newKeySets(now, d, slog.New(slog.DiscardHandler))
	k.delay = func(context.Context) {}
	k.client.Transport.(*http.Transport).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	return k
}

// serveBody returns a handler that always answers body.
func serveBody(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// keySetJSON returns a key set of new P-256 keys, one for each kid.
func keySetJSON(t *testing.T, kids ...string) string {
	t.Helper()
	keys := []map[string]string{}
	for _, kid := range kids {
		keys = append(keys, publicKey(t, kid))
	}
	b, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func publicKey(t *testing.T, kid string) map[string]string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]string{"kty": "EC", "crv": "P-256", "kid": kid, "x": encode(point[1:33]), "y": encode(point[33:])}
}

// A stoppedClock moves only when advance is called.
type stoppedClock struct {
	mu sync.Mutex
	at time.Time
}

func newStoppedClock() *stoppedClock { return &stoppedClock{at: time.Now()} }

func (c *stoppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stoppedClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// nameServer returns a resolver that calls answer for each lookup.
func nameServer(t *testing.T, answer func(name string) netip.Addr) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go serveNames(t, server, answer)
		return client, nil
	}}
}

// serveNames answers DNS queries in the format of TCP (RFC 1035 §4.2.2).
func serveNames(t *testing.T, conn net.Conn, answer func(name string) netip.Addr) {
	defer func() { _ = conn.Close() }()
	for {
		var size uint16
		if binary.Read(conn, binary.BigEndian, &size) != nil {
			return
		}
		query := make([]byte, size)
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		var m dnsmessage.Message
		if err := m.Unpack(query); err != nil {
			t.Error(err)
			return
		}
		m.Response, m.Additionals = true, nil
		q := m.Questions[0]
		header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type}
		switch ip := answer(q.Name.String()); {
		case q.Type == dnsmessage.TypeA && ip.Is4():
			m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}}}
		case q.Type == dnsmessage.TypeAAAA && ip.Is6():
			m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
		}
		packed, err := m.Pack()
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...)); err != nil {
			return
		}
	}
}
