package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/widget/example"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "aside-e2e-")
	if err != nil {
		panic(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "aside")
	build := exec.Command("go", "build", "-o", binary, "..")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: the binary does not build:", err)
		os.Exit(1)
	}
	dbtest.Main(m, closeBrowsers, func() { _ = os.RemoveAll(dir) })
}

// aside is a running service with a demo shop.
type aside struct {
	account, frame, shop string   // origins
	address              string   // listen address; "" for that of the origins
	url                  string   // of its database, for the owner
	dataDir              string   // of its embedded PostgreSQL, if any
	env                  []string // what it was started with
	command              *exec.Cmd
	stderr               *lockedBuffer
}

// start runs `aside serve` with a new, migrated database on its own ports, and waits until it is ready. When the test ends, it
// stops the service, which must stop cleanly.
func start(t testing.TB, args ...string) *aside {
	t.Helper()
	return startAt(t, dbtest.NewURL(t), args...)
}

// startAt is start with the test's database.
func startAt(t testing.TB, url string, args ...string) *aside {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	a := &aside{url: url}
	a.env = append(os.Environ(), "DATABASE_URL="+a.url, "ASIDE_MASTER_KEY="+base64.StdEncoding.EncodeToString(key),
		"ASIDE_LISTEN=127.0.0.1:0", "ASIDE_ADMIN_LISTEN=127.0.0.1:0", "ASIDE_DEMO=true", "ASIDE_DATABASE_PATIENCE=1m", "ASIDE_DEMO_LISTEN=127.0.0.1:0")
	a.run(t, args...)
	return a
}

func (a *aside) run(t testing.TB, args ...string) {
	t.Helper()
	a.command = exec.CommandContext(context.Background(), binary, append([]string{"serve"}, args...)...)
	a.command.Env = a.env
	a.stderr = &lockedBuffer{}
	a.command.Stderr = a.stderr
	stdout, err := a.command.StdoutPipe()
	must(t, err)
	must(t, a.command.Start())
	t.Cleanup(func() {
		a.stop(t)
		if t.Failed() {
			t.Logf("the service's log:\n%s", a.stderr)
		}
	})
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	a.account, a.frame, a.shop = "", "", ""
	patience := time.After(60 * time.Second)
	for a.shop == "" {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the service ended before it was ready:\n%s", a.stderr)
			}
			_, _ = fmt.Sscanf(line, "ready %s %s", &a.account, &a.frame)
			_, _ = fmt.Sscanf(line, "Open the demo shop at %s", &a.shop)
		case <-patience:
			t.Fatalf("the service is not ready:\n%s", a.stderr)
		}
	}
	go func() {
		for range lines {
		}
	}()
}

// startNode runs another process of the same service on its own port, with the same database, key and origins.
func (a *aside) startNode(t *testing.T) *aside {
	t.Helper()
	b := &aside{url: a.url, address: "127.0.0.1:" + freePort(t)}
	b.env = append(slices.Clone(a.env), "ASIDE_LISTEN="+b.address, "ASIDE_ORIGIN="+a.account, "ASIDE_FRAME_ORIGIN="+a.frame, "ASIDE_DEMO_ORIGIN="+a.shop)
	b.run(t, a.command.Args[2:]...) // the arguments after the program and serve
	return b
}

// runCommand runs another command in the same environment and returns its output.
func (a *aside) runCommand(t *testing.T, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, args...)
	command.Env = a.env
	out, err := command.CombinedOutput()
	return string(out), err
}

func (a *aside) exited() bool { return a.command.ProcessState != nil }

// stop stops the service cleanly like an operator.
func (a *aside) stop(t testing.TB) {
	t.Helper()
	if a.exited() {
		return
	}
	_ = a.command.Process.Signal(syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() { ended <- a.command.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the service ended with %v:\n%s", err, a.stderr)
		}
	case <-time.After(40 * time.Second):
		t.Errorf("the service does not stop:\n%s", a.stderr)
		_ = a.command.Process.Kill()
		<-ended //nolint:errcheck // it was killed
	}
}

// tenant creates a second company with its own site on another origin. The browser finds the shop's pages at the given host.
func (a *aside) tenant(t *testing.T, name, host string) (key, site string) {
	t.Helper()
	shop := &lateHandler{}
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	site = "http://" + host + ":" + port
	command := exec.CommandContext(t.Context(), binary, "tenant", "create", "--name", name, "--origin", site)
	command.Env = a.env
	out, err := command.Output()
	must(t, err)
	var tenant struct{ ID string }
	must(t, json.Unmarshal(out, &tenant))
	shop.Handler = example.Shop(example.Config{FrameOrigin: a.frame, TenantKey: tenant.ID, Name: name})
	return tenant.ID, site
}

// lateHandler is a handler that is set once its address is known.
type lateHandler struct{ http.Handler }

// site serves a shop that embeds a tenant's widget, on the given host.
func (a *aside) site(t *testing.T, tenantKey, host string) string {
	t.Helper()
	server := httptest.NewServer(example.Shop(example.Config{FrameOrigin: a.frame, TenantKey: tenantKey}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	return "http://" + host + ":" + port
}

// lockedBuffer is a buffer that one goroutine writes and another one reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(l.b.String())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// exec runs a statement on the service's database as superuser, for example to let time pass.
func (a *aside) exec(t *testing.T, statement string) {
	t.Helper()
	dbtest.At(t, a.url).Exec(t, statement)
}

// endWidgetSessions ends every widget session, as if it had expired.
func (a *aside) endWidgetSessions(t *testing.T) {
	t.Helper()
	a.exec(t, `UPDATE sessions SET expires_at = now() WHERE kind = 'WIDGET'`)
}
