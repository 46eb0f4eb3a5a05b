package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

var errNotAll = errors.New("so many of three notes")

// Hundreds of requests share four connections. Some are canceled, and some lose their backend. None receives another
// person's notes, and no pooled connection keeps the identity of its last request.
func TestPooledConnectionsKeepNoState(t *testing.T) {
	d := dbtest.New(t)
	pool := d.Node(t, db.Options{MaxConns: 4, SessionCache: -1})
	type reader struct {
		token  db.TokenHash
		canary string
	}
	var readers []reader
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	for i := range 6 {
		p := d.Person(t, fmt.Sprint("Person ", i))
		for _, tenant := range []*db.Tenant{shop, paper} {
			r := reader{p.WidgetToken(t, tenant), fmt.Sprintf("canary-%d-%s", i, tenant.Key)}
			s, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: r.token}, dbtest.Key)
			must(t, err)
			for range 3 {
				_, err := d.DB.CreateNote(t.Context(), s.Owner(), db.NewNote{Title: r.canary})
				must(t, err)
			}
			readers = append(readers, r)
		}
	}

	var read, foreign, failed atomic.Int32
	ask := func(ctx context.Context, r reader) error {
		s, err := pool.LookUpSession(ctx, db.Token{Hash: r.token}, dbtest.Key)
		if err != nil {
			return err
		}
		notes, _, err := pool.Notes(ctx, s.Owner(), db.NotesQuery{First: 10})
		if err != nil {
			return err
		}
		for _, n := range notes {
			if n.Title != r.canary {
				foreign.Add(1)
			}
		}
		if len(notes) != 3 {
			return fmt.Errorf("%w: %d", errNotAll, len(notes))
		}
		read.Add(1)
		return nil
	}
	var all sync.WaitGroup
	var done atomic.Bool
	all.Go(func() { // kills a backend each time some requests have succeeded
		c := d.Connect(t, d.Superuser())
		for seen := int32(-1); !done.Load(); seen = read.Load() {
			if read.Load() == seen {
				time.Sleep(time.Millisecond)
				continue
			}
			_, err := c.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND application_name LIKE 'aside%' ORDER BY random() LIMIT 1`)
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	all.Go(func() { // a statement without an identity must see nothing
		for !done.Load() {
			var n int
			if err := pool.Probe(t.Context(), `SELECT count(*) FROM notes`, &n); err == nil && n > 0 {
				foreign.Add(1)
			}
		}
	})
	var asking sync.WaitGroup
	for i := range dbtest.Rounds(200, 400) {
		asking.Go(func() {
			for j := range dbtest.Rounds(8, 400) {
				ctx, cancel := context.WithCancel(t.Context())
				if j%3 == 0 {
					time.AfterFunc(time.Duration((i*7919+j*104729)%3000)*time.Microsecond, cancel)
				}
				if err := ask(ctx, readers[(i+j)%len(readers)]); err != nil {
					failed.Add(1)
					if errors.Is(err, errNotAll) {
						t.Error(err)
					}
				}
				cancel()
			}
		})
	}
	asking.Wait()
	done.Store(true)
	all.Wait()
	if foreign.Load() != 0 {
		t.Errorf("%d foreign notes were seen", foreign.Load())
	}
	for _, r := range readers { // the pool recovers
		deadline := time.Now().Add(30 * time.Second)
		for ask(t.Context(), r) != nil {
			if time.Now().After(deadline) {
				t.Fatal("the pool does not recover")
			}
		}
	}
	t.Logf("%d pages were read, %d requests failed", read.Load(), failed.Load())
	if read.Load() < 100 {
		t.Errorf("only %d pages were read", read.Load())
	}
}
