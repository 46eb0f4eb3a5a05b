package e2e

import (
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/postgres"
	"github.com/company-a/aside/e2e/history"
)

// Any process may be killed while people read and write in two windows each. Every acknowledged write is stored once, and
// everyone saw the writes in the same order.
func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(*testing.T, *aside){
		"the service is killed":  killService,
		"PostgreSQL is killed":   killPostgreSQL,
		"the service is stopped": func(t *testing.T, a *aside) { a.stop(t) },
	} {
		t.Run(name, func(t *testing.T) {
			a := startEmbedded(t)
			h, quit := history.New(), make(chan struct{})
			var people []*history.Person
			var clients []*history.Client
			for range 3 {
				site, visitor := a.visitor(t)
				p := h.NewPerson(visitor)
				people = append(people, p)
				clients = append(clients, p.At(0, site), p.At(0, site)) // as if in two windows
			}
			var all sync.WaitGroup
			for _, c := range clients {
				all.Go(func() { c.Run(t, quit) })
			}
			waitForWrites(t, h, clients, 20)
			for range dbtest.Rounds(1, 20) {
				kill(t, a)
				if a.exited() {
					a.run(t)
				}
				waitForWrites(t, h, clients, 20) // it recovers by itself
			}
			close(quit)
			all.Wait()
			final := map[uuid.UUID][]history.Note{}
			for _, p := range people {
				p.Final(t, final)
			}
			if v := h.Check(final, time.Minute); !v.Good() || v.Acknowledged < 40*len(clients) {
				t.Errorf("no order of the operations explains the answers: %+v", v)
			}
		})
	}
}

func TestASecondStartOnTheSameDataSaysSo(t *testing.T) {
	t.Parallel()
	a := startEmbedded(t)
	second := &aside{env: a.env}
	out, err := second.runCommand(t, "serve", "--listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(out, "already running as process") {
		t.Errorf("it says %q, %v", out, err)
	}
	// A command works beside the service.
	if out, err := second.runCommand(t, "tenant", "show", "t_demo"); err != nil || !strings.Contains(out, "Hillside Tea") {
		t.Errorf("tenant show: %q, %v", out, err)
	}
}

// startEmbedded runs the service with an embedded PostgreSQL, in a directory that is closed to others, and always at the
// same address.
func startEmbedded(t *testing.T) *aside {
	t.Helper()
	port := freePort(t)
	dir := filepath.Join(t.TempDir(), "closed", "data")
	must(t, os.MkdirAll(dir, 0o700))
	t.Cleanup(func() { must(t, postgres.Remove(dir)) }) // as root it is outside dir
	a := &aside{dataDir: dir}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DATABASE_URL=") {
			a.env = append(a.env, v)
		}
	}
	a.env = append(a.env, "ASIDE_DATA_DIR="+dir, "ASIDE_LISTEN=127.0.0.1:"+port, "ASIDE_ADMIN_LISTEN=127.0.0.1:0",
		"ASIDE_DEMO=true", "ASIDE_DATABASE_PATIENCE=1m", "ASIDE_DEMO_LISTEN=127.0.0.1:0", "ASIDE_GRAPHQL_OPEN=true")
	a.run(t)
	return a
}

// freePort returns a port that was just free, outside the range from which the system assigns ports. A restarted service
// needs the same address.
func freePort(t *testing.T) string {
	t.Helper()
	for {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = l.Close()
			return port
		}
	}
}

func killService(t *testing.T, a *aside) {
	t.Helper()
	must(t, a.command.Process.Kill())
	_ = a.command.Wait()
}

func killPostgreSQL(t *testing.T, a *aside) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(a.dataDir, "postgres", "postmaster.pid"))
	must(t, err)
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	must(t, err)
	must(t, syscall.Kill(pid, syscall.SIGKILL))
}

// visitor returns a new person at the demo shop and where they send requests.
func (a *aside) visitor(t *testing.T) (*authtest.Site, *authtest.Visitor) {
	t.Helper()
	_, address, _ := strings.Cut(a.account, "://")
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	site := authtest.At(t, a.account, a.frame, "127.0.0.1:"+port)
	v := site.Visitor(t, &db.Tenant{Key: "t_demo", Name: "Hillside Tea", EmbedOrigins: []string{a.shop}})
	v.SignUp(t)
	return site, v
}

// waitForWrites waits until n more writes of each client are acknowledged.
func waitForWrites(t *testing.T, h *history.History, clients []*history.Client, n int) {
	t.Helper()
	from := h.Now()
	for _, c := range clients {
		if !poll(t.Context(), func() bool { return c.Acknowledged(from) >= n }) {
			t.Fatalf("only %d writes of a client were acknowledged, not %d", c.Acknowledged(from), n)
		}
	}
}

const createNote = `mutation ($id: ID!, $title: String!) { createNote(input: {id: $id, title: $title}) { note { id title } } }`
