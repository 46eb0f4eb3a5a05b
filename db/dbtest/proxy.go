package dbtest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// A Proxy is a TCP proxy between a service and its PostgreSQL. It can be disconnected, as when the server stops, and
// frozen, as when its machine hangs: it then accepts connections and answers nothing.
type Proxy struct {
	URL string // of the database, through the proxy

	server   [2]string // network and address
	mu       sync.Mutex
	state    proxyState
	unfrozen chan struct{} // closed unless the proxy is frozen
	open     map[net.Conn]struct{}
	accepted int
	promoted bool
}

type proxyState int

const (
	proxyForwarding proxyState = iota
	proxyDisconnected
	proxyFrozen
)

// NewProxy starts a proxy to the database at a URL from NewURL.
func NewProxy(t testing.TB, ownerURL string) *Proxy {
	t.Helper()
	config, err := pgconn.ParseConfig(ownerURL)
	must(t, err)
	p := &Proxy{unfrozen: make(chan struct{}), open: map[net.Conn]struct{}{}}
	close(p.unfrozen)
	p.server[0], p.server[1] = pgconn.NetworkAddress(config.Host, config.Port)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	u := url.URL{Scheme: "postgres", User: url.User(config.User), Host: listener.Addr().String(), Path: "/" + config.Database, RawQuery: "sslmode=disable&connect_timeout=10"}
	p.URL = u.String()
	t.Cleanup(func() {
		_ = listener.Close()
		p.Disconnect()
	})
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.accepted++
			p.mu.Unlock()
			go p.forward(c)
		}
	}()
	return p
}

// Address returns the address that the proxy listens on, as host:port.
func (p *Proxy) Address() string {
	_, address, _ := strings.Cut(p.URL, "@")
	address, _, _ = strings.Cut(address, "/")
	return address
}

// Accepted returns how many connections the proxy has accepted.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Promote makes the server seem to be on the second timeline, as a promoted standby is.
func (p *Proxy) Promote() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.promoted = true
}

// Disconnect closes all connections, and every new one from now on.
func (p *Proxy) Disconnect() { p.setState(proxyDisconnected) }

// Freeze stops all traffic. New connections are accepted and not answered.
func (p *Proxy) Freeze() { p.setState(proxyFrozen) }

// Repair makes the proxy work again.
func (p *Proxy) Repair() { p.setState(proxyForwarding) }

func (p *Proxy) setState(s proxyState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case s == proxyFrozen && p.state != proxyFrozen:
		p.unfrozen = make(chan struct{})
	case s != proxyFrozen && p.state == proxyFrozen:
		close(p.unfrozen)
	}
	p.state = s
	if s == proxyDisconnected {
		for c := range p.open {
			_ = c.Close()
		}
	}
}

// track reports whether c may stay open. Disconnect closes a tracked connection, unless closeConn was called first.
func (p *Proxy) track(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == proxyDisconnected {
		_ = c.Close()
		return false
	}
	p.open[c] = struct{}{}
	return true
}

func (p *Proxy) closeConn(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = c.Close()
	delete(p.open, c)
}

// waitWhileFrozen waits while the proxy is frozen.
func (p *Proxy) waitWhileFrozen() {
	p.mu.Lock()
	unfrozen := p.unfrozen
	p.mu.Unlock()
	<-unfrozen
}

func (p *Proxy) forward(client net.Conn) {
	if !p.track(client) {
		return
	}
	defer p.closeConn(client)
	p.waitWhileFrozen()
	server, err := net.Dial(p.server[0], p.server[1])
	if err != nil || !p.track(server) {
		return
	}
	defer p.closeConn(server)
	done := make(chan struct{}, 2)
	for _, way := range [2][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], proxiedConn{p, way[1]})
			done <- struct{}{}
		}()
	}
	<-done
}

// A proxiedConn is a connection that returns no data while its proxy is frozen.
type proxiedConn struct {
	proxy *Proxy
	net.Conn
}

func (f proxiedConn) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	f.proxy.waitWhileFrozen()
	f.proxy.mu.Lock()
	defer f.proxy.mu.Unlock()
	if f.proxy.promoted {
		copy(b, bytes.ReplaceAll(b[:n], []byte("00000001"), []byte("00000002")))
	}
	return n, err
}

// WriteTo makes io.Copy use Read.
func (f proxiedConn) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{f}) }
