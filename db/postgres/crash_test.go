package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestPostgreSQLKilledComesBack(t *testing.T) {
	s := serve(t, dataDir(t))
	execute(t, s.URL(), `CREATE TABLE kept (what text)`, `INSERT INTO kept VALUES ('this')`)
	busy := connect(t, s.URL())
	going := make(chan error, 1)
	go func() { // a session in a long query doesn't notice that its postmaster died
		_, err := busy.Exec(context.Background(), `SELECT count(*) FROM generate_series(1, 1000000000000)`)
		going <- err
	}()
	within(t, time.Minute, "the busy session is busy", func(context.Context) bool {
		return query(t, s.SuperuserURL(), `SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 1000%' AND pid <> pg_backend_pid()`) == "1"
	})

	first := kill(t, s)

	within(t, time.Minute, "a new connection on the same URL", func(ctx context.Context) bool {
		conn, err := pgx.Connect(ctx, s.URL())
		if err == nil {
			_ = conn.Close(ctx)
		}
		return err == nil && readPidFile(s.cluster).pid != first
	})
	if got := query(t, s.URL(), `SELECT what FROM kept`); got != "this" {
		t.Errorf("after the crash the table holds %q", got)
	}
	if err := <-going; err == nil {
		t.Error("the busy session was answered")
	}
}

// PostgreSQL is restarted each time it dies. Only a server that can't start is given up on.
func TestEachDeathInARowIsSurvived(t *testing.T) {
	s, err := start(t.Context(), Config{DataDir: dataDir(t), Settings: map[string]string{"fsync": "off"}}, thisMachine,
		restartPolicy{attempts: 3, firstPause: time.Millisecond, longestPause: time.Millisecond, resetAfter: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		died := kill(t, s)
		within(t, 2*time.Minute, "a new connection", func(ctx context.Context) bool {
			select {
			case <-s.Done():
				t.Fatalf("it gave up: %v", s.Err())
			default:
			}
			conn, err := pgx.Connect(ctx, s.URL())
			if err == nil {
				_ = conn.Close(ctx)
			}
			return err == nil && readPidFile(s.cluster).pid != died
		})
	}
	stop(t, s)
}

func TestGivingUpClosesDone(t *testing.T) {
	dir := dataDir(t)
	s, err := start(t.Context(), Config{DataDir: dir}, thisMachine, restartPolicy{attempts: 2, firstPause: time.Millisecond, longestPause: time.Second, resetAfter: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.cluster, "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	kill(t, s)
	select {
	case <-s.Done():
	case <-time.After(time.Minute):
		t.Fatal("still trying")
	}
	if s.Err() == nil || !strings.Contains(s.Err().Error(), "pg_control") {
		t.Errorf("it ended with %v, which doesn't say why", s.Err())
	}
	stop(t, s)
}

func TestAStalePidFileIsNoObstacle(t *testing.T) {
	dir := dataDir(t)
	s := serve(t, dir)
	execute(t, s.URL(), `CREATE TABLE kept ()`)
	stop(t, s)

	// A killed process of PostgreSQL's user that is not reaped.
	zombie := exec.Command("/bin/true")
	s.account.prepare(zombie, binaries{}, syscall.SIGKILL)
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = zombie.Wait() }()
	// The id of an unrelated process, as after a reboot.
	other := exec.Command("/bin/sh", "-c", "read line")
	s.account.prepare(other, binaries{}, syscall.SIGKILL)
	hold, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Wait() }()
	defer func() { _ = hold.Close() }()

	for name, pid := range map[string]int{"zombie": zombie.Process.Pid, "other program": other.Process.Pid} {
		t.Run(name, func(t *testing.T) {
			stale := fmt.Sprintf("%d\n%s\n1700000000\n5432\n/nowhere\n\n  5432001         0\nready   \n", pid, s.cluster)
			if err := s.write("postmaster.pid", stale); err != nil {
				t.Fatal(err)
			}
			query(t, serve(t, dir).URL(), `SELECT count(*)::text FROM kept`)
		})
	}
}

// TestServiceKilledInMidWrite kills a service, run in its own process, while it writes, and starts the next one at once.
func TestServiceKilledInMidWrite(t *testing.T) {
	dir := dataDir(t)
	service := exec.Command(os.Args[0])
	service.Env = append(os.Environ(), writerDir+"="+dir)
	service.Stderr = t.Output()
	out, err := service.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}

	var last int
	acknowledged := bufio.NewScanner(out)
	for acknowledged.Scan() {
		n, err := strconv.Atoi(acknowledged.Text())
		if err != nil {
			t.Errorf("the service says %q", acknowledged.Text())
			break
		}
		if last = n; last == 200 {
			if err := service.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = service.Wait() // killed
	if last < 200 {
		t.Fatalf("the service ended by itself after %d writes", last)
	}

	s := serve(t, dir)
	got := query(t, s.URL(), fmt.Sprintf(`SELECT count(*)::text FROM written WHERE n <= %d`, last))
	if got != strconv.Itoa(last) {
		t.Errorf("of %d acknowledged writes %s are there", last, got)
	}
	sockets, err := os.ReadFile(filepath.Join(dir, "sockets"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(string(sockets)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the killed service's socket directory %s is still there", sockets)
	}
}

const writerDir = "ASIDE_TEST_WRITER_DIR"

// TestMain uses the programs of ASIDE_POSTGRES_BIN and lets TestServiceKilledInMidWrite run this binary as its service.
func TestMain(m *testing.M) {
	syscall.Umask(0o077) // root's on hardened machines; files for another user need a chmod
	thisMachine.bin = os.Getenv("ASIDE_POSTGRES_BIN")
	if dir := os.Getenv(writerDir); dir != "" {
		fmt.Fprintln(os.Stderr, "the service ended by itself:", write(context.Background(), dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// write is a service that prints each number once it is stored. It runs until it is killed.
func write(ctx context.Context, dir string) error {
	s, err := Start(ctx, Config{DataDir: dir})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "sockets"), []byte(s.sockets), 0o600); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `CREATE TABLE written (n int)`); err != nil {
		return err
	}
	for n := 1; ; n++ {
		if _, err := conn.Exec(ctx, `INSERT INTO written VALUES ($1)`, n); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// kill kills the postmaster, as in a crash, and returns its process id.
func kill(t *testing.T, s *Server) int {
	t.Helper()
	pid := readPidFile(s.cluster).pid
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	return pid
}
