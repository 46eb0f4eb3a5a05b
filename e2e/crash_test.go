package e2e

import (
	"encoding/json"
	"fmt"
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
)

// A write that was answered is there after a crash of either process, and is there once.
func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(*testing.T, *aside){
		"the service is killed":     killService,
		"PostgreSQL is killed":      killPostgreSQL,
		"the service is told to go": func(t *testing.T, a *aside) { a.stop(t) },
	} {
		t.Run(name, func(t *testing.T) {
			a := startEmbedded(t)
			writers := make([]*writer, 4)
			for i := range writers {
				writers[i] = a.writer(t)
			}
			quit := make(chan struct{})
			var all sync.WaitGroup
			for _, w := range writers {
				all.Go(func() { w.write(t, quit) })
			}
			for _, w := range writers {
				w.acknowledgedAtLeast(t, 20)
			}
			for range dbtest.Rounds(1, 20) {
				kill(t, a)
				if a.ended() {
					a.run(t)
				}
				for _, w := range writers {
					w.acknowledgedAtLeast(t, w.count()+20) // healthy again by itself
				}
			}
			close(quit)
			all.Wait()
			for _, w := range writers {
				w.check(t)
			}
		})
	}
}

func TestASecondStartOnTheSameDataSaysSo(t *testing.T) {
	t.Parallel()
	a := startEmbedded(t)
	second := &aside{env: a.env}
	out, err := second.runOut(t, "serve", "--listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(out, "already running as process") {
		t.Errorf("it says %q, %v", out, err)
	}
	// A command beside the service works.
	if out, err := second.runOut(t, "tenant", "show", "t_demo"); err != nil || !strings.Contains(out, "Hillside Tea") {
		t.Errorf("tenant show: %q, %v", out, err)
	}
}

// startEmbedded runs the service with a PostgreSQL of its own, below a directory that is
// closed to others, and always at the same address.
func startEmbedded(t *testing.T) *aside {
	t.Helper()
	port := freePort(t)
	dir := filepath.Join(t.TempDir(), "closed", "data")
	must(t, os.MkdirAll(dir, 0o700))
	t.Cleanup(func() { must(t, postgres.Remove(dir)) }) // as root it is not below dir
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

// freePort gives a port that was free a moment ago: a service that is started anew must be
// found where it was. It is none of those that the system gives to whoever asks for any.
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

// A writer is a person who writes one note after the other and tries each until it is
// answered, always with the same id.
type writer struct {
	*authtest.Visitor
	mu           sync.Mutex
	acknowledged map[string]bool
}

func (a *aside) writer(t *testing.T) *writer {
	t.Helper()
	_, address, _ := strings.Cut(a.account, "://")
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	site := authtest.At(t, a.account, a.frame, "127.0.0.1:"+port)
	v := site.Visitor(t, &db.Tenant{Key: "t_demo", Name: "Hillside Tea", EmbedOrigins: []string{a.shop}})
	v.SignUp(t)
	return &writer{Visitor: v, acknowledged: map[string]bool{}}
}

const createNote = `mutation ($id: ID!, $title: String!) { createNote(input: {id: $id, title: $title}) { note { id title } } }`

func (w *writer) write(t *testing.T, quit <-chan struct{}) {
	for i := 0; ; i++ {
		id := uuid.Must(uuid.NewV7()).String()
		for {
			select {
			case <-quit:
				return
			default:
			}
			answer, err := w.TryGraphQL(t, createNote, map[string]any{"id": id, "title": fmt.Sprintf("note %d", i)})
			if err == nil && answer.Status == 200 && answer.Text("data", "createNote", "note", "id") == id {
				w.mu.Lock()
				w.acknowledged[id] = true
				w.mu.Unlock()
				break
			}
			// Away, or starting anew: again, as a widget does.
			select {
			case <-quit:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

func (w *writer) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acknowledged)
}

func (w *writer) acknowledgedAtLeast(t *testing.T, n int) {
	t.Helper()
	if !poll(t.Context(), func() bool { return w.count() >= n }) {
		t.Fatalf("only %d writes were answered, not %d", w.count(), n)
	}
}

// check reads all of the person's notes and compares them with what was answered.
func (w *writer) check(t *testing.T) {
	t.Helper()
	found := map[string]int{}
	after := any(nil)
	for {
		var page struct {
			Data struct {
				Notes struct {
					Edges    []struct{ Node struct{ ID string } }
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		answer := w.GraphQL(t, `query ($after: String) { notes(first: 100, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`, map[string]any{"after": after})
		must(t, json.Unmarshal([]byte(answer.Body), &page))
		for _, e := range page.Data.Notes.Edges {
			found[e.Node.ID]++
		}
		if !page.Data.Notes.PageInfo.HasNextPage {
			break
		}
		after = page.Data.Notes.PageInfo.EndCursor
	}
	for id := range w.acknowledged {
		if found[id] != 1 {
			t.Errorf("the acknowledged note %s is there %d times", id, found[id])
		}
	}
	if extra := len(found) - len(w.acknowledged); extra > 1 { // the one under way at the end
		t.Errorf("%d notes that nobody was told of", extra)
	}
}
