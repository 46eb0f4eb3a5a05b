package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db/feed"
)

// ErrOutage is returned when PostgreSQL does not answer, is read-only, or aborts a statement. The
// statement may have taken effect or not.
var ErrOutage error = &Error{Code: CodeBusy, Message: "The service can't reach its data right now. Nothing you saved is lost. Try again in a few seconds."}

// Outage returns the error for the client if err is a temporary fault of the database: no connection,
// a server that stops, starts, was demoted or lacks resources, a statement that took too long or
// conflicted with another. It returns nil for every other error, for an Error with another code, and
// for a context that the caller canceled.
func Outage(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		if known.Code == CodeBusy {
			return known
		}
		return nil
	}
	if !isConnectionFailure(err) && !isTemporary(err) {
		return nil
	}
	errors.As(ErrOutage, &known)
	return known
}

// isTemporary reports whether the server answered with an error that is temporary (PostgreSQL, Appendix A).
func isTemporary(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case readOnlyTransaction, serializationFailure, deadlockDetected, lockNotAvailable:
		return true
	case "57014": // statement_timeout, or an operator; the caller's own cancellation ends as context.Canceled
		return true
	case "25P03", "25P04": // idle_in_transaction_session_timeout and transaction_timeout
		return true
	}
	switch class(pg.Code) {
	case "08", // connection exceptions
		"53",       // insufficient resources
		"57", "58": // operator intervention, system errors
		return true
	}
	return false
}

// isConnectionFailure reports whether an error shows that a connection was lost or never made, or that its
// server is read-only.
func isConnectionFailure(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.SeverityUnlocalized == "ERROR" && pg.Code != readOnlyTransaction: // of another node of a cluster: this connection works
			return false
		case pg.Code == readOnlyTransaction, class(pg.Code) == "08":
			return true
		case class(pg.Code) == "57":
			return pg.Code != "57014"
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	for _, known := range []error{
		errSilent, errReadOnly, feed.ErrReplaced, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe,
		net.ErrClosed, driver.ErrBadConn, sql.ErrConnDone, pgconn.ErrConnClosed,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		strings.HasSuffix(err.Error(), "closed pool") // pgxpool does not export the error
}

func class(state string) string { return state[:min(2, len(state))] }

// The SQLSTATEs that are handled apart from their class.
const (
	readOnlyTransaction  = "25006" // of a demoted primary, or a standby
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
)

// retry runs f, which begins and ends one transaction, and runs it again if that transaction certainly
// did not take effect: it lost a deadlock or a serialization conflict, or was never sent. It returns
// an error that leaves open whether the transaction was committed.
func (d *DB) retry(ctx context.Context, f func() error) error {
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil {
			d.lastAnswer.Store(time.Now().UnixNano())
			return nil
		}
		d.handleError(ctx, err)
		if attempt == maxAttempts || ctx.Err() != nil || !repeatable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(jitter(attempt)):
		}
	}
}

const maxAttempts = 4

// repeatable reports whether the transaction that failed with err certainly did not take effect.
func repeatable(err error) bool {
	return isSQLState(err, serializationFailure) || isSQLState(err, deadlockDetected) || pgconn.SafeToRetry(err) && !errors.Is(err, context.DeadlineExceeded)
}

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
	if isConnectionFailure(err) {
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
