package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// When a statement fails, those before it in the batch change nothing, and the connection goes back to the pool as it was.
func TestBatchThatFailsChangesNothing(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 1, SessionCache: -1})
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	widget := alice.Widget(t, shop)
	n, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "x"})
	must(t, err)
	account, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, "")
	must(t, err)
	before := d.DB.Stat().NewConnsCount()

	pin := fmt.Sprintf(`UPDATE notes SET pinned = true WHERE user_id = '%s'`, alice.ID)
	for name, c := range map[string]struct {
		owner db.Owner
		last  string
	}{
		"a constraint":           {widget.Owner(), `UPDATE notes SET version = 0`},
		"row-level security":     {widget.Owner(), `UPDATE notes SET tenant_key = 't_paper'`},
		"a missing right":        {widget.Owner(), `DELETE FROM notes`},
		"a syntax error":         {widget.Owner(), `SELEKT`},
		"a role, for an account": {account.Owner(), `INSERT INTO spent_proofs VALUES ('', now())`},
	} {
		if err := d.DB.WriteAsPerson(t.Context(), c.owner, pin, pin, c.last); err == nil {
			t.Errorf("%s: no error", name)
		}
		if n, err := d.DB.Note(t.Context(), widget.Owner(), n.ID); err != nil || n.Pinned {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
		var role, setting string
		must(t, d.DB.Probe(t.Context(), `SELECT current_user::text, coalesce(current_setting('aside.session', true), '')`, &role, &setting))
		if role != "aside_app" || setting != "" {
			t.Errorf("%s: the connection is left as %s with %q", name, role, setting)
		}
	}
	must(t, d.DB.WriteAsPerson(t.Context(), account.Owner(), pin))
	if n, err := d.DB.Note(t.Context(), widget.Owner(), n.ID); err != nil || !n.Pinned {
		t.Errorf("the batch without an error: %+v, %v", n, err)
	}

	// A proof that was used is an error of the first statement.
	proof := db.Proof{ID: db.HashToken("proof"), Lifetime: time.Minute}
	must(t, d.DB.SpendProof(t.Context(), proof))
	if _, err := d.DB.TrashNote(t.Context(), widget.WithProof(proof).Owner(), n.ID); !errors.Is(err, db.ErrProofUsed) {
		t.Errorf("a proof that was used: %v", err)
	}
	if made := d.DB.Stat().NewConnsCount() - before; made != 0 {
		t.Errorf("%d connections were replaced", made)
	}
}

// SET takes no parameters, so nothing but plain characters gets into its text.
func TestSettingTakesPlainCharactersOnly(t *testing.T) {
	user, token := uuid.New(), db.HashToken("token")
	key := strings.Repeat("A", 43)
	for _, c := range []struct {
		jkt, tenant string
		fine        bool
	}{
		{dbtest.Key, "t_shop", true},
		{"", "", true},
		{key[1:], "t_shop", false},
		{key, "", false},
		{"", "t_shop", false},
		{key[1:] + "'", "t_shop", false},
		{key[1:] + "\n", "t_shop", false},
		{key[1:] + "\x00", "t_shop", false},
		{key[1:] + "\\", "t_shop", false},
		{key[1:] + " ", "t_shop", false},
		{key[2:] + "é", "t_shop", false},
		{key, "t_shop'; SET ROLE aside_auth; --", false},
		{key, "t_shop\x00", false},
		{key, "t_shöp", false},
	} {
		statement, err := db.Presentation(user, token, c.jkt, c.tenant)
		if (err == nil) != c.fine || c.fine && strings.Count(statement, "'") != 2 {
			t.Errorf("%q at %q: %s, %v", c.jkt, c.tenant, statement, err)
		}
	}
}
