package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// Nodes of an older release, which stores identities in the clear, are replaced one by one. While one of them runs, old and
// new nodes find each other's rows. Afterwards all rows are sealed, none are lost and nobody is signed out.
func TestOlderPlaintextIsSealed(t *testing.T) {
	u := startUpgrade(t)
	second := u.Node(t, db.Options{SessionCache: -1})
	for range 2 {
		must(t, u.DB.Sweep(t.Context()))
		u.useOlderRows(t, u.DB)
	}
	// Old and new nodes find each other's rows.
	carol := newSession()
	carolID, err := u.DB.SignUp(t.Context(), newUser(), carol, nil)
	must(t, err)
	var name string
	must(t, u.older.QueryRow(t.Context(), `SELECT display_name FROM users WHERE id = $1`, carolID).Scan(&name))
	account, err := u.DB.LookUpSession(t.Context(), db.Token{Hash: carol.Token}, "")
	must(t, err)
	must(t, linkSubject(t, u.Database, &dbtest.Person{ID: carolID, Account: account}, &db.Tenant{Key: u.shop}, db.Subject{ID: "canary-carol"}))
	if whose, err := u.olderLinks(t, "canary-carol", u.alice); err != nil || whose != carolID {
		t.Errorf("the older node takes carol for %s's, %v", whose, err)
	}
	if whose, err := u.olderLinks(t, "canary-older", u.alice); err != nil || whose != u.alice {
		t.Errorf("the older node links to %s, %v", whose, err)
	}
	if whose, err := u.DB.LinkedTo(t.Context(), u.shop, "canary-older"); err != nil || whose != u.alice {
		t.Errorf("the newer node takes it for %s's, %v", whose, err)
	}
	if n := u.clear(t); n == 0 {
		t.Error("it is sealed while an older node serves")
	}

	// The last older node stops. One of the newer nodes notices before the other.
	must(t, u.older.Close(t.Context()))
	u.sweepUntilSealed(t, u.DB)
	u.useOlderRows(t, u.DB)
	u.useOlderRows(t, second) // it still writes in the clear
	if n := u.clear(t); n == 0 {
		t.Error("the second node was told already: this shows nothing")
	}
	must(t, second.Sweep(t.Context()))
	u.endSealingDelay(t)
	must(t, u.DB.Sweep(t.Context()))
	must(t, second.Sweep(t.Context()))
	for _, d := range []*db.DB{u.DB, second, u.Node(t, db.Options{SessionCache: -1})} {
		u.useOlderRows(t, d)
	}
	if n := u.clear(t); n != 0 {
		t.Errorf("%d rows are in the clear", n)
	}
	requireLookups(t, u.Database, "sealing")
	if s, _, err := u.DB.RedeemTicket(t.Context(), u.shop, u.ticket); err != nil || *s != canaryJoe {
		t.Errorf("the ticket is of %+v, %v", s, err)
	}
	if dump := u.Dump(t); bytes.Contains(bytes.ToLower(dump), []byte("canary")) {
		i := bytes.Index(bytes.ToLower(dump), []byte("canary"))
		t.Errorf("the dump holds %q", dump[max(0, i-60):i+60])
	}
	if n := count(t, u.Connect(t, u.Superuser()), `SELECT count(*) FROM sealing WHERE finished_at IS NOT NULL`); n != 1 {
		t.Error("it does not end")
	}
}

// clear counts the rows with identities in the clear.
func (u *upgrade) clear(t *testing.T) (n int) {
	t.Helper()
	c := u.Connect(t, u.Superuser())
	for column, what := range texts {
		if table, name, _ := strings.Cut(column, "."); what == empty {
			n += count(t, c, fmt.Sprintf(`SELECT count(*) FROM %s WHERE coalesce(%s, '') <> ''`, table, name))
		}
	}
	return n
}

// sweepUntilSealed sweeps until PostgreSQL has noticed that the older node stopped.
func (u *upgrade) sweepUntilSealed(t *testing.T, d *db.DB) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); u.clear(t) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing is sealed")
		}
		must(t, d.Sweep(t.Context()))
	}
}

