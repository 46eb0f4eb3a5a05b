package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A timeline remembers the highest timeline that a primary was met on, of several hosts. PostgreSQL
// begins a new one when a standby is promoted, so a primary on an earlier one was replaced, and
// does not know it: its machine was paused, say, or nobody can reach it to tell. What it
// answers is out of date.
type timeline struct{ highest atomic.Int64 }

// errReplaced is the error of a connection to such a primary.
var errReplaced = errors.New("db: the server is a primary that was replaced")

// check refuses a connection to a primary that was replaced. A server that does not say which timeline it is on
// is taken at its word.
func (l *timeline) check(ctx context.Context, c *pgconn.PgConn) error {
	results, err := c.Exec(ctx, `SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)`).ReadAll()
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
			return errReplaced
		}
		if met == highest || l.highest.CompareAndSwap(highest, met) {
			return nil
		}
	}
}

// lookAround asks each of several hosts once, when something is wrong, whether it is a primary on a
// later timeline. If so, the connections to the one that it has replaced are dropped.
func (d *DB) lookAround() {
	if d.timeline == nil || !d.looking.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer d.looking.Store(false)
		before := d.timeline.highest.Load()
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		var all sync.WaitGroup
		for _, config := range eachHost(d.pool.Config().ConnConfig) {
			all.Go(func() {
				if c, err := pgx.ConnectConfig(ctx, config); err == nil { // and so looked at
					_ = c.Close(ctx)
				}
			})
		}
		all.Wait()
		if d.timeline.highest.Load() > before {
			d.pool.Reset()
		}
		time.Sleep(resetPause)
	}()
}

// eachHost gives a configuration for each of the hosts of one.
func eachHost(config *pgx.ConnConfig) (list []*pgx.ConnConfig) {
	all := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	of := map[string]*pgx.ConnConfig{}
	for _, f := range all {
		address := f.Host + ":" + strconv.Itoa(int(f.Port))
		if one := of[address]; one != nil { // the same with or without TLS
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
