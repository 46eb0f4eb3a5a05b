package db_test

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/db/seal"
)

// Outage distinguishes temporary failures from faults and refusals.
func TestOutageErrors(t *testing.T) {
	for _, state := range strings.Fields(`08000 08003 08006 08P01 25006 25P03 40001 40P01 53000 53100 53200 53300 53400 55P03 57000 57014 57P01 57P02 57P03 57P04 57P05 58030`) {
		if err := fmt.Errorf("somewhere: %w", &pgconn.PgError{Code: state}); db.Outage(err) == nil || db.Outage(err).Code != db.CodeBusy {
			t.Errorf("SQLSTATE %s is no outage", state)
		}
	}
	for _, state := range strings.Fields(`22001 22P02 23503 23505 23514 25P02 28P01 3D000 42501 42601 42P01 55000 P0001 XX000`) {
		if db.Outage(&pgconn.PgError{Code: state}) != nil {
			t.Errorf("SQLSTATE %s is an outage", state)
		}
	}
	_, refused := net.Dial("tcp", "127.0.0.1:1")
	for _, err := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, refused, syscall.ECONNRESET, &net.OpError{Op: "read", Err: syscall.EPIPE}, context.DeadlineExceeded,
		driver.ErrBadConn, sql.ErrConnDone, pgconn.ErrConnClosed, &pgconn.ConnectError{Config: &pgconn.Config{}}, db.ErrBusy, db.ErrOutage, errors.New("closed pool"),
	} {
		if db.Outage(fmt.Errorf("somewhere: %w", err)) == nil {
			t.Errorf("%v is no outage", err)
		}
	}
	for _, err := range []error{nil, context.Canceled, sql.ErrNoRows, pgx.ErrNoRows, db.ErrNoSession, db.ErrProofUsed, seal.ErrUnsealed, errors.New("other")} {
		if db.Outage(err) != nil {
			t.Errorf("%v is an outage", err)
		}
	}
}

// unsent is the error of a request that was never sent.
type unsent struct{ error }

func (unsent) SafeToRetry() bool { return true }
func (u unsent) Unwrap() error   { return u.error }

// Only a transaction that certainly had no effect is retried.
func TestOnlyUncommittedTransactionsAreRetried(t *testing.T) {
	for err, want := range map[error]bool{
		&pgconn.PgError{Code: "40001"}: true, &pgconn.PgError{Code: "40P01"}: true, unsent{io.EOF}: true,
		unsent{context.DeadlineExceeded}: false, // no time is left
		&pgconn.PgError{Code: "57P01"}:   false, &pgconn.PgError{Code: "25006"}: false, &pgconn.PgError{Code: "57014"}: false,
		io.ErrUnexpectedEOF: false, context.DeadlineExceeded: false, driver.ErrBadConn: false, db.ErrBusy: false,
	} {
		if db.Repeatable(err) != want {
			t.Errorf("%v is repeated: %t", err, !want)
		}
	}
}

// A write that loses a conflict, in its statement or at commit, is retried and takes effect once. A write that PostgreSQL
// terminates is not retried, since it might take effect twice.
func TestDeadlockIsRetried(t *testing.T) {
	for _, at := range []string{"BEFORE INSERT OR UPDATE ON notes", "AFTER INSERT OR UPDATE ON notes DEFERRABLE INITIALLY DEFERRED"} {
		for state, tried := range map[string]int{"40P01": 3, "40001": 3, "57P01": 1, "25006": 1} {
			t.Run(at[:6]+" "+state, func(t *testing.T) {
				t.Parallel()
				d := dbtest.New(t)
				owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
				_, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "counts the owner"})
				must(t, err)
				d.Exec(t, `CREATE SEQUENCE tried; GRANT ALL ON SEQUENCE tried TO PUBLIC`)
				d.Exec(t, `CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					IF nextval('public.tried') < 3 THEN RAISE EXCEPTION USING ERRCODE = '`+state+`'; END IF; RETURN NEW; END $$`)
				kind := "TRIGGER"
				if strings.HasPrefix(at, "AFTER") {
					kind = "CONSTRAINT TRIGGER"
				}
				d.Exec(t, `CREATE `+kind+` lose `+at+` FOR EACH ROW EXECUTE FUNCTION lose()`)
				_, err = d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: uuid.Must(uuid.NewV7()), Title: "once"})
				if tried == 3 && err != nil || tried == 1 && db.Outage(err) == nil {
					t.Errorf("it is answered %v", err)
				}
				var got, notes int
				must(t, d.Connect(t, d.Superuser()).QueryRow(t.Context(), `SELECT last_value, (SELECT count(*) - 1 FROM notes) FROM tried`).Scan(&got, &notes))
				if got != tried || notes != tried/3 {
					t.Errorf("it was tried %d times and made %d notes", got, notes)
				}
			})
		}
	}
}

