package db_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

// verification verifies the database and its backup, which must agree.
func verification(t *testing.T, d *dbtest.Database, keys *seal.Keyring) *db.Verification {
	t.Helper()
	v, err := db.VerifyDatabase(t.Context(), d.URL, keys)
	must(t, err)
	file := backUp(t, d)
	r, err := backupfile.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	w, err := db.VerifyBackup(t.Context(), keys, r)
	must(t, err)
	if !maps.Equal(v.Checked, w.Checked) || v.Refused != w.Refused || len(v.Rows) != len(w.Rows) {
		t.Errorf("the database is found to be %+v, its backup %+v", v, w)
	}
	return v
}

// VerifyDatabase opens every sealed value and lists those that were altered, moved or lost their key.
func TestVerifyReportsRefusedRows(t *testing.T) {
	p := newSealedDatabase(t)
	bob := p.Person(t, "Bob")
	_, err := p.DB.CreateNote(t.Context(), bob.Widget(t, p.shop).Owner(), db.NewNote{Title: "Bob's"})
	must(t, err)
	beginSealing(t, p.Database, p.Person(t, "Carol"))
	insertPersonalTexts(t, p.Database, "planted")
	whole := verification(t, p.Database, p.Keys)
	before := whole
	if whole.Refused != 0 || len(whole.Rows) != 0 {
		t.Errorf("of a whole database it refuses %+v", whole)
	}
	for _, column := range db.SealedColumns() {
		if whole.Checked[column] == 0 {
			t.Errorf("%s is not checked: %v", column, whole.Checked)
		}
	}
	t.Run("another key", func(t *testing.T) {
		other, _ := newKeyring(t)
		v, err := db.VerifyDatabase(t.Context(), p.URL, other)
		must(t, err)
		var all int64
		for _, n := range v.Checked {
			all += n
		}
		if v.Refused != all || !strings.Contains(v.Rows[0].Why, "master key that is not configured") {
			t.Errorf("it opens %d of %d: %+v", all-v.Refused, all, v.Rows[0])
		}
	})
	// The cases run in order in one database. The last one has the largest effect.
	for _, test := range []struct {
		name, statement string
		refused         map[string]string // ids by column
		unnamed         []string
	}{
		{"an altered note", `UPDATE notes SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE id = '` + p.note.String() + `'`,
			map[string]string{"notes.sealed": p.note.String()}, nil},
		{"a note that was given an older version", `UPDATE notes SET version = version + 1 WHERE id = '` + p.note.String() + `'`, map[string]string{"notes.sealed": p.note.String()}, nil},
		{"a note that was cut", `UPDATE notes SET sealed = '' WHERE id = '` + p.note.String() + `'`, map[string]string{"notes.sealed": p.note.String()}, nil},
		{"a secret of a tenant's that was altered", `UPDATE assertion_keys SET sealed_secret = substring(sealed_secret FROM 1 FOR 30)`, nil, []string{"assertion_keys.sealed_secret"}},
		{"a private key for another algorithm", `UPDATE encryption_keys SET algorithm = 'RSA-OAEP-256'`, nil, []string{"encryption_keys.sealed_private"}},
		{"names that were exchanged", `UPDATE users u SET sealed_name = v.sealed_name FROM users v WHERE u.id = '` + bob.ID.String() + `' AND v.id = '` + p.alice.ID.String() + `'`, map[string]string{"users.sealed_name": bob.ID.String()}, nil},
		{"a ticket that was altered", `UPDATE tickets SET sealed_subject = set_byte(sealed_subject, 15, get_byte(sealed_subject, 15) # 1)`, nil, []string{"tickets.sealed_subject"}},
		{"an entry of another tenant's", `WITH other AS (INSERT INTO tenants (key, name) VALUES ('t_other', 'Other') RETURNING key) UPDATE audit_events SET tenant_key = key FROM other WHERE sealed_detail IS NOT NULL`, nil, []string{"audit_events.sealed_detail"}},
		{"a data key that was moved, and its notes", `UPDATE users SET data_key = (SELECT data_key FROM users WHERE id = '` + p.alice.ID.String() + `') WHERE id = '` + bob.ID.String() + `'`, map[string]string{"users.data_key": bob.ID.String()}, []string{}},
		{"a root secret that was altered", `UPDATE root_secret SET sealed_secret = set_byte(sealed_secret, 30, get_byte(sealed_secret, 30) # 1)`, nil, []string{"root_secret.sealed_secret"}},
	} {
		p.Exec(t, test.statement)
		v := verification(t, p.Database, p.Keys)
		if v.Refused < before.Refused || v.Refused == 0 || len(v.Rows) != int(v.Refused) {
			t.Errorf("%s: it refuses %+v, before %+v", test.name, v, before)
		}
		for column, id := range test.refused {
			if !slices.ContainsFunc(v.Rows, func(r db.RefusedRow) bool { return r.Column == column && r.ID == id && r.Why != "" }) {
				t.Errorf("%s: %s %s is not named: %+v", test.name, column, id, v.Rows)
			}
		}
		for _, column := range test.unnamed {
			named := func(r db.RefusedRow) bool { return r.Column == column }
			if slices.ContainsFunc(before.Rows, named) || !slices.ContainsFunc(v.Rows, named) {
				t.Errorf("%s: %s is not named, or was before: %+v", test.name, column, v.Rows)
			}
		}
		before = v
	}
}
