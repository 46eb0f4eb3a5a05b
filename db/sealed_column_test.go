package db_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

// A swapped, cut or forged ciphertext is refused and recorded in the audit log.
func TestMovedCiphertextIsRefusedAndAudited(t *testing.T) {
	for name, c := range map[string]struct{ change, target string }{
		"a note's, of another note":         {`UPDATE notes SET sealed = (SELECT sealed FROM notes m WHERE m.id <> $1 LIMIT 1) WHERE id = $1`, "note %"},
		"a note's, cut short":               {`UPDATE notes SET sealed = substring(sealed FOR length(sealed) - 1) WHERE id = $1`, "note %"},
		"a note's, of nothing":              {`UPDATE notes SET sealed = '\x01' WHERE id = $1`, "note %"},
		"a note's, of an older version":     {`UPDATE notes SET version = version + 1 WHERE id = $1`, "note %"},
		"a data key of another person":      {`UPDATE users u SET data_key = v.data_key FROM users v WHERE u.id <> v.id AND $1::uuid IS NOT NULL`, "data key of %"},
		"a data key that was cut":           {`UPDATE users SET data_key = substring(data_key FOR 30) WHERE $1::uuid IS NOT NULL`, "data key of %"},
		"a shared secret of another key":    {`UPDATE assertion_keys SET id = gen_random_uuid() WHERE $1::uuid IS NOT NULL`, "assertion key %"},
		"a private key under another name":  {`UPDATE encryption_keys SET algorithm = 'RSA-OAEP-256' WHERE $1::uuid IS NOT NULL`, ""},
		"a private key in a secret's place": {`UPDATE encryption_keys SET sealed_private = (SELECT sealed_secret FROM assertion_keys) WHERE $1::uuid IS NOT NULL`, "encryption key %"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newSealedDatabase(t)
			other, err := p.DB.CreateNote(t.Context(), p.alice.Widget(t, p.shop).Owner(), db.NewNote{Title: "kept"})
			must(t, err)
			p.Person(t, "Bob")
			p.Exec(t, c.change, p.note)
			d := openNode(t, p.Database, keyringOf(t, p.Master))
			if err := p.opens(t.Context(), d); err == nil || (c.target != "" && !errors.Is(err, seal.ErrUnsealed)) {
				t.Fatalf("it opens: %v", err)
			}
			if c.target == "" { // it isn't found at all
				return
			}
			if n := p.refusals(t, c.target); n != 1 {
				t.Errorf("the log names it %d times", n)
			}
			for range 10 { // repeated refusals are recorded up to a limit
				_ = p.opens(t.Context(), d)
			}
			if n := p.refusals(t, c.target); n != 5 {
				t.Errorf("the log names it %d times, not 5", n)
			}
			_ = other
		})
	}
}

// Every sealed column is known to the rotation or to a check.
func TestEverySealedColumnIsKnown(t *testing.T) {
	d := dbtest.New(t)
	rows, err := d.Connect(t, d.Superuser()).Query(t.Context(), `SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype AND (a.attname LIKE 'sealed%' OR a.attname LIKE '%data_key%')`)
	must(t, err)
	var found []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		found = append(found, name)
	}
	must(t, rows.Err())
	known := db.SealedColumns()
	slices.Sort(found)
	slices.Sort(known)
	if !slices.Equal(found, known) {
		t.Errorf("the schema has %v, known are %v", found, known)
	}
}