// plaintextStatements write in the clear who people are.
var plaintextStatements = []string{
	`UPDATE users SET display_name = 'x'`, `UPDATE passkeys SET name = 'x'`, `UPDATE sessions SET subject = 'x'`,
	`UPDATE users SET vouched_subject = 'x' WHERE vouched_by IS NOT NULL`, `UPDATE identities SET email = 'x'`,
	`UPDATE tickets SET name = 'x'`, `UPDATE identity_handles SET subject = 'x'`, `UPDATE authorization_requests SET subject_email = 'x'`,
}

// After sealing, an older node that returns can't write identities in the clear, and so creates no duplicate link or
// account.
func TestOlderReleaseIsRefusedAfterSealing(t *testing.T) {
	u := startUpgrade(t)
	must(t, u.older.Close(t.Context()))
	u.sweepUntilSealed(t, u.DB)
	for _, finished := range []bool{false, true} {
		if finished {
			u.endSealingDelay(t)
			must(t, u.DB.Sweep(t.Context()))
		}
		config, err := pgx.ParseConfig(u.URL)
		must(t, err)
		config.RuntimeParams["application_name"] = "aside"
		u.older, err = pgx.ConnectConfig(t.Context(), config)
		must(t, err)
		if whose, err := u.olderLinks(t, "canary-joe", u.vera); err == nil || !strings.Contains(err.Error(), "kept sealed") {
			t.Errorf("it links joe to %s, %v", whose, err)
		}
		for _, statement := range plaintextStatements {
			_, err := u.older.Exec(t.Context(), `BEGIN; SET LOCAL ROLE aside_auth; `+statement+`; COMMIT`)
			if err == nil || !strings.Contains(err.Error(), "kept sealed") {
				t.Errorf("%s: %v", statement, err)
			}
			_, _ = u.older.Exec(t.Context(), `ROLLBACK`)
		}
		must(t, u.older.Close(t.Context()))
	}
	// After the contract migrations, constraints refuse the same.
	c := u.Connect(t, u.Superuser())
	for count(t, c, `SELECT count(*) FROM pg_trigger WHERE tgname = 'sealed_only'`) > 0 { // until PostgreSQL has noticed that the older node stopped
		must(t, u.DB.Sweep(t.Context()))
	}
	for _, statement := range plaintextStatements {
		if _, err := c.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "violates check constraint") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// Sealing can be interrupted and resumed on two nodes at once while people use the service.
func TestSealingIsResumedAndShared(t *testing.T) {
	u := startUpgrade(t)
	ids := make([]uuid.UUID, 1200)
	_, err := u.Connect(t, u.Superuser()).CopyFrom(t.Context(), pgx.Identifier{"users"}, []string{"id", "handle", "display_name", "data_key"},
		pgx.CopyFromSlice(len(ids), func(i int) ([]any, error) {
			ids[i] = uuid.Must(uuid.NewV7())
			_, dataKey, err := db.NewNoteSealer(t.Context(), u.Keys, ids[i])
			return []any{ids[i], append(newMaster(), newMaster()...), "canary " + ids[i].String(), dataKey}, err
		}))
	must(t, err)
	must(t, u.older.Close(t.Context()))
	for deadline := time.Now().Add(time.Minute); u.sealedUsers(t) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing is sealed")
		}
		stopped, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- u.DB.Sweep(stopped) }()
		for u.sealedUsers(t) == 0 && len(done) == 0 {
			continue
		}
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	second := u.Node(t, db.Options{SessionCache: -1})
	failed := make(chan error, 2)
	for _, d := range []*db.DB{u.DB, second} {
		go func() { failed <- d.Sweep(t.Context()) }()
	}
	must(t, errors.Join(<-failed, <-failed))
	must(t, u.DB.Sweep(t.Context()))
	if n := u.clear(t); n != 0 {
		t.Errorf("%d rows are in the clear", n)
	}
	found, err := u.DB.FindAccounts(t.Context(), "canary "+ids[700].String())
	if err != nil || len(found) != 1 || found[0].DisplayName != "canary "+ids[700].String() {
		t.Errorf("found %+v, %v", found, err)
	}
}

func (u *upgrade) sealedUsers(t *testing.T) int {
	t.Helper()
	return count(t, u.Connect(t, u.Superuser()), `SELECT count(*) FROM users WHERE sealed_name IS NOT NULL`)
}