// A transaction of the authority role is also retried as a whole.
func TestAuthorityTransactionIsRetried(t *testing.T) {
	d := dbtest.New(t)
	attempts := 0
	err := d.DB.AsAuthority(t.Context(), func(tx bun.Tx) error {
		if attempts++; attempts < 3 {
			_, err := tx.ExecContext(t.Context(), `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$`)
			return err
		}
		return nil
	})
	if err != nil || attempts != 3 {
		t.Errorf("after %d attempts it is answered %v", attempts, err)
	}
}

// A connection to a server that was read-only is dropped.
func TestConnectionToDemotedPrimaryIsDropped(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	set := func(value string) {
		d.Exec(t, `ALTER ROLE aside IN DATABASE `+d.Name+` SET default_transaction_read_only = `+value)
	}
	node := d.Node(t, db.Options{MaxConns: 4})
	set("on")
	d.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	for range 3 {
		if _, err := node.CreateNote(t.Context(), owner, db.NewNote{Title: "x"}); db.Outage(err) == nil {
			t.Fatalf("a write is answered %v", err)
		}
	}
	if node.Ready(t.Context()) == nil {
		t.Error("a node that cannot write is ready")
	}
	set("off")
	eventually(t, "a write is answered", func() bool {
		_, err := node.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		return err == nil && node.Ready(t.Context()) == nil
	})
}

// The connect timeout for a host is three seconds by default. The URL may set another one.
func TestConnectTimeout(t *testing.T) {
	for url, want := range map[string]time.Duration{
		"postgres://a@h/d": 3 * time.Second, "postgres://a@h,i/d?target_session_attrs=read-write": 3 * time.Second,
		"postgres://a@h/d?connect_timeout=7": 7 * time.Second, "host=h connect_timeout=1": time.Second,
	} {
		if got, err := db.ConnectTimeout(url); err != nil || got != want {
			t.Errorf("%s: %s, %v", url, got, err)
		}
	}
}

// With several hosts, a host that hangs delays only the first requests to it, and its connections are given up. The order
// of the hosts doesn't matter.
func TestOneOfSeveralHostsHangs(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	first, second := dbtest.NewProxy(t, d.URL), dbtest.NewProxy(t, d.URL)
	both := *d
	both.URL = strings.Replace(first.URL, "/test", ","+second.Address()+"/test", 1)
	node := both.Node(t, db.Options{MaxConns: 30, AcquireTimeout: 2 * time.Second, StatementTimeout: time.Second})
	write := func() error {
		_, err := node.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		return err
	}
	must(t, write())
	if second.Accepted() != 0 {
		t.Errorf("the second host was asked %d times while the first answers", second.Accepted())
	}
	first.Freeze()
	eventually(t, "the second host is used", func() bool { return write() == nil })
	before := first.Accepted()
	var all sync.WaitGroup
	for range 90 {
		all.Go(func() { _ = write() })
	}
	all.Wait()
	must(t, write())
	if asked := first.Accepted() - before; asked > 10 {
		t.Errorf("the host that hangs was asked %d times more", asked)
	}
	second.Disconnect()
	first.Repair()
	eventually(t, "the first host is used again", func() bool { return write() == nil })
}

// With several hosts, a primary on an earlier timeline than one seen before was replaced and is not used.
func TestReplacedPrimaryIsNotUsed(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	first, second := dbtest.NewProxy(t, d.URL), dbtest.NewProxy(t, d.URL)
	both := *d
	both.URL = strings.Replace(first.URL, "/test", ","+second.Address()+"/test", 1)
	node := both.Node(t, db.Options{MaxConns: 4})
	if _, err := node.Note(t.Context(), owner, uuid.New()); !db.IsCode(err, db.CodeNotFound) {
		t.Fatal(err)
	}
	node.SetTimeline(1 << 30)
	if _, err := node.Note(t.Context(), owner, uuid.New()); db.Outage(err) == nil {
		t.Errorf("it is answered %v", err)
	}
	node.SetTimeline(1)
	eventually(t, "it is asked again", func() bool {
		_, err := node.Note(t.Context(), owner, uuid.New())
		return db.IsCode(err, db.CodeNotFound)
	})
}

