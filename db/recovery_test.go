package db_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

func makeCodes(t *testing.T, d *dbtest.Database, p *dbtest.Person) []string {
	t.Helper()
	codes, err := d.DB.RegenerateRecoveryCodes(t.Context(), p.Account)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

// findRecovery presents a code from a new address, which has no tries yet.
func findRecovery(t *testing.T, d *dbtest.Database, code string) (*db.Recovery, error) {
	t.Helper()
	return d.DB.FindRecovery(t.Context(), code, "192.0.2.1", uuid.NewString())
}

// recoverWith uses a code.
func recoverWith(t *testing.T, d *dbtest.Database, r *db.Recovery) (db.TokenHash, error) {
	t.Helper()
	var token db.TokenHash
	_, _ = rand.Read(token[:])
	return token, d.DB.Recover(t.Context(), r.User.ID, r.Code, newPasskey(),
		db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour, From: "192.0.2.1"}, nil)
}

func codesLeft(t *testing.T, d *dbtest.Database, p *dbtest.Person) int {
	t.Helper()
	n, err := d.DB.RecoveryCodesLeft(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRecoveryCodesAreReadable(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	codes := makeCodes(t, d, alice)
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){7}$`)
	seen := map[string]bool{}
	for _, code := range codes {
		if !form.MatchString(code) || seen[code] {
			t.Errorf("a code is %s", code)
		}
		seen[code] = true
	}
	if len(codes) != 10 || codesLeft(t, d, alice) != 10 {
		t.Errorf("%d codes, %d left", len(codes), codesLeft(t, d, alice))
	}
	code := codes[0]
	for name, typed := range map[string]string{
		"as it is":             code,
		"in lower case":        strings.ToLower(code),
		"without the hyphens":  strings.ReplaceAll(code, "-", ""),
		"with spaces":          " " + strings.ReplaceAll(code, "-", "  ") + "\n",
		"with letters like it": strings.NewReplacer("0", "o", "1", "L").Replace(code),
	} {
		if r, err := findRecovery(t, d, typed); err != nil || r.User.ID != alice.ID {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The error for an invalid code doesn't tell whether it was ever valid.
func TestInvalidRecoveryCodesAreRefused(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	old := makeCodes(t, d, alice)
	codes := makeCodes(t, d, alice)
	bobs := makeCodes(t, d, bob)
	used, err := findRecovery(t, d, codes[9])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recoverWith(t, d, used); err != nil {
		t.Fatal(err)
	}
	link, _, err := d.DB.NewRecoveryLink(t.Context(), alice.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.Exec(t, `UPDATE recovery_codes SET expires_at = now() WHERE expires_at IS NOT NULL`)
	// Moving Bob's code to Alice in the database doesn't work, since the code is bound to Bob.
	d.Exec(t, `UPDATE recovery_codes SET user_id = $1 WHERE locator = $2`, alice.ID, strings.ReplaceAll(bobs[0], "-", "")[:6])
	last := map[byte]string{'Z': "Y"}[codes[0][len(codes[0])-1]]
	if last == "" {
		last = "Z"
	}
	for name, typed := range map[string]string{
		"nothing":                       "",
		"a word":                        "password",
		"a code that nobody has":        "0000-0000-0000-0000-0000-0000-0000-0000",
		"one with another last letter":  codes[0][:len(codes[0])-1] + last,
		"one's locator with another's":  codes[0][:7] + codes[1][7:],
		"one that was replaced":         old[0],
		"one that was used":             codes[9],
		"one that was moved":            bobs[0],
		"a link that is too old":        link,
		"one with a letter too many":    codes[1] + "A",
		"one with a letter that is not": "U" + codes[1][1:],
		"a book":                        strings.Repeat("A", 1<<16),
		"no text":                       "\xff\x00",
	} {
		if r, err := findRecovery(t, d, typed); r != nil || err != db.ErrRecovery { //nolint:errorlint // the identical error in every case
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if r, err := followLink(t, d, link); r != nil || err != db.ErrRecoveryLink { //nolint:errorlint // the identical error
		t.Errorf("a link that is too old, as one: %+v, %v", r, err)
	}
	if n := codesLeft(t, d, bob); n != 9 {
		t.Errorf("Bob has %d codes left", n)
	}
	if _, err := findRecovery(t, d, codes[1]); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

func TestRecoveryIsLimitedByLocatorAndByAddress(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 2})
	codes := makeCodes(t, d, d.Person(t, "Alice"))
	wrong := codes[0][:7] + codes[1][7:]
	unknown := "0000-00" + codes[1][7:]
	for _, code := range []string{wrong, unknown} {
		for i := range 5 {
			if _, err := d.DB.FindRecovery(t.Context(), code, "192.0.2.1", uuid.NewString()); !errors.Is(err, db.ErrRecovery) {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		// The sixth try, on another node and from another address.
		if _, err := node.FindRecovery(t.Context(), code, "192.0.2.2", uuid.NewString()); !db.IsCode(err, db.CodeRateLimited) {
			t.Errorf("the sixth: %v", err)
		}
	}
	// A stranger who knows a code's locator can't block the person with the right code.
	if _, err := node.FindRecovery(t.Context(), codes[0], "192.0.2.2", uuid.NewString()); err != nil {
		t.Errorf("the right one: %v", err)
	}
	if _, err := findRecovery(t, d, codes[2]); err != nil {
		t.Errorf("another code: %v", err)
	}
	refused := 0
	for range 100 {
		if _, err := d.DB.FindRecovery(t.Context(), uuid.NewString(), "192.0.2.3", "one address"); db.IsCode(err, db.CodeRateLimited) {
			refused++
		}
	}
	if refused != 40 {
		t.Errorf("%d of 100 from one address are refused", refused)
	}
	if _, err := d.DB.FindRecovery(t.Context(), codes[2], "192.0.2.3", "one address"); err != nil {
		t.Errorf("a good one from there: %v", err)
	}
}

// A /48 of IPv6 has 65,536 /64s. Together they are limited like sixteen addresses.
func TestANetworkOfAddressesIsLimited(t *testing.T) {
	d := dbtest.New(t)
	refused := 0
	for i := range 1_000 {
		near := fmt.Sprintf("2001:db8:7:%x::", i)
		if err := d.DB.Allow(t.Context(), db.RecoveriesFrom.From(near)...); db.IsCode(err, db.CodeRateLimited) {
			refused++
		}
	}
	if refused < 35 || refused > 40 { // 960 are allowed, plus those regained during the test
		t.Errorf("%d of 1,000 are refused", refused)
	}
	for _, elsewhere := range []string{"2001:db8:8::", "192.0.2.1"} {
		if err := d.DB.Allow(t.Context(), db.RecoveriesFrom.From(elsewhere)...); err != nil {
			t.Errorf("%s: %v", elsewhere, err)
		}
	}
	if n := len(db.RecoveriesFrom.From("::ffff:192.0.2.2")); n != 1 { // otherwise all of IPv4 would be one network
		t.Errorf("an address of IPv4 in IPv6 counts %d times", n)
	}
}

// A recovery ends every session, uses its code and keeps the other ways to sign in.
func TestRecover(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	codes := makeCodes(t, d, alice)
	widget, bobs := alice.WidgetToken(t, d.Tenant(t, "Shop")), bob.Cookie
	link, expiresAt, err := d.DB.NewRecoveryLink(t.Context(), alice.ID)
	if err != nil || time.Until(expiresAt) < 23*time.Hour || time.Until(expiresAt) > 25*time.Hour {
		t.Fatalf("the link is good until %v, %v", expiresAt, err)
	}
	r, err := findRecovery(t, d, codes[0])
	if err != nil {
		t.Fatal(err)
	}
	again, err := findRecovery(t, d, codes[0]) // presenting a code doesn't use it
	if err != nil {
		t.Fatal(err)
	}
	token, err := recoverWith(t, d, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recoverWith(t, d, again); !db.IsCode(err, db.CodeGone) {
		t.Errorf("used twice: %v", err)
	}
	for name, s := range map[string]struct {
		token db.TokenHash
		jkt   string
	}{"her cookie": {alice.Cookie, ""}, "her widget": {widget, dbtest.Key}} {
		if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: s.token}, s.jkt); !errors.Is(err, db.ErrNoSession) {
			t.Errorf("%s still opens something: %v", name, err)
		}
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: bobs}, ""); err != nil {
		t.Errorf("Bob's cookie: %v", err)
	}
	session, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, "")
	if err != nil || session.UserID != alice.ID {
		t.Fatalf("the new session: %+v, %v", session, err)
	}
	// A code doesn't count as a fresh passkey. Sensitive changes still require one.
	if err := d.DB.RequireConfirmation(t.Context(), session); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("it is confirmed: %v", err)
	}
	if n := codesLeft(t, d, alice); n != 9 || len(passkeys(t, d, alice)) != 2 {
		t.Errorf("%d codes and %d passkeys", n, len(passkeys(t, d, alice)))
	}
	if _, err := followLink(t, d, link); !errors.Is(err, db.ErrRecoveryLink) {
		t.Errorf("the operator's link outlives it: %v", err)
	}
}

// followLink presents the token of an operator's link.
func followLink(t *testing.T, d *dbtest.Database, token string) (*db.Recovery, error) {
	t.Helper()
	return d.DB.FindRecoveryLink(t.Context(), token, "192.0.2.1", uuid.NewString())
}

// A recovery code doesn't work as a link, nor a link's token as a code, in any form. Otherwise a stranger could send
// somebody a link into the stranger's account.
func TestRecoveryCodesAndLinksAreDistinct(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	codes := makeCodes(t, d, alice)
	link, _, err := d.DB.NewRecoveryLink(t.Context(), alice.ID)
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.TrimPrefix(link, "rl_")
	if bare == link || strings.Contains(codes[0], "_") {
		t.Fatalf("a link is %s, a code %s: alike", link, codes[0])
	}
	plain := strings.ReplaceAll(codes[0], "-", "")
	for name, token := range map[string]string{
		"nothing": "", "a prefix alone": "rl_", "a code": codes[0], "a code without hyphens": plain, "a code with the prefix": "rl_" + codes[0],
		"a code without hyphens, with the prefix": "rl_" + plain, "a link without its prefix": bare, "in lower case": strings.ToLower(link),
		"a link with a space": link + " ", "the prefix twice": "rl_" + link, "another prefix": "in_" + bare, "no text": "rl_\xff\x00",
	} {
		if r, err := followLink(t, d, token); r != nil || err != db.ErrRecoveryLink { //nolint:errorlint // the identical error in every case
			t.Errorf("as a link, %s: %+v, %v", name, r, err)
		}
	}
	for name, typed := range map[string]string{"a link": link, "a link without its prefix": bare} {
		if r, err := findRecovery(t, d, typed); r != nil || err != db.ErrRecovery { //nolint:errorlint // the identical error
			t.Errorf("as a code, %s: %+v, %v", name, r, err)
		}
	}
	// Changing the database doesn't turn one into the other either.
	d.Exec(t, `UPDATE recovery_codes SET expires_at = CASE WHEN expires_at IS NULL THEN now() + interval '1 hour' END`)
	if r, err := followLink(t, d, "rl_"+plain); r != nil || err != db.ErrRecoveryLink { //nolint:errorlint // the identical error
		t.Errorf("a code with an expiry is a link: %+v, %v", r, err)
	}
	if r, err := findRecovery(t, d, bare); r != nil || err != db.ErrRecovery { //nolint:errorlint // the identical error
		t.Errorf("a link without an expiry is a code: %+v, %v", r, err)
	}
	d.Exec(t, `UPDATE recovery_codes SET expires_at = CASE WHEN expires_at IS NULL THEN now() + interval '1 hour' END`)
	for name, present := range map[string]func() (*db.Recovery, error){
		"the code": func() (*db.Recovery, error) { return findRecovery(t, d, codes[0]) },
		"the link": func() (*db.Recovery, error) { return followLink(t, d, link) },
	} {
		if r, err := present(); err != nil || r.User.ID != alice.ID || r.User.CreatedAt.IsZero() {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestRecoveryCodesNeedConfirmation(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	d.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes'`)
	if codes, err := d.DB.RegenerateRecoveryCodes(t.Context(), alice.Account); codes != nil || !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("%d codes, %v", len(codes), err)
	}
}

