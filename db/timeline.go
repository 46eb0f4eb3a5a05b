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

// A timeline stores the highest timeline on which a primary was found among several hosts. PostgreSQL
// starts a new timeline when it promotes a standby. So a primary on an earlier timeline was replaced
// without knowing it: for example its machine was paused, or is cut off. Its answers are out of date.
type timeline struct {
	highest atomic.Int64

	mu    sync.Mutex
	later chan struct{}          // closed when a primary is found on a later timeline; nil while nobody waits
	drop  func()                 // makes the pool replace its connections
	open  map[*watchedConn]int64 // each with the timeline of its server
}

// replaced returns a channel that is closed when a primary is found on a later timeline than before.
// It returns nil with one host.
func (l *timeline) replaced() <-chan struct{} {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.later == nil {
		l.later = make(chan struct{})
	}
	return l.later
}

// dropBy sets the function that drops the connections to a replaced primary.
func (l *timeline) dropBy(drop func()) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop = drop
}

// replace closes the connections to the earlier primary, which may continue to answer. A commit there
// that waits for its synchronous standby would wait forever.
func (l *timeline) replace() {
	l.mu.Lock()
	var old []*watchedConn
	for c, on := range l.open {
		if on < l.highest.Load() {
			old = append(old, c)
		}
	}
	if l.later != nil {
		close(l.later)
		l.later = nil
	}
	if l.drop != nil {
		l.drop()
	}
	l.mu.Unlock()
	for _, c := range old {
		_ = c.Close()
	}
}

// keep records that a connection is to a primary on a timeline, until the connection is closed. It
// reports false if a primary on a later timeline was found meanwhile.
func (l *timeline) keep(c *pgconn.PgConn, on int64) bool {
	conn := c.Conn()
	if tls, is := conn.(interface{ NetConn() net.Conn }); is {
		conn = tls.NetConn()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, is := conn.(*watchedConn); is {
		if l.open == nil {
			l.open = map[*watchedConn]int64{}
		}
		l.open[w] = on
		w.timeline = l
	}
	return on == l.highest.Load()
}

func (l *timeline) forget(c *watchedConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// check returns feed.ErrReplaced for a connection to a replaced primary. It accepts a server that does
// not report its timeline.
func (l *timeline) check(ctx context.Context, c *pgconn.PgConn) error {
	results, err := c.Exec(ctx, `SELECT pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8)`).ReadAll()
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && !unreachable(err) {
		return nil
	}
	if err != nil {
		return err
	}
	met, err := strconv.ParseInt(string(results[0].Rows[0][0]), 16, 64)
	if err != nil {
		return fmt.Errorf("db: a timeline: %w", err)
	}
	for {
		highest := l.highest.Load()
		if met < highest {
			return feed.ErrReplaced
		}
		if met == highest || l.highest.CompareAndSwap(highest, met) {
			if !l.keep(c, met) {
				return feed.ErrReplaced
			}
			if met > highest && highest != 0 {
				l.replace()
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
	of := map[string]*pgx.ConnConfig{}
	for _, f := range all {
		address := f.Host + ":" + strconv.Itoa(int(f.Port))
		if one := of[address]; one != nil { // the same host, with or without TLS
			one.Fallbacks = append(one.Fallbacks, f)
			continue
		}
		one := config.Copy()
		one.Host, one.Port, one.TLSConfig, one.Fallbacks = f.Host, f.Port, f.TLSConfig, nil
		of[address] = one
		list = append(list, one)
	}
	return list
}
