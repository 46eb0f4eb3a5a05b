package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/dbtest"
)

// The service works through a pgbouncer in session mode, with its defaults or with the documented minimum of connections.
// Changes reach a person's other device immediately.
func TestServiceBehindAPooler(t *testing.T) {
	t.Parallel()
	cluster := dbtest.SharedCluster(t)
	for name, c := range map[string]struct {
		settings []string
		args     []string
	}{
		"as by default":               {nil, nil},
		"with no connection to spare": {[]string{"default_pool_size = 5"}, []string{"--database-connections=2"}},
	} {
		t.Run(name, func(t *testing.T) {
			database := "kept_" + uuid.NewString()[:8]
			cluster.Exec(t, "postgres", fmt.Sprintf(`CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'`, database, dbtest.Password), `CREATE DATABASE `+database+` OWNER `+database)
			t.Cleanup(func() {
				cluster.Exec(t, "postgres", `DROP DATABASE `+database+` WITH (FORCE)`)
				cluster.Exec(t, "postgres", `DROP ROLE IF EXISTS aside_app, aside_person, aside_auth, aside_merge, `+database)
			})
			a := startAt(t, cluster.Pooler(t, database, database, c.settings...), c.args...)
			alice, phone := newPerson(t), newPerson(t)
			w := alice.signUp(a, a.shop)
			phone.passkeys = alice.passkeys
			far := phone.signIn(a, a.shop)
			w.write("Oolong", "Order the spring harvest before Friday.")
			far.wait("the note on the other device", func() bool { return strings.Contains(strings.Join(far.titles(), "\n"), "Oolong") })

			alice.visit(a.shop)
			w = alice.widget(a)
			w.clickOn("option", "Oolong")
			if got := w.value("Note"); got != "Order the spring harvest before Friday." {
				t.Errorf("after the reload the note says %q", got)
			}
			w.click("Sign out")
			w.find("button", "Sign in")
			popup := w.opens(func() { w.click("Sign in") })
			popup.click("Sign in with a passkey")
			popup.closes()
			w.sees("Oolong")
		})
	}
}