// The last passkey can be deleted while recovery codes are left, and not otherwise.
func TestLastPasskeyCanBeRemovedWithRecoveryCodes(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	only := passkeys(t, d, alice)[0].ID
	if _, _, err := d.DB.NewRecoveryLink(t.Context(), alice.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, only); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("with an operator's link alone: %v", err)
	}
	code := makeCodes(t, d, alice)[0]
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, only); err != nil {
		t.Fatalf("with codes: %v", err)
	}
	r, err := findRecovery(t, d, code)
	if err != nil || len(r.User.Passkeys) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := recoverWith(t, d, r); err != nil {
		t.Errorf("and back: %v", err)
	}
}

// A code stays valid under a new master key as long as the old one is configured.
func TestACodeOutlivesANewMasterKey(t *testing.T) {
	d := dbtest.New(t)
	code := makeCodes(t, d, d.Person(t, "Alice"))[0]
	master := make([]byte, seal.KeySize)
	_, _ = rand.Read(master)
	keys, err := seal.NewKeyring(master, d.Master)
	if err != nil {
		t.Fatal(err)
	}
	d.Keys = keys
	node := d.Node(t, db.Options{MaxConns: 2})
	if _, err := node.FindRecovery(t.Context(), code, "", "x"); err != nil {
		t.Error(err)
	}
}

