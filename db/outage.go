package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"
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
	if !unreachable(err) && !passing(err) {
		return nil
	}
	errors.As(ErrOutage, &known)
	return known
}

// passing reports whether the server answered with an error that is temporary (PostgreSQL, Appendix A).
func passing(err error) bool {
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

// unreachable reports whether an error shows that a connection was lost or never made, or that its
// server is read-only.
func unreachable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
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
