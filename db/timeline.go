package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db/feed"
)

// A timeline stores the newest timeline on which a primary was found among several hosts. PostgreSQL
// starts a new timeline when it promotes a standby. So a primary on an earlier timeline was replaced
// without knowing it: for example its machine was paused, or is cut off. Its answers are out of date.
type timeline struct {
	newest atomic.Int64

	mu          sync.Mutex
	failover    chan struct{}          // closed when a primary is found on a later timeline; nil while nobody waits
	resetPool   func()                 // makes the pool replace its connections
	connections map[*watchedConn]int64 // each with the timeline of its server
}

// replaced returns a channel that is closed when a primary is found on a later timeline than before.
// It returns nil with one host.
func (l *timeline) replaced() <-chan struct{} {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failover == nil {
		l.failover = make(chan struct{})
	}
	return l.failover
}

// setPoolReset sets the function that makes the pool replace its connections.
func (l *timeline) setPoolReset(reset func()) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resetPool = reset
}

// dropReplaced closes the connections to the earlier primary, which may continue to answer. A commit there
// that waits for its synchronous standby would wait forever.
func (l *timeline) dropReplaced() {
	l.mu.Lock()
	var old []*watchedConn
	for c, on := range l.connections {
		if on < l.newest.Load() {
			old = append(old, c)
		}
	}
	if l.failover != nil {
		close(l.failover)
		l.failover = nil
	}
	if l.resetPool != nil {
		l.resetPool()
	}
	l.mu.Unlock()
	for _, c := range old {
		_ = c.Close()
	}
}

// track records that a connection is to a primary on a timeline, until the connection is closed. It
// reports false if a primary on a later timeline was found meanwhile.
func (l *timeline) track(c *pgconn.PgConn, on int64) bool {
	conn := c.Conn()
	if tls, is := conn.(interface{ NetConn() net.Conn }); is {
		conn = tls.NetConn()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, is := conn.(*watchedConn); is {
		if l.connections == nil {
			l.connections = map[*watchedConn]int64{}
		}
		l.connections[w] = on
		w.timeline = l
	}
	return on == l.newest.Load()
}

func (l *timeline) untrack(c *watchedConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.connections, c)
}

// check returns feed.ErrReplaced for a connection to a replaced primary. It accepts a server that does
// not report its timeline.
func (l *timeline) check(ctx context.Context, c *pgconn.PgConn) error {
	results, err := c.Exec(ctx, `SELECT pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8)`).ReadAll()
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && !isConnectionFailure(err) {
		return nil
	}
	if err != nil {
		return err
	}
	found, err := strconv.ParseInt(string(results[0].Rows[0][0]), 16, 64)
	if err != nil {
		return fmt.Errorf("db: a timeline: %w", err)
	}
	for {
		newest := l.newest.Load()
		if found < newest {
			return feed.ErrReplaced
		}
		if found == newest || l.newest.CompareAndSwap(newest, found) {
			if !l.track(c, found) {
				return feed.ErrReplaced
			}
			if found > newest && newest != 0 {
				l.dropReplaced()
			}
			return nil
		}
	}
}

// watchPrimaries runs checkPrimaries once a second until ctx ends, because a replaced primary may
// continue to answer, for example if its Patroni has died.
func (d *DB) watchPrimaries(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.checkPrimaries()
		}
	}
}

// checkPrimaries asks each of several hosts once whether it is a primary on a later timeline. If one
// is, it drops the connections to the primary that was replaced.
func (d *DB) checkPrimaries() {
	if d.timeline == nil || !d.checkingPrimaries.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer d.checkingPrimaries.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		var all sync.WaitGroup
		for _, config := range eachHost(d.pool.Config().ConnConfig) {
			all.Go(func() {
				if c, err := pgx.ConnectConfig(ctx, config); err == nil { // connecting runs check
					_ = c.Close(ctx)
				}
			})
		}
		all.Wait()
		time.Sleep(resetPause)
	}()
}

// eachHost returns a configuration for each host of config.
func eachHost(config *pgx.ConnConfig) (list []*pgx.ConnConfig) {
	all := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	byAddress := map[string]*pgx.ConnConfig{}
	for _, f := range all {
		address := f.Host + ":" + strconv.Itoa(int(f.Port))
		if host := byAddress[address]; host != nil { // the same host, with or without TLS
			host.Fallbacks = append(host.Fallbacks, f)
			continue
		}
		host := config.Copy()
		host.Host, host.Port, host.TLSConfig, host.Fallbacks = f.Host, f.Port, f.TLSConfig, nil
		byAddress[address] = host
		list = append(list, host)
	}
	return list
}
