package db_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The host of the first account origin stays. The rest of the origin may change.
func TestAccountOriginHostIsKept(t *testing.T) {
	d := dbtest.New(t)
	if origin, err := d.DB.AccountOrigin(t.Context()); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("before the first start it is %q, %v", origin, err)
	}
	for range 3 {
		d.Person(t, "Alice")
	}
	for i, c := range []struct {
		origin, newRPID string
		kept            bool
	}{
		{"http://aside.localhost:8080", "", true},
		{"http://aside.localhost:8080", "", true},
		{"http://aside.localhost:40123", "", true}, // port 0
		{"https://aside.localhost", "", true},
		{"https://notes.example", "", false},
		{"https://notes.example", "other.example", false},
		{"https://localhost", "", false},
		{"https://www.aside.localhost", "", false},
		{"https://notes.example:8443", "notes.example", true},
		{"https://notes.example", "", true},
		{"https://aside.localhost", "notes.example", false}, // the flag is still set after the change
		{"https://aside.localhost", "aside.localhost", true},
	} {
		before, _ := d.DB.AccountOrigin(t.Context())
		err := d.DB.StoreAccountOrigin(t.Context(), c.origin, c.newRPID)
		after, _ := d.DB.AccountOrigin(t.Context())
		switch {
		case c.kept && (err != nil || after != c.origin):
			t.Errorf("%d: %s is kept as %s, %v", i, c.origin, after, err)
		case !c.kept && (!db.IsCode(err, db.CodeConflict) || after != before || !strings.Contains(err.Error(), "3 of 3")):
			t.Errorf("%d: %s is kept as %s, %v", i, c.origin, after, err)
		}
	}
	d.Exec(t, `DO $$ BEGIN ASSERT (SELECT count(*) FROM audit_events WHERE action = 'rp_id.changed') = 2; END $$`)
}

// Only one host is served when nodes start at the same time with different hosts.
func TestTwoHostsNeverServeOneDatabase(t *testing.T) {
	d := dbtest.New(t)
	var wg sync.WaitGroup
	var served [2]atomic.Int32
	for i := range 10 {
		wg.Go(func() {
			err := d.DB.StoreAccountOrigin(t.Context(), []string{"https://a.example", "https://b.example"}[i%2], "")
			if err == nil {
				served[i%2].Add(1)
			} else if !db.IsCode(err, db.CodeConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if a, b := served[0].Load(), served[1].Load(); a+b != 5 || a*b != 0 {
		t.Errorf("%d nodes serve one host, %d the other", a, b)
	}
}
