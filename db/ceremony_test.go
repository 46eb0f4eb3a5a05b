package db_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/internal/secret"
)

var ceremonyBrowser = db.HashToken("browser")

// startCeremony starts a ceremony in a browser.
func startCeremony(t *testing.T, d *db.DB, kind db.CeremonyKind, lifetime time.Duration) secret.Text {
	t.Helper()
	text, err := d.StartCeremony(t.Context(), kind, uuid.Nil, ceremonyBrowser, []byte(`{"challenge":"`+strings.Repeat("x", 100)+`"}`), lifetime)
	must(t, err)
	return text
}

// The browser has the state of a ceremony, sealed. Nothing is stored, and only that browser's answer of that kind counts.
func TestSealedCeremony(t *testing.T) {
	d := dbtest.New(t)
	other := d.Node(t, db.Options{MaxConns: 4})
	text := startCeremony(t, d.DB, db.CeremonyLogin, time.Minute)
	if c, err := other.TakeCeremony(t.Context(), db.CeremonyLogin, text, ceremonyBrowser); err != nil || !strings.Contains(string(c.Data), "xxx") {
		t.Fatalf("on another node: %+v, %v", c, err)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT (SELECT count(*) FROM ceremonies) + (SELECT count(*) FROM spent_proofs)`); n != 0 {
		t.Errorf("%d rows are stored for it", n)
	}
	revealed := text.Reveal()
	if strings.Contains(revealed, "xxx") {
		t.Error("it is not sealed")
	}
	gone := func(what string, kind db.CeremonyKind, text secret.Text, browser db.TokenHash) {
		t.Helper()
		if _, err := d.DB.TakeCeremony(t.Context(), kind, text, browser); !db.IsCode(err, db.CodeGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone("in another browser", db.CeremonyLogin, text, db.HashToken("another"))
	for _, kind := range []db.CeremonyKind{db.CeremonyRegistration, db.CeremonyAddition, db.CeremonyConfirmation, db.CeremonyRecovery} {
		gone("as "+string(kind), kind, text, ceremonyBrowser)
		gone("of kind "+string(kind), db.CeremonyLogin, startCeremony(t, d.DB, kind, time.Minute), ceremonyBrowser)
	}
	gone("expired", db.CeremonyLogin, startCeremony(t, d.DB, db.CeremonyLogin, -time.Millisecond), ceremonyBrowser)
	for i := range revealed { // the last character may have bits that mean nothing
		altered := []byte(revealed)
		if altered[i]++; altered[i] == '{' || altered[i] == '[' || altered[i] == ':' || altered[i] == '.' || altered[i] == '`' {
			altered[i] = 'A'
		}
		gone("altered", db.CeremonyLogin, secret.Of(string(altered)), ceremonyBrowser)
	}
	for _, s := range []string{"", revealed[1:], revealed[:len(revealed)-1], revealed + "A", revealed + "=", revealed + "\n", " " + revealed} {
		gone("cut or longer", db.CeremonyLogin, secret.Of(s), ceremonyBrowser)
	}
	if _, err := dbtest.New(t).DB.TakeCeremony(t.Context(), db.CeremonyLogin, text, ceremonyBrowser); !db.IsCode(err, db.CodeGone) {
		t.Errorf("at another installation: %v", err)
	}
}

// Of two answers to a ceremony, on whatever nodes, one is accepted.
func TestSealedCeremonyIsSpentOnce(t *testing.T) {
	d := dbtest.New(t)
	other := d.Node(t, db.Options{MaxConns: 4})
	alice := d.Person(t, "Alice")
	take := func(node *db.DB, kind db.CeremonyKind, text secret.Text) (*db.Ceremony, error) {
		return node.TakeCeremony(t.Context(), kind, text, ceremonyBrowser)
	}
	signIn := func(node *db.DB, c *db.Ceremony) error {
		s := db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour, Ceremony: c}
		return node.SignIn(t.Context(), alice.ID, passkeys(t, d, alice)[0], s, nil)
	}
	sessions := func() int {
		t.Helper()
		return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM sessions WHERE user_id = $1`, alice.ID)
	}
	isGone := func(what string, err error) {
		t.Helper()
		if !db.IsCode(err, db.CodeGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
	both := func() (a, b *db.Ceremony) {
		t.Helper()
		text := startCeremony(t, d.DB, db.CeremonyLogin, time.Minute)
		a, err := take(d.DB, db.CeremonyLogin, text)
		must(t, err)
		b, err = take(other, db.CeremonyLogin, text)
		must(t, err)
		return a, b
	}
	before := sessions()
	a, b := both()
	must(t, signIn(d.DB, a))
	isGone("a second sign-in", signIn(other, b))
	isGone("a refusal after a sign-in", other.SpendCeremony(t.Context(), b))
	a, b = both()
	must(t, d.DB.SpendCeremony(t.Context(), a)) // its answer was refused
	isGone("a sign-in after a refusal", signIn(other, b))
	if n := sessions(); n != before+1 {
		t.Errorf("%d sessions are made", n-before)
	}
	for _, kind := range []db.CeremonyKind{db.CeremonyRegistration, db.CeremonyAddition, db.CeremonyConfirmation, db.CeremonyRecovery} {
		text := startCeremony(t, d.DB, kind, time.Minute)
		_, err := take(d.DB, kind, text)
		must(t, err)
		_, err = take(other, kind, text)
		isGone(string(kind), err)
	}
	d.Exec(t, `UPDATE spent_proofs SET expires_at = now() - interval '1 second'`)
	must(t, d.DB.Sweep(t.Context()))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM spent_proofs`); n != 0 {
		t.Errorf("%d are not swept", n)
	}
}

// While an upgrade is not finished, ceremonies are stored, so that nodes of the earlier release find them too.
func TestCeremoniesDuringAnUpgrade(t *testing.T) {
	d := dbtest.At(t, dbtest.EmptyURL(t))
	d.Master = newMaster()
	d.Keys = keyringOf(t, d.Master)
	must(t, db.Expand(t.Context(), d.URL))
	node := d.Node(t, db.Options{MaxConns: 4})
	text := startCeremony(t, node, db.CeremonyLogin, time.Minute)
	hash := db.HashToken(text.Reveal())
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM ceremonies WHERE id_hash = $1`, hash[:]); n != 1 {
		t.Error("it is not stored")
	}
	must(t, node.Sweep(t.Context())) // finishes the upgrade
	if n := len(startCeremony(t, node, db.CeremonyLogin, time.Minute).Reveal()); n < 100 {
		t.Errorf("it is not sealed after the upgrade: %d characters", n)
	}
	_, err := node.TakeCeremony(t.Context(), db.CeremonyLogin, text, ceremonyBrowser)
	must(t, err)
	if _, err := node.TakeCeremony(t.Context(), db.CeremonyLogin, text, ceremonyBrowser); !db.IsCode(err, db.CodeGone) {
		t.Errorf("a second time: %v", err)
	}
}
