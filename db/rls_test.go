package db_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The statements name their owner; this takes the names out and lets row-level security stand
// alone: still nobody else's row is read or changed.
func TestRowLevelSecurityAlone(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	mine := map[uuid.UUID]bool{}
	var foreign []uuid.UUID
	for _, n := range []struct {
		owner db.Owner
		mine  bool
	}{
		{alice.Widget(t, shop).Owner(), true}, {alice.Widget(t, paper).Owner(), false}, {bob.Widget(t, shop).Owner(), false},
	} {
		for range 3 {
			note, err := d.DB.CreateNote(t.Context(), n.owner, db.NewNote{Title: "x"})
			if err != nil {
				t.Fatal(err)
			}
			if n.mine {
				mine[note.ID] = true
			} else {
				foreign = append(foreign, note.ID)
			}
		}
	}
	token := alice.WidgetToken(t, shop)
	c := asApp(t, d, hex.EncodeToString(token[:])+dbtest.Key)
	unnamed := strings.NewReplacer(
		"others.user_id = $1", "true", "others.tenant_key = $2", "true",
		"user_id = $1", "$1::uuid IS NOT NULL", "($2 = '' OR tenant_key = $2)", "$2::text IS NOT NULL", "tenant_key = $2", "$2::text IS NOT NULL")

	tried := 0
	for _, statement := range db.HotStatements {
		if !strings.Contains(statement, "notes") {
			continue
		}
		tried++
		without := unnamed.Replace(statement)
		if strings.HasPrefix(statement, "INSERT") {
			if _, err := c.Exec(t.Context(), without, bob.ID, shop.Key, uuid.Must(uuid.NewV7()), false, []byte{1}, 5000, 1<<20); err == nil {
				t.Errorf("a note is written for Bob by %s", statement)
			}
			continue
		}
		if without == statement {
			t.Errorf("it names no owner: %s", statement)
		}
		switch {
		case strings.HasPrefix(statement, "UPDATE"):
			for _, id := range foreign {
				if tag, err := c.Exec(t.Context(), without, bob.ID, shop.Key, id, 1, true, []byte{1}, 1<<20); err != nil || tag.RowsAffected() != 0 {
					t.Errorf("%d rows changed, %v, by %s", tag.RowsAffected(), err, without)
				}
			}
		case strings.Contains(statement, "id = $3"):
			for _, id := range foreign {
				if n := len(ids(t, c, without, bob.ID, shop.Key, id)); n != 0 {
					t.Errorf("%d foreign rows read by %s", n, without)
				}
			}
		default:
			args := []any{bob.ID, shop.Key, 100}
			if strings.Contains(statement, "$4") {
				args = append(args, "infinity", uuid.Max)
			}
			if strings.Contains(statement, "$6") {
				args = append(args, true)
			}
			got := ids(t, c, without, args...)
			if len(got) != len(mine) {
				t.Errorf("%d rows, not Alice's %d, by %s", len(got), len(mine), without)
			}
			for _, id := range got {
				if !mine[id] {
					t.Errorf("a foreign row read by %s", without)
				}
			}
		}
	}
	if tried < 6 {
		t.Errorf("only %d statements tried", tried)
	}
}

// ids runs a statement with a note's columns and gives the notes' ids.
func ids(t *testing.T, c *pgx.Conn, statement string, args ...any) []uuid.UUID {
	t.Helper()
	rows, err := c.Query(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (uuid.UUID, error) {
		values, err := row.Values()
		if err != nil {
			return uuid.Nil, err
		}
		return uuid.UUID(values[0].([16]byte)), nil
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return got
}
