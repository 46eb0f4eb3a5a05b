package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// An outageLog limits the log to one line a second while errors keep coming.
type outageLog struct {
	mu      sync.Mutex
	last    time.Time
	omitted int
}

const (
	outageLogPause = time.Second
	resetPause     = 200 * time.Millisecond
)

// due reports whether to log an error at now, and how many were omitted since the last logged one.
func (l *outageLog) due(now time.Time) (omitted int, yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.last) < outageLogPause {
		l.omitted++
		return 0, false
	}
	omitted, l.omitted, l.last = l.omitted, 0, now
	return omitted, true
}

// handleError handles an error of a statement or a connection. For an outage it logs at most one line
// a second. If the error shows that a connection is broken, it replaces the other connections before
// their next use: a primary that was demoted, or that comes back from a pause, must not answer.
func (d *DB) handleError(ctx context.Context, err error) {
	if err == nil || errors.Is(ctx.Err(), context.Canceled) || Outage(err) == nil || errors.Is(err, ErrNotFollowing) {
		return
	}
	if !errors.Is(err, ErrBusy) {
		d.checkPrimaries()
	}
	now := time.Now()
	if unreachable(err) {
		if last := d.lastReset.Load(); now.UnixNano()-last > int64(resetPause) && d.lastReset.CompareAndSwap(last, now.UnixNano()) {
			d.pool.Reset()
		}
	}
	if omitted, due := d.outages.due(now); due {
		d.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelWarn, "the database cannot be used at the moment",
			slog.String("cause", cause(err)), slog.Int("more_since_the_last_line", omitted))
	}
}

// cause describes an error without any data from a statement or a row.
func cause(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return "SQLSTATE " + pg.Code
	}
	var known *Error
	if errors.As(err, &known) {
		return string(known.Code)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return oneLine(connect.Error())
	}
	return fmt.Sprintf("%T: %s", err, oneLine(err.Error())) // a network error: addresses and operations
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// jitter returns how long to wait before another attempt.
func jitter(attempt int) time.Duration {
	most := 10 * time.Millisecond << attempt
	return most/2 + rand.N(most/2) //nolint:gosec // not a secret: spreads the retries
}
