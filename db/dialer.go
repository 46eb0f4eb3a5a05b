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
	// connectTimeout is how long one host may take to accept a connection, unless the URL says otherwise.
	connectTimeout = 3 * time.Second
	// suspectAfter is how long a host may leave a connection attempt unanswered before other attempts skip
	// it, if there are several hosts.
	suspectAfter = time.Second
	// silenceTimeout is how long after its statement_timeout a server may take to report it.
	silenceTimeout = 2 * time.Second
	// cancelTimeout is how long to wait for what a server still sends for an abandoned statement.
	cancelTimeout = time.Second
)

// configureDial makes connections survive a failing host. Each host has a few seconds to accept a connection.
// Of several hosts, the one that accepts writes is chosen, and a host that accepts connections but sends
// nothing (a machine that hangs) is tried by one caller at a time. An open connection counts as lost when the
// server sends nothing for longer than maxSilence; 0 means no limit.
func configureDial(config *pgx.ConnConfig, maxSilence time.Duration) {
	several := len(eachHost(config)) > 1
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if several && config.ValidateConnect == nil {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	d := &dialer{timeout: config.ConnectTimeout, maxSilence: maxSilence, unanswered: map[string]time.Time{}}
	if !several {
		d.unanswered = nil
	}
	config.DialFunc = d.dial
	config.Tracer = connectTracer{}
}

// errNoCancel is the error of a request to cancel a statement. None is sent: a canceled commit no longer
// waits for its synchronous standby, so everybody sees its changes and a failover loses them.
// statement_timeout ends abandoned statements instead.
var errNoCancel = errors.New("db: statements are not canceled")

// A connectTracer marks the context of connection attempts. Anything else that dials is a request to cancel.
type connectTracer struct{}

type connectingKey struct{}

func (connectTracer) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return context.WithValue(ctx, connectingKey{}, true)
}

func (connectTracer) TraceConnectEnd(context.Context, pgx.TraceConnectEndData) {}

// TraceQueryStart and TraceQueryEnd do nothing: pgx requires them.
func (connectTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (connectTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// errSilent is the error of a connection to a server that sends nothing.
var errSilent = errors.New("db: the server says nothing")

// A dialer connects to the hosts of one URL.
type dialer struct {
	timeout    time.Duration
	maxSilence time.Duration // 0: no limit

	mu         sync.Mutex
	unanswered map[string]time.Time // when an attempt that has no answer yet began, by address; nil with one host
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if ctx.Value(connectingKey{}) == nil {
		return nil, errNoCancel
	}
	if !d.shouldTry(address) {
		return nil, errSilent
	}
	inner := net.Dialer{Timeout: d.timeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	c, err := inner.DialContext(ctx, network, address)
	if err != nil {
		if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
			d.markAnswering(address)
		}
		return nil, err
	}
	w := &watchedConn{Conn: c, dialer: d, address: address}
	w.silenceTimer = time.AfterFunc(time.Hour, func() { _ = c.Close() })
	w.silenceTimer.Stop()
	return w, nil
}

// shouldTry reports whether to try an address. It does not while another attempt has waited for long.
func (d *dialer) shouldTry(address string) bool {
	if d.unanswered == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	since, waits := d.unanswered[address]
	if !waits {
		d.unanswered[address] = now
		return true
	}
	if now.Sub(since) >= suspectAfter+d.timeout { // that attempt has given up, so this one alone tries again
		d.unanswered[address] = now.Add(-suspectAfter)
		return true
	}
	return now.Sub(since) < suspectAfter
}

// markAnswering marks an address as answering, even if the answer is a refusal.
func (d *dialer) markAnswering(address string) {
	if d.unanswered == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.unanswered, address)
}

// A watchedConn is closed when a read waits for the server for too long.
type watchedConn struct {
	net.Conn
	dialer       *dialer
	address      string
	silenceTimer *time.Timer
	answered     atomic.Bool
	timeline     *timeline // the one that tracks it; set before the connection is shared
}

// Close closes the connection.
func (c *watchedConn) Close() error {
	if c.timeline != nil {
		c.timeline.untrack(c)
	}
	return c.Conn.Close()
}

func (c *watchedConn) Read(b []byte) (int, error) {
	maxSilence := c.dialer.timeout
	if c.answered.Load() {
		maxSilence = c.dialer.maxSilence
	}
	if maxSilence > 0 {
		c.silenceTimer.Reset(maxSilence)
	}
	n, err := c.Conn.Read(b)
	if maxSilence > 0 && !c.silenceTimer.Stop() && err != nil {
		return n, errSilent
	}
	if (n > 0 || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)) && !c.answered.Swap(true) {
		c.dialer.markAnswering(c.address)
	}
	return n, err
}

// SetDeadline sets a deadline no later than cancelTimeout from now. Until its deadline, pgx waits for what a
// server still sends for an abandoned statement, and keeps the place in the pool.
func (c *watchedConn) SetDeadline(t time.Time) error {
	if soon := time.Now().Add(cancelTimeout); c.dialer.maxSilence > 0 && t.After(soon) {
		t = soon
	}
	return c.Conn.SetDeadline(t)
}
