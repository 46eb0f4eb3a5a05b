package db_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// Two checks protect other people's notes: the owner in each statement, and row-level security. Each is tested with the
// other one disabled.

func TestRowLevelSecurityAlone(t *testing.T) {
	h := newTwoOwners(t)
	// The statements without their owner conditions, with Bob's arguments.
	unnamed := strings.NewReplacer(
		"others.user_id = $1", "true", "others.tenant_key = $2", "true",
		"user_id = $1", "$1::uuid IS NOT NULL", "tenant_key = $2", "$2::text IS NOT NULL")
	c := asApp(t, h.Database, widgetSetting(h.alice.ID, h.token, h.shop.Key))
	h.try(t, c, h.bob.ID, func(statement string) string {
		without := unnamed.Replace(statement)
		if without == statement && !strings.HasPrefix(statement, "INSERT") {
			t.Errorf("it names no owner: %s", statement)
		}
		return without
	})
}

func TestOwnerConditionAlone(t *testing.T) {
	h := newTwoOwners(t)
	// A superuser, to which no policy applies, with Alice's arguments.
	c := h.Connect(t, h.Superuser())
	h.try(t, c, h.alice.ID, func(statement string) string { return statement })
}

// twoOwners is Alice at two tenants and Bob at one of them, with three notes each.
type twoOwners struct {
	*dbtest.Database
	shop       *db.Tenant
	alice, bob *dbtest.Person
	token      db.TokenHash // Alice's at the shop
	mine       map[uuid.UUID]bool
	foreign    []uuid.UUID // Bob's, and Alice's at the other tenant
}

func newTwoOwners(t *testing.T) *twoOwners {
	t.Helper()
	d := dbtest.New(t)
	h := &twoOwners{Database: d, shop: d.Tenant(t, "Shop"), alice: d.Person(t, "Alice"), bob: d.Person(t, "Bob"), mine: map[uuid.UUID]bool{}}
	h.token = h.alice.WidgetToken(t, h.shop)
	for range 3 {
		h.mine[h.write(t, h.alice, h.shop)] = true
	}
	paper := d.Tenant(t, "Paper")
	for range 3 {
		h.foreign = append(h.foreign, h.write(t, h.alice, paper), h.write(t, h.bob, h.shop))
	}
	return h
}

func (h *twoOwners) write(t *testing.T, p *dbtest.Person, tenant *db.Tenant) uuid.UUID {
	t.Helper()
	n, err := h.DB.CreateNote(t.Context(), p.Widget(t, tenant).Owner(), db.NewNote{Title: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return n.ID
}

// try runs each hot statement about notes on c with the arguments of user at the shop, and fails if it reads or changes
// other notes than Alice's at the shop.
func (h *twoOwners) try(t *testing.T, c querier, user uuid.UUID, edit func(string) string) {
	t.Helper()
	tried, size := 0, 0
	must(t, h.Connect(t, h.Superuser()).QueryRow(t.Context(), `SELECT octet_length(sealed) FROM notes WHERE id = $1`, h.foreign[0]).Scan(&size))
	for _, statement := range db.PersonStatements {
		if !aboutNotes(statement) {
			continue
		}
		tried++
		edited := edit(statement)
		switch {
		case strings.Contains(statement, "note_counters"):
			args := []any{user, h.shop.Key, 1, 5000, 1 << 20, uuid.Must(uuid.NewV7()), []string{"SERVER"}}
			if parameters(statement) == 5 {
				args = []any{user, h.shop.Key, 1, 1 << 20, []string{"SERVER"}}
			}
			_, err := c.Exec(t.Context(), edited, args...) // for Alice: as Bob she is refused, or it changes her own
			if n := count(t, h.Connect(t, h.Superuser()), `SELECT count(*) FROM note_counters
				WHERE (user_id, tenant_key) <> ($1, $2) AND (notes, bytes) <> (3, 3 * $3::int)`, h.alice.ID, h.shop.Key, size); n != 0 {
				t.Errorf("%d foreign owners are counted, %v, by %s", n, err, edited)
			}
		case strings.HasPrefix(statement, "INSERT"):
			_, err := c.Exec(t.Context(), edited, user, h.shop.Key, uuid.Must(uuid.NewV7()), false, []byte{1}, nil, nil)
			if user == h.bob.ID && err == nil {
				t.Errorf("a note is written for Bob by %s", edited)
			}
		case strings.Contains(statement, "UPDATE notes"):
			for _, id := range h.foreign {
				var pg *pgconn.PgError
				if _, err := c.Exec(t.Context(), edited, user, h.shop.Key, id, 1, true, []byte{1}, size, nil, nil); !errors.As(err, &pg) || pg.Code != "22012" {
					t.Errorf("a foreign row is changed, %v, by %s", err, edited)
				}
			}
		case strings.Contains(statement, "id = $3"):
			for _, id := range h.foreign {
				if n := len(ids(t, c, edited, user, h.shop.Key, id)); n != 0 {
					t.Errorf("%d foreign rows read by %s", n, edited)
				}
			}
		default:
			h.tryList(t, c, edited, user)
		}
	}
	if tried < 8 {
		t.Errorf("only %d statements tried", tried)
	}
}

func (h *twoOwners) tryList(t *testing.T, c querier, statement string, user uuid.UUID) {
	t.Helper()
	args := []any{user, h.shop.Key, 100}
	if strings.Contains(statement, "$4") {
		args = append(args, "infinity", uuid.Max)
	}
	if strings.Contains(statement, "$6") {
		args = append(args, true)
	}
	seen := 0
	for _, id := range ids(t, c, statement, args...) {
		if h.mine[id] {
			seen++
		}
	}
	if all := len(ids(t, c, statement, args...)); seen != len(h.mine) || all != seen+h.written(c, t) {
		t.Errorf("%d rows, %d of them Alice's, by %s", all, seen, statement)
	}
}

// written returns 1 once the INSERT statement has run as Alice.
func (h *twoOwners) written(c querier, t *testing.T) int {
	t.Helper()
	return len(ids(t, c, `SELECT id FROM notes WHERE user_id = $1 AND sealed = '\x01'`, h.alice.ID))
}
