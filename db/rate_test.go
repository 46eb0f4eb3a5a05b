package db_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// moveTriesBack moves the counted tries into the past.
func moveTriesBack(t *testing.T, d *dbtest.Database, by string) {
	t.Helper()
	d.Exec(t, `UPDATE tries SET free_at = free_at - $1::interval`, by)
}

func TestRateIsSharedByAllNodes(t *testing.T) {
	d := dbtest.New(t)
	other := d.Node(t, db.Options{})
	try := db.Recoveries.By("a locator") // 5 in a quarter of an hour
	for i := range 5 {
		node := d.DB
		if i%2 == 1 {
			node = other
		}
		if err := node.CheckRate(t.Context(), try); err != nil {
			t.Fatalf("barred after %d: %v", i, err)
		}
		if err := node.Allow(t.Context(), try); err != nil {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	for _, node := range []*db.DB{d.DB, other} {
		var e *db.Error
		for range 3 { // refused tries don't count
			if err := node.Allow(t.Context(), try); !errors.As(err, &e) || e.Code != db.CodeRateLimited || e.Wait <= 2*time.Minute || e.Wait > 3*time.Minute {
				t.Fatalf("the sixth try: %v", err)
			}
		}
		if !strings.Contains(e.Message, "3 minutes") {
			t.Errorf("it says %q", e.Message)
		}
		if err := node.CheckRate(t.Context(), try); !db.IsCode(err, db.CodeRateLimited) {
			t.Errorf("not barred: %v", err)
		}
		if err := node.Allow(t.Context(), db.Recoveries.By("another"), db.RecoveriesFrom.By("a locator")); err != nil {
			t.Errorf("another key, another rate: %v", err)
		}
	}
	moveTriesBack(t, d, "3 minutes") // a fifth of the time allows a fifth of the tries
	if err := d.DB.Allow(t.Context(), try); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := other.Allow(t.Context(), try); !db.IsCode(err, db.CodeRateLimited) {
		t.Errorf("a second one after the wait for one: %v", err)
	}
}

func TestManyTriesAtOnceAreCountedEach(t *testing.T) {
	d := dbtest.New(t)
	var allowed atomic.Int32
	var done sync.WaitGroup
	for i := range 40 {
		done.Go(func() {
			tries := []db.Try{db.Recoveries.By("a locator"), db.RecoveriesFrom.By("an address")}
			if i%2 == 1 { // in the other order, which must not deadlock
				tries[0], tries[1] = tries[1], tries[0]
			}
			switch err := d.DB.Allow(t.Context(), tries...); {
			case err == nil:
				allowed.Add(1)
			case !db.IsCode(err, db.CodeRateLimited):
				t.Error(err)
			}
		})
	}
	done.Wait()
	if n := allowed.Load(); n != 5 {
		t.Errorf("%d of 40 are allowed, not 5", n)
	}
}

// The words that identify a try are kept apart, and the database doesn't contain them.
func TestTriesAreCountedSeparately(t *testing.T) {
	d := dbtest.New(t)
	for range 5 {
		if err := d.DB.Allow(t.Context(), db.Recoveries.By("192.0.2.77", "b")); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.DB.CheckRate(t.Context(), db.Recoveries.By("192.0.2.77b")); err != nil {
		t.Error("two words are one word to it")
	}
	if dump := string(d.Dump(t)); strings.Contains(dump, "192.0.2.77") || !strings.Contains(dump, "COPY public.tries") {
		t.Error("the dump holds the address, or no tries")
	}
}

func TestTriesAreSwept(t *testing.T) {
	d := dbtest.New(t)
	if err := d.DB.Allow(t.Context(), db.Recoveries.By("old")); err != nil {
		t.Fatal(err)
	}
	moveTriesBack(t, d, "1 hour")
	if err := d.DB.Allow(t.Context(), db.Recoveries.By("new")); err != nil {
		t.Fatal(err)
	}
	if err := d.DB.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM tries`); n != 1 {
		t.Errorf("%d are left, not 1", n)
	}
}
