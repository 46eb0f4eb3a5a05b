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

// A Line is a TCP proxy between a service and its PostgreSQL. It can be cut, as when the server stops, and
// frozen, as when its machine hangs: it then accepts connections and answers nothing.
type Line struct {
	URL string // of the database, through the line

	server [2]string // network and address
	mu     sync.Mutex
	state  lineState
	thawed chan struct{} // closed unless the line is frozen
	open   map[net.Conn]struct{}
	taken  int
	later  bool
}

type lineState int

const (
	lineWorks lineState = iota
	lineCut
	lineFrozen
)

// NewLine starts a line to the database at a URL from NewURL.
func NewLine(t testing.TB, ownerURL string) *Line {
	t.Helper()
	config, err := pgconn.ParseConfig(ownerURL)
	must(t, err)
	l := &Line{thawed: make(chan struct{}), open: map[net.Conn]struct{}{}}
	close(l.thawed)
	l.server[0], l.server[1] = pgconn.NetworkAddress(config.Host, config.Port)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	u := url.URL{Scheme: "postgres", User: url.User(config.User), Host: listener.Addr().String(), Path: "/" + config.Database, RawQuery: "sslmode=disable&connect_timeout=10"}
	l.URL = u.String()
	t.Cleanup(func() {
		_ = listener.Close()
		l.Cut()
	})
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			l.mu.Lock()
			l.taken++
			l.mu.Unlock()
			go l.carry(c)
		}
	}()
	return l
}

// Address returns the address that the line listens on, as host:port.
func (l *Line) Address() string {
	_, address, _ := strings.Cut(l.URL, "@")
	address, _, _ = strings.Cut(address, "/")
	return address
}

// Taken returns how many connections the line has accepted.
func (l *Line) Taken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken
}

// Promote makes the server seem to be on the second timeline, as a promoted standby is.
func (l *Line) Promote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.later = true
}

// Cut closes all connections, and every new one from now on.
func (l *Line) Cut() { l.become(lineCut) }

// Freeze stops all traffic. New connections are accepted and not answered.
func (l *Line) Freeze() { l.become(lineFrozen) }

// Mend makes the line work again.
func (l *Line) Mend() { l.become(lineWorks) }

func (l *Line) become(s lineState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case s == lineFrozen && l.state != lineFrozen:
		l.thawed = make(chan struct{})
	case s != lineFrozen && l.state == lineFrozen:
		close(l.thawed)
	}
	l.state = s
	if s == lineCut {
		for c := range l.open {
			_ = c.Close()
		}
	}
}

// keep reports whether c may stay open. Cut closes a kept connection, unless drop was called first.
func (l *Line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == lineCut {
		_ = c.Close()
		return false
	}
	l.open[c] = struct{}{}
	return true
}

func (l *Line) drop(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = c.Close()
	delete(l.open, c)
}

// flowing waits while the line is frozen.
func (l *Line) flowing() {
	l.mu.Lock()
	thawed := l.thawed
	l.mu.Unlock()
	<-thawed
}

func (l *Line) carry(client net.Conn) {
	if !l.keep(client) {
		return
	}
	defer l.drop(client)
	l.flowing()
	server, err := net.Dial(l.server[0], l.server[1])
	if err != nil || !l.keep(server) {
		return
	}
	defer l.drop(server)
	done := make(chan struct{}, 2)
	for _, way := range [2][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], flow{l, way[1]})
			done <- struct{}{}
		}()
	}
	<-done
}

// A flow is a connection that returns no data while its line is frozen.
type flow struct {
	line *Line
	net.Conn
}

func (f flow) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	f.line.flowing()
	f.line.mu.Lock()
	defer f.line.mu.Unlock()
	if f.line.later {
		copy(b, bytes.ReplaceAll(b[:n], []byte("00000001"), []byte("00000002")))
	}
	return n, err
}

// WriteTo makes io.Copy use Read.
func (f flow) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{f}) }
