package postgres

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestDataSurvivesARestart(t *testing.T) {
	dir := dataDir(t)
	s := serve(t, dir)
	execute(t, s.URL(), `CREATE TABLE kept (what text)`, `INSERT INTO kept VALUES ('this')`)
	stop(t, s)

	again := serve(t, dir)
	if got := query(t, again.URL(), `SELECT what FROM kept`); got != "this" {
		t.Errorf("after a restart the table holds %q", got)
	}
}

func TestASecondStartSaysSo(t *testing.T) {
	dir := dataDir(t)
	serve(t, dir)
	_, err := Start(t.Context(), Config{DataDir: dir})
	if !errors.Is(err, ErrRunning) {
		t.Fatalf("a second start: %v", err)
	}
	for _, word := range []string{dir, strconv.Itoa(os.Getpid())} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q doesn't name %s", err, word)
		}
	}
	if err := Remove(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("removing a cluster in use: %v", err)
	}
}

func TestAFreshCluster(t *testing.T) {
	s := serveWith(t, Config{DataDir: dataDir(t)})
	for setting, want := range map[string]string{
		"fsync":                             "on",
		"synchronous_commit":                "on",
		"full_page_writes":                  "on",
		"data_checksums":                    "on",
		"server_encoding":                   "UTF8",
		"listen_addresses":                  "",
		"log_min_error_statement":           "panic",
		"log_parameter_max_length_on_error": "0",
	} {
		if got := query(t, s.SuperuserURL(), `SHOW `+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	t.Run("is closed to other users", func(t *testing.T) {
		fi, err := os.Stat(s.sockets)
		if err != nil {
			t.Fatal(err)
		}
		if fi.Mode().Perm() != 0o700 {
			t.Errorf("the socket's directory is %v", fi.Mode())
		}
	})
	t.Run("has an owner who is no superuser", func(t *testing.T) {
		got := query(t, s.URL(), `SELECT concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
			(SELECT datdba = r.oid FROM pg_database WHERE datname = current_database()))
			FROM pg_roles r WHERE rolname = current_user`)
		if want := "aside f f t t t"; got != want {
			t.Errorf("the owner is %q, want %q", got, want)
		}
	})
	t.Run("can be dumped", func(t *testing.T) {
		dump, err := s.Command(t.Context(), "pg_dump", "--schema-only", s.URL()).Output()
		if err != nil || !strings.Contains(string(dump), "PostgreSQL database dump complete") {
			t.Errorf("pg_dump: %v, %q", err, dump)
		}
	})
	t.Run("asks other roles for a password", func(t *testing.T) {
		execute(t, s.URL(), `CREATE ROLE stranger LOGIN`)
		conn, err := pgx.Connect(t.Context(), strings.Replace(s.URL(), "aside@", "stranger@", 1))
		if err == nil {
			_ = conn.Close(t.Context())
			t.Error("a role without a password was let in")
		}
	})
}

func TestTheLogHoldsNoValues(t *testing.T) {
	var said buffer
	s, err := Start(t.Context(), Config{DataDir: dataDir(t), Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`CREATE TABLE mine (id int PRIMARY KEY, what text CHECK (what = ''))`,
		`INSERT INTO mine VALUES (1, 'canary')`,
		`SELECT 'canary'::uuid`,
		`SELECT canary`,
		`DO $$ BEGIN RAISE WARNING 'canary'; END $$`,
	} {
		_, _ = conn.Exec(t.Context(), sql) // fails on purpose
	}
	if _, err := conn.Exec(t.Context(), `SELECT $1::uuid`, "canary"); err == nil {
		t.Error("an impossible uuid was taken")
	}
	_ = conn.Close(t.Context())
	stop(t, s)
	if text := said.String(); strings.Contains(text, "canary") || !strings.Contains(text, "ready") {
		t.Errorf("the log:\n%s", text)
	}
}

func TestStopWithoutPatienceStillStops(t *testing.T) {
	dir := dataDir(t)
	s := serve(t, dir)
	execute(t, s.URL(), `CREATE TABLE kept ()`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-s.Done()
	if s.Err() != nil {
		t.Errorf("an ordered stop is reported as %v", s.Err())
	}
	stop(t, s) // a second call, like a caller's deferred one, has no effect

	again := serve(t, dir)
	query(t, again.URL(), `SELECT count(*)::text FROM kept`)
}

func TestALongDataDirectory(t *testing.T) {
	dir := filepath.Join(dataDir(t), strings.Repeat("long/", 40))
	t.Cleanup(func() {
		if err := Remove(dir); err != nil {
			t.Error(err)
		}
	})
	query(t, serve(t, dir).URL(), `SELECT 'here'`)
}

// serve runs the cluster of dir during the test. It disables fsync, since these tests kill processes and not the machine.
func serve(t *testing.T, dir string) *Server {
	t.Helper()
	return serveWith(t, Config{DataDir: dir, Settings: map[string]string{"fsync": "off"}})
}

func serveWith(t *testing.T, c Config) *Server {
	t.Helper()
	c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// dataDir returns a data directory below one of mode 0700, which PostgreSQL's user can't enter when the tests run as root.
func dataDir(t *testing.T) string {
	t.Helper()
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(private, "data")
	t.Cleanup(func() {
		if err := Remove(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, url string, statements ...string) {
	t.Helper()
	conn := connect(t, url)
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	_ = conn.Close(t.Context()) // the result is complete
}

// query returns the single text that sql selects.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn := connect(t, url)
	var text string
	if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	_ = conn.Close(t.Context()) // the result is complete
	return text
}

// within calls ok until it returns true, and fails the test after d.
func within(t *testing.T, d time.Duration, what string, ok func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", d, what)
		case <-tick.C:
		}
	}
}

// buffer is a bytes.Buffer that the server's goroutines can write while the test reads it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