// A replaced primary may continue to answer, for example after its Patroni died. The node still checks the other hosts, and
// moves all connections, including streams, once one of them is on a later timeline.
func TestConnectionsToReplacedPrimaryAreClosed(t *testing.T) {
	d := dbtest.New(t)
	session := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop"))
	replaced, promoted := dbtest.NewProxy(t, d.URL), dbtest.NewProxy(t, d.URL)
	both := *d
	both.URL = strings.Replace(replaced.URL, "/test", ","+promoted.Address()+"/test", 1)
	node := both.Node(t, db.Options{MaxConns: 3, SessionCache: -1})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); node.Follow(ctx) }()
	defer func() { stop(); <-ended }()
	watch := openWatch(t, node, session)
	var before, after int
	must(t, node.Probe(t.Context(), `SELECT pg_backend_pid()`, &before))
	waiting := make(chan error, 1) // stands for a commit that waits for its synchronous standby
	go func() { waiting <- node.Probe(t.Context(), `SELECT pg_backend_pid() FROM pg_sleep(50)`, new(int)) }()
	promoted.Promote()
	select {
	case change := <-watch.C:
		if change != nil {
			t.Errorf("a change: %+v", change)
		}
	case <-time.After(time.Minute):
		t.Fatal("the stream goes on")
	}
	eventually(t, "the other host is asked", func() bool { return node.Probe(t.Context(), `SELECT pg_backend_pid()`, &after) == nil })
	if before == after {
		t.Error("the connection from before goes on")
	}
	if err := <-waiting; db.Outage(err) == nil {
		t.Errorf("what was under way ends with %v", err)
	}
	watch = openWatch(t, node, session)
	replaced.Disconnect()
	if _, err := node.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "x"}); err != nil {
		t.Error(err)
	}
	if change := <-watch.C; change == nil || change.Kind != feed.Created {
		t.Errorf("the change that is heard of is %+v", change)
	}
}

// An outage writes one log line a second with the number of errors.
func TestOutageLogIsLimited(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	proxy := dbtest.NewProxy(t, d.URL)
	far := *d
	far.URL = proxy.URL
	var log bytes.Buffer
	node := far.Node(t, db.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	began := time.Now()
	proxy.Disconnect()
	for range 200 {
		if _, err := node.Note(t.Context(), owner, uuid.New()); db.Outage(err) == nil {
			t.Fatalf("it is answered %v", err)
		}
	}
	took := time.Since(began)
	node.Close()
	if lines := strings.Count(log.String(), "\n"); lines < 1 || lines > int(took/time.Second)+3 {
		t.Errorf("%d lines in %s:\n%s", lines, took, &log)
	}
}

func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !yes(); {
		if time.Now().After(deadline) {
			t.Fatal("not within a minute: ", what)
		}
	}
}

// An abandoned request doesn't cancel its statement. Canceling a commit that waits for its synchronous standby would make
// the commit visible, and a failover would lose it.
func TestNoStatementIsCanceled(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 1})
	watcher := d.Connect(t, d.Superuser())
	sleeping := func() (n int) {
		must(t, watcher.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT 1 FROM pg_sleep%'`).Scan(&n))
		return n
	}
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	given := make(chan error)
	go func() {
		var n int
		given <- node.Probe(ctx, `SELECT 1 FROM pg_sleep(50)`, &n)
	}()
	eventually(t, "it is under way", func() bool { return sleeping() == 1 })
	giveUp()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Errorf("it is answered %v", err)
	}
	eventually(t, "its place is free", func() bool { return node.Stat().TotalConns() == 0 })
	if sleeping() != 1 {
		t.Error("it was canceled")
	}
	d.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}

// An error about another node of a cluster is an outage, and the connection to the coordinator works.
func TestAnErrorOfAnotherNodeBreaksNoConnection(t *testing.T) {
	for severity, broken := range map[string]bool{"FATAL": true, "ERROR": false} {
		err := &pgconn.PgError{Code: "08006", Severity: severity, SeverityUnlocalized: severity}
		if db.Outage(err) == nil || db.IsConnectionFailure(err) != broken {
			t.Errorf("%s: %v, %v", severity, db.Outage(err), db.IsConnectionFailure(err))
		}
	}
}
