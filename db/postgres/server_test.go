package postgres

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// serve starts a cluster in dir for the length of the test.
func serve(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Config{DataDir: dir, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
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

// dataDir is a data directory below one of mode 0700, which PostgreSQL's user
// can't enter where the tests run as root.
func dataDir(t *testing.T) string {
	t.Helper()
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil { //nolint:gosec // a directory
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

// query runs SQL over a connection of its own and returns the first value.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.Join(values, " ")
}

func TestDataSurvivesARestart(t *testing.T) {
	dir := dataDir(t)
	s := serve(t, dir)
	query(t, s.URL(), `CREATE TABLE kept (what text)`)
	query(t, s.URL(), `INSERT INTO kept VALUES ('this')`)
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
	t.Log(err)
}
