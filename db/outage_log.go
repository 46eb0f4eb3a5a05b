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

// An outageLog writes one line a second for as long as errors keep coming, however many.
type outageLog struct {
	mu      sync.Mutex
	last    time.Time
	omitted int
}

const (
	outageLogPause = time.Second
	resetPause     = 200 * time.Millisecond
)

// due reports whether an error at now is written down, and how many were not since the last one was.
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

// handleError handles an error of a statement or a connection. Where it shows an outage, one line a second
// goes to the log; where it shows that a connection is no good, the others are as suspect, and
// are replaced before they are used again: a primary that was demoted, or that comes back from a
// pause, must not answer.
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

// cause says what went wrong in words that hold nothing that a statement or a row does.
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
	return fmt.Sprintf("%T: %s", err, oneLine(err.Error())) // of the network: addresses and what they did
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// jitter is how long to wait before another attempt.
func jitter(attempt int) time.Duration {
	most := 10 * time.Millisecond << attempt
	return most/2 + rand.N(most/2) //nolint:gosec // nothing is at stake: they should not all come back at once
}
