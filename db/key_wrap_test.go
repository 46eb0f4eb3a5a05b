package db_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// wrapOf returns what has the form of a wrap: 60 bytes of one value.
func wrapOf(b byte) string { return base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{b}, 60)) }

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// browserCodes returns ten codes as a browser sends them, each with a wrap if wrapped. Those of other numbers are others.
func browserCodes(number int, wrapped bool) (codes []db.NewRecoveryCode) {
	for i := range 10 {
		c := db.NewRecoveryCode{
			Locator:  "AAAA" + alphabet[number:number+1] + alphabet[i:i+1],
			Verifier: base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{byte(number), byte(i)}, 16)),
		}
		if wrapped {
			c.Wrap = wrapOf(byte(100 + i))
		}
		codes = append(codes, c)
	}
	return codes
}

func passkeyOf(t *testing.T, d *dbtest.Database, p *dbtest.Person) uuid.UUID {
	t.Helper()
	list, err := d.DB.Passkeys(t.Context(), p.ID)
	must(t, err)
	return list[0].ID
}

func TestWrapsBelongToPasskeysAndCodes(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	first := passkeyOf(t, d, alice)
	second := newPasskey()
	second.Wrap = &db.NewKeyWrap{Generation: 1, Wrap: wrapOf(2)}
	if _, err := d.DB.AddPasskey(t.Context(), alice.Account, second); !isInvalid(err, "wraps") {
		t.Errorf("a wrap for an account without a key: %v", err)
	}
	beginSealing(t, d, alice)
	second.Wrap.Generation = 2
	if _, err := d.DB.AddPasskey(t.Context(), alice.Account, second); !isInvalid(err, "wraps") {
		t.Errorf("a wrap of another key: %v", err)
	}
	second.Wrap.Generation = 1
	second.ID = d.DB.NewPasskeyID()
	added, err := d.DB.AddPasskey(t.Context(), alice.Account, second)
	must(t, err)
	if added != second.ID {
		t.Errorf("the passkey has the id %s and not %s", added, second.ID)
	}
	list, err := d.DB.KeyWraps(t.Context(), alice.ID)
	must(t, err)
	if len(list) != 2 || list[0].Passkey != first || list[0].Wrap != wrapOf(1) || list[1].Passkey != added || list[1].Wrap != wrapOf(2) || list[1].Generation != 1 {
		t.Errorf("the wraps are %+v", list)
	}
	if list, err := d.DB.KeyWraps(t.Context(), bob.ID); err != nil || len(list) > 0 {
		t.Errorf("Bob has the wraps %+v, %v", list, err)
	}
	if wrap, err := d.DB.PasskeyWrap(t.Context(), bob.ID, added); err != nil || wrap != "" {
		t.Errorf("Bob gets the wrap of Alice's passkey: %q, %v", wrap, err)
	}
	// A fresh use of a passkey replaces its wrap.
	second.Wrap = &db.NewKeyWrap{Generation: 1, Wrap: wrapOf(3)}
	must(t, d.DB.Confirm(t.Context(), alice.Account, second))
	if wrap, err := d.DB.PasskeyWrap(t.Context(), alice.ID, added); err != nil || wrap != wrapOf(3) {
		t.Errorf("the wrap is %q, %v", wrap, err)
	}
	must(t, d.DB.DeletePasskey(t.Context(), alice.Account, first))
	if list, err := d.DB.KeyWraps(t.Context(), alice.ID); err != nil || len(list) != 1 || list[0].Passkey != added {
		t.Errorf("after the passkey is removed: %+v, %v", list, err)
	}

	// What the database has is sealed, and bound to its row.
	for _, column := range []string{"sealed_wrap"} {
		if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM key_wraps WHERE strpos(encode(`+column+`, 'escape'), $1) > 0`, wrapOf(3)[:20]); n != 0 {
			t.Errorf("%d wraps are in the clear", n)
		}
	}
	v, err := db.VerifyDatabase(t.Context(), d.URL, d.Keys)
	must(t, err)
	if v.Refused != 0 || v.Checked["key_wraps.sealed_wrap"] != 11 {
		t.Errorf("verified %+v", v)
	}
	d.Exec(t, `UPDATE key_wraps a SET sealed_wrap = b.sealed_wrap FROM key_wraps b WHERE a.passkey_id IS NOT NULL AND b.locator = 'AAAA10'`)
	if list, err := d.DB.KeyWraps(t.Context(), alice.ID); err == nil {
		t.Errorf("a wrap opens in another row: %+v", list)
	}
	must(t, d.DB.DeleteAccount(t.Context(), alice.Account))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM key_wraps`); n != 0 {
		t.Errorf("%d wraps are left of a deleted account", n)
	}
}

