package db

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// connectTimeout is how long one host may take to let us in, unless the URL says otherwise.
	connectTimeout = 3 * time.Second
	// suspectAfter is how long a host may say nothing to somebody who connects until the others, of
	// several hosts, are asked first.
	suspectAfter = time.Second
	// silenceTimeout is what a server may take beyond its statement_timeout to say so.
	silenceTimeout = 2 * time.Second
	// cancelTimeout is how long a server may go on about a statement that was given up.
	cancelTimeout = time.Second
)

// configureDial makes connections survive a failing host: each host has a few seconds
// to accept one; of several, the one that takes writes is chosen; and one that takes
// connections but says nothing, as a machine does that hangs, is asked by one caller at a time. On a
// connection that is made, a server that says nothing for longer than maxSilence, if that is not 0,
// counts as lost.
func configureDial(config *pgx.ConnConfig, maxSilence time.Duration) {
	several := len(eachHost(config)) > 1
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if several && config.ValidateConnect == nil {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	d := &dialer{timeout: config.ConnectTimeout, maxSilence: maxSilence, waiting: map[string]time.Time{}}
	if !several {
		d.waiting = nil
	}
	config.DialFunc = d.dial
	config.Tracer = connectTracer{}
}

// errNoCancel is the error of a request to cancel a statement. There are none: a commit that waits for its
// synchronous standby would end, its changes would be seen by everybody, and a failover would lose
// them. What was given up ends by statement_timeout instead.
var errNoCancel = errors.New("db: statements are not canceled")

// A connectTracer marks the context of what connects: what else dials is a request to cancel.
type connectTracer struct{}

type connectingKey struct{}

func (connectTracer) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return context.WithValue(ctx, connectingKey{}, true)
}

func (connectTracer) TraceConnectEnd(context.Context, pgx.TraceConnectEndData) {}

// TraceQueryStart and TraceQueryEnd are there since pgx asks for them.
func (connectTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (connectTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// errSilent is the error of a connection to a server that says nothing.
var errSilent = errors.New("db: the server says nothing")

// A dialer connects to the hosts of one URL.
type dialer struct {
	timeout    time.Duration
	maxSilence time.Duration // 0: for as long as it takes

	mu      sync.Mutex
	waiting map[string]time.Time // since when an address owes its first answer; nil with one host alone
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if ctx.Value(connectingKey{}) == nil {
		return nil, errNoCancel
	}
	if !d.expect(address) {
		return nil, errSilent
	}
	inner := net.Dialer{Timeout: d.timeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	c, err := inner.DialContext(ctx, network, address)
	if err != nil {
		if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
			d.heard(address)
		}
		return nil, err
	}
	w := &watchedConn{Conn: c, dialer: d, address: address}
	w.closing = time.AfterFunc(time.Hour, func() { _ = c.Close() })
	w.closing.Stop()
	return w, nil
}

// expect reports whether an address is worth a try: not while another has waited for it for long.
func (d *dialer) expect(address string) bool {
	if d.waiting == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	since, waits := d.waiting[address]
	if !waits {
		d.waiting[address] = now
		return true
	}
	if now.Sub(since) >= suspectAfter+d.timeout { // that one has given up: it is this one's turn, and nobody else's
		d.waiting[address] = now.Add(-suspectAfter)
		return true
	}
	return now.Sub(since) < suspectAfter
}

// heard notes that an address answers, be it with a refusal.
func (d *dialer) heard(address string) {
	if d.waiting == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting, address)
}

// A watchedConn is closed when it is read from and the server says nothing for too long.
type watchedConn struct {
	net.Conn
	dialer   *dialer
	address  string
	closing  *time.Timer
	answered atomic.Bool
	timeline *timeline // that keeps it; set before anybody else has the connection
}

// Close closes the connection.
func (c *watchedConn) Close() error {
	if c.timeline != nil {
		c.timeline.forget(c)
	}
	return c.Conn.Close()
}

func (c *watchedConn) Read(b []byte) (int, error) {
	maxSilence := c.dialer.timeout
	if c.answered.Load() {
		maxSilence = c.dialer.maxSilence
	}
	if maxSilence > 0 {
		c.closing.Reset(maxSilence)
	}
	n, err := c.Conn.Read(b)
	if maxSilence > 0 && !c.closing.Stop() && err != nil {
		return n, errSilent
	}
	if (n > 0 || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)) && !c.answered.Swap(true) {
		c.dialer.heard(c.address)
	}
	return n, err
}

// SetDeadline sets no other deadline in the future than one of a moment: pgx waits that long for
// what a server still has to say about a statement that was given up, and keeps the place in the
// pool until then.
func (c *watchedConn) SetDeadline(t time.Time) error {
	if soon := time.Now().Add(cancelTimeout); c.dialer.maxSilence > 0 && t.After(soon) {
		t = soon
	}
	return c.Conn.SetDeadline(t)
}
