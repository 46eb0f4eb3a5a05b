package db_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A browser's tabs share one session, so a confirmation in one tab counts in all.

// usePasskey confirms a person's session with a passkey.
func usePasskey(t *testing.T, d *dbtest.Database, p *dbtest.Person) {
	t.Helper()
	must(t, d.DB.Confirm(t.Context(), p.Account, passkeys(t, d, p)[0]))
}

// When two tabs turn encryption on, the first tab's recovery codes stay valid, and the second tab gets an error.
func TestTwoTabsTurnEncryptionOn(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	first, second := browserCodes(1, true), browserCodes(2, true)
	store := func(codes []db.NewRecoveryCode) error {
		return d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, codes)
	}
	works := func(codes []db.NewRecoveryCode) bool {
		r, err := findByVerifier(t, d, codes[0])
		return err == nil && r.Wrap == codes[0].Wrap
	}
	usePasskey(t, d, alice) // both tabs show codes, and wait until the person has saved them
	must(t, begin(t, d, alice, 1))
	must(t, store(first))
	usePasskey(t, d, alice) // for the conversion
	if err := begin(t, d, alice, 1); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the second tab begins: %v", err)
	}
	if err := store(second); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the codes of the second tab: %v", err)
	}
	if !works(first) || works(second) || codesLeft(t, d, alice) != 10 {
		t.Error("the codes of the first tab do not work anymore")
	}

	// The first tab misses an answer and repeats all its requests.
	if err := begin(t, d, alice, 1); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("it begins again: %v", err)
	}
	if err := store(first); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("the same codes without a passkey: %v", err)
	}
	usePasskey(t, d, alice)
	must(t, store(first))
	// A person may always replace the codes, but must use a passkey after those were stored.
	if err := store(second); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("codes from before: %v", err)
	}
	usePasskey(t, d, alice)
	must(t, store(second))
	if works(first) || !works(second) {
		t.Error("the new codes do not work")
	}
}

// Of two tabs that store codes at the same moment, one is refused.
func TestTwoTabsStoreCodesAtOnce(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	must(t, begin(t, d, alice, 1))
	id := alice.ID.String()
	stores := []string{
		`SELECT FROM users WHERE id = '` + id + `' FOR NO KEY UPDATE`,
		`INSERT INTO key_wraps (user_id, id, locator, generation, sealed_wrap) VALUES ('` + id + `', gen_random_uuid(), 'AAAA10', 1, '\x00')`,
	}
	err := whileLocked(t, d, stores, func() error {
		return d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(2, true))
	}, func(pgx.Tx) {})
	if !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the codes of the other tab: %v", err)
	}
}

// If the first tab is closed before it stores codes, the second tab continues with the first one's key and stores new codes.
func TestASecondTabFinishesWhatTheFirstBegan(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	must(t, begin(t, d, alice, 1))
	if err := begin(t, d, alice, 1); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the second tab begins: %v", err)
	}
	codes := browserCodes(2, true)
	if err := d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, codes); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("without a passkey: %v", err)
	}
	usePasskey(t, d, alice)
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, codes))
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd {
		t.Errorf("the state is %s", state)
	}
}

// While one tab converts the notes, the person reverses the conversion in another tab. From then on, the first tab can
// neither convert a note nor change the direction again.
func TestTwoTabsConvertInOppositeDirections(t *testing.T) {
	for _, first := range []db.AccountSealing{db.SealingEndToEnd, db.SealingServer} {
		d := dbtest.New(t)
		alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
		owner := alice.Widget(t, shop).Owner()
		open, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "plain"})
		must(t, err)
		other, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "plain"})
		must(t, err)
		beginSealing(t, d, alice)
		convert := func(c db.NoteChange) ([]*db.Note, error) {
			return d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{c})
		}
		list, err := convert(converted(other, "a"))
		must(t, err)
		sealed := list[0]
		second, state, late, rest := db.SealingServer, db.SealingDecrypting, converted(open, "late"), plain(sealed, "plain")
		if first == db.SealingServer {
			usePasskey(t, d, alice)
			moveOn(t, d, alice, first)
			second, state, late, rest = db.SealingEndToEnd, db.SealingEncrypting, plain(sealed, "leak"), converted(open, "b")
		}

		usePasskey(t, d, alice)
		if got := moveOn(t, d, alice, second); got != state {
			t.Fatalf("reversed, the account is %s", got)
		}
		if _, err := convert(late); !isInvalid(err, "notes") {
			t.Errorf("the first tab converts a note: %v", err)
		}
		if _, err := d.DB.SetSealing(t.Context(), alice.Account, db.SealingChange{To: first, Generation: 1}); !errors.Is(err, db.ErrUnconfirmed) {
			t.Errorf("the first tab reverses it back: %v", err)
		}
		if got := lookUp(t, d, alice).Sealing; got != state {
			t.Errorf("the account is %s", got)
		}
		_, err = convert(rest)
		must(t, err)
		if got := moveOn(t, d, alice, second); got != second {
			t.Errorf("at the end, the account is %s", got)
		}
		checkCounters(t, d, alice)
	}
}