func TestTheLastKeyStays(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	must(t, begin(t, d, alice, 1))
	first := passkeyOf(t, d, alice)
	_, err := d.DB.AddPasskey(t.Context(), alice.Account, newPasskey()) // which has no wrap
	must(t, err)
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, first); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the only passkey that opens the notes is removed: %v", err)
	}
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(1, true)))
	must(t, d.DB.DeletePasskey(t.Context(), alice.Account, first))
}

func findByVerifier(t *testing.T, d *dbtest.Database, c db.NewRecoveryCode) (*db.Recovery, error) {
	t.Helper()
	return d.DB.FindRecoveryByVerifier(t.Context(), c.Locator, c.Verifier, "192.0.2.1", uuid.NewString())
}

func TestCodesOfABrowserRecover(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	old := makeCodes(t, d, bob)
	beginSealing(t, d, alice)
	codes := browserCodes(1, true)
	found, err := findByVerifier(t, d, codes[0])
	must(t, err)
	if found.User.ID != alice.ID || found.Wrap != codes[0].Wrap || found.User.KeyGeneration != 1 || found.User.Sealing != db.SealingEncrypting {
		t.Errorf("found %+v, wrap %s", found.User, found.Wrap)
	}
	for name, c := range map[string]db.NewRecoveryCode{
		"another's verifier": {Locator: codes[0].Locator, Verifier: codes[1].Verifier},
		"no locator":         {Verifier: codes[0].Verifier},
		"nobody's":           {Locator: "ZZZZZZ", Verifier: codes[0].Verifier},
		"in lower case":      {Locator: strings.ToLower(codes[0].Locator), Verifier: codes[0].Verifier},
		"no text":            {Locator: "AAAA\x00\xff", Verifier: codes[0].Verifier},
		"split elsewhere":    {Locator: codes[0].Locator[:5], Verifier: codes[0].Locator[5:] + codes[0].Verifier},
	} {
		if r, err := findByVerifier(t, d, c); r != nil || err != db.ErrRecovery { //nolint:errorlint // the identical error
			t.Errorf("%s: %v", name, err)
		}
	}
	// What looks like a code with this locator does not work as one that the service made.
	if r, err := findRecovery(t, d, codes[0].Locator+strings.Repeat("0", 26)); r != nil || !errors.Is(err, db.ErrRecovery) {
		t.Errorf("a code in place of its verifier: %v", err)
	}
	// A code that the service made is asked for by itself.
	if r, err := findByVerifier(t, d, db.NewRecoveryCode{Locator: old[0][:4] + old[0][5:7], Verifier: codes[0].Verifier}); r != nil || !errors.Is(err, db.ErrServerCode) {
		t.Errorf("the verifier of an older code: %v", err)
	}
	if r, err := findRecovery(t, d, old[0]); err != nil || r.Wrap != "" {
		t.Errorf("an older code: %v", err)
	}

	p := newPasskey()
	p.ID, p.Wrap = d.DB.NewPasskeyID(), &db.NewKeyWrap{Generation: 1, Wrap: wrapOf(5)}
	session := db.NewSession{Token: db.HashToken("recovered"), Idle: time.Hour, Lifetime: time.Hour}
	must(t, d.DB.Recover(t.Context(), alice.ID, found.Code, p, session, nil))
	if wrap, err := d.DB.PasskeyWrap(t.Context(), alice.ID, p.ID); err != nil || wrap != wrapOf(5) {
		t.Errorf("the wrap of the new passkey is %q, %v", wrap, err)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM key_wraps WHERE locator IS NOT NULL`); n != 9 {
		t.Errorf("%d wraps of codes are left", n)
	}
	if r, err := findByVerifier(t, d, codes[0]); r != nil || !errors.Is(err, db.ErrRecovery) {
		t.Errorf("the code works again: %v", err)
	}
}

// The last code that opens the notes is used up only by a passkey that opens them, too.
func TestTheLastCodeWrapStays(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	beginSealing(t, d, alice)
	for i, c := range append(browserCodes(1, true), browserCodes(1, true)[9]) {
		found, err := findByVerifier(t, d, c)
		must(t, err)
		p := newPasskey()
		if i == 10 {
			p.Wrap = &db.NewKeyWrap{Generation: 1, Wrap: wrapOf(5)}
		}
		session := db.NewSession{Token: db.HashToken(fmt.Sprint("recovered ", i)), Idle: time.Hour, Lifetime: time.Hour}
		must(t, d.DB.Recover(t.Context(), alice.ID, found.Code, p, session, nil))
		again, err := findByVerifier(t, d, c)
		if stays := err == nil && again.Wrap == c.Wrap; stays != (i == 9) {
			t.Errorf("code %d works again: %t, %v", i, stays, err)
		}
	}
}

// An operator's link opens the account, and none of its encrypted notes: the new passkey has no wrap, and the codes and the other
// passkey keep theirs.
func TestALinkOpensNoEncryptedNotes(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	beginSealing(t, d, alice)
	moveOn(t, d, alice, db.SealingEndToEnd)
	link, _, err := d.DB.NewRecoveryLink(t.Context(), alice.ID)
	must(t, err)
	found, err := followLink(t, d, link)
	must(t, err)
	if found.Wrap != "" || found.User.Sealing != db.SealingEndToEnd {
		t.Errorf("the link gives the wrap %q of an account that is %s", found.Wrap, found.User.Sealing)
	}
	p := newPasskey()
	p.ID = d.DB.NewPasskeyID()
	session := db.NewSession{Token: db.HashToken("recovered"), Idle: time.Hour, Lifetime: time.Hour}
	must(t, d.DB.Recover(t.Context(), alice.ID, found.Code, p, session, nil))
	if wrap, err := d.DB.PasskeyWrap(t.Context(), alice.ID, p.ID); err != nil || wrap != "" {
		t.Errorf("the new passkey has the wrap %q, %v", wrap, err)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM key_wraps`); n != 11 {
		t.Errorf("%d wraps are left", n)
	}
	s, err := d.DB.LookUpSession(t.Context(), db.Token{User: alice.ID, Hash: session.Token}, "")
	must(t, err)
	if s.Sealing != db.SealingEndToEnd {
		t.Errorf("the state is %s", s.Sealing)
	}
	if code, err := findByVerifier(t, d, browserCodes(1, true)[0]); err != nil || code.Wrap == "" {
		t.Errorf("a code: %v", err)
	}
}