// Neither the database nor the audit log contains a code.
func TestRecoveryCodesAreNotStored(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	codes := makeCodes(t, d, alice)
	link, _, err := d.DB.NewRecoveryLink(t.Context(), alice.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := findRecovery(t, d, codes[0][:len(codes[0])-4]+"0000"); !errors.Is(err, db.ErrRecovery) {
		t.Fatal(err)
	}
	dump := string(d.Dump(t))
	for _, code := range append(codes, link) {
		secret := strings.ReplaceAll(code, "-", "")[6:]
		if strings.Contains(dump, code) || strings.Contains(dump, secret[:20]) {
			t.Errorf("the dump holds %s", code)
		}
	}
	for _, action := range []string{"recovery_codes.made", "recovery_link.made", "recovery.refused"} {
		if !strings.Contains(dump, "\t"+action+"\t") {
			t.Errorf("the audit log has no %s", action)
		}
	}
	if !strings.Contains(dump, "192.0.2.0/24") || strings.Contains(dump, "192.0.2.1\t") {
		t.Error("the audit log has not the network, or more than that")
	}
}

func TestRecoveryLinkNeedsAnAccount(t *testing.T) {
	d := dbtest.New(t)
	if _, _, err := d.DB.NewRecoveryLink(t.Context(), uuid.New()); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("%v", err)
	}
	vera, err := signInVouched(t, d, d.Tenant(t, "Shop"), joe)
	must(t, err)
	if _, _, err := d.DB.NewRecoveryLink(t.Context(), vera.UserID); !db.IsCode(err, db.CodeNotFound) { // its tenant opens it
		t.Errorf("of a vouched account: %v", err)
	}
}