// A recovery stores the wrap of the new passkey only if it is of the account's key, and otherwise does nothing.
func TestARecoveryWithAnotherKeyIsRefused(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	recoverWithWrap := func(generation int, wrap string) error {
		found, err := findByVerifier(t, d, browserCodes(1, true)[0])
		must(t, err)
		p := newPasskey()
		p.Wrap = &db.NewKeyWrap{Generation: generation, Wrap: wrap}
		return d.DB.Recover(t.Context(), alice.ID, found.Code, p, db.NewSession{Token: db.HashToken("recovered"), Idle: time.Hour, Lifetime: time.Hour}, nil)
	}
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(1, false)))
	if err := recoverWithWrap(1, wrapOf(1)); !isInvalid(err, "wraps") {
		t.Errorf("of an account without a key: %v", err)
	}
	beginSealing(t, d, alice)
	if err := recoverWithWrap(2, wrapOf(1)); !isInvalid(err, "wraps") {
		t.Errorf("of another key: %v", err)
	}
	if err := recoverWithWrap(1, "AAAA"); !isInvalid(err, "wraps") {
		t.Errorf("of another form: %v", err)
	}
	if n := codesLeft(t, d, alice); n != 10 || len(passkeys(t, d, alice)) != 1 {
		t.Errorf("%d codes are left", n)
	}
	must(t, recoverWithWrap(1, wrapOf(1)))
}
