package e2e

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/postgres"
)

// The test searches a dump, every file of the database including its journal, and the logs of both processes for notes,
// personal data and credentials, even of failed requests. PostgreSQL logs every statement.
func TestNoPlaintextInDatabaseOrLogs(t *testing.T) {
	t.Parallel()
	a := startEmbedded(t)
	beside := a.logEverything(t)
	secrets := a.plantSecrets(t)
	searched := a.stored(t, beside)
	var data int // bytes of the database's files
	for _, content := range searched {
		data += len(content)
	}
	a.stop(t)
	searched["the logs"] = []byte(a.stderr.String())

	// A public text is found, which shows that the search works.
	for sign, where := range map[string]string{
		"Canary Shop": "the dump", `"path":"/graphql"`: "the logs", "INSERT INTO audit_events": "the logs", "account.created": "pg_wal", "assertion.refused": "base",
	} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(searched)), func(name string) bool {
			return strings.Contains(name, where) && bytes.Contains(searched[name], []byte(sign))
		}) {
			t.Errorf("not even %q is in %s", sign, where)
		}
	}
	for what, canary := range secrets {
		if len(canary) < 8 {
			t.Errorf("%s is %q", what, canary)
			continue
		}
		for _, form := range []string{canary, hex.EncodeToString([]byte(canary)), strings.ReplaceAll(canary, "-", "")} {
			for where, content := range searched {
				if bytes.Contains(content, []byte(form)) {
					t.Errorf("%s (%s) is in %s", what, form, where)
				}
			}
		}
	}
	t.Logf("%d canaries looked for in %d files of %d MB, a dump and the logs", len(secrets), len(searched)-2, data>>20)
}

// stored returns a dump and every file of the embedded database, with its journal.
func (a *aside) stored(t *testing.T, beside *pgx.Conn) map[string][]byte {
	t.Helper()
	execute(t, beside, `CHECKPOINT`)
	files := map[string][]byte{"the dump": dbtest.DumpOf(t, beside.Config().ConnString())}
	root, err := filepath.EvalSymlinks(filepath.Join(a.dataDir, "postgres"))
	must(t, err)
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files[path], err = os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // removed in the meantime
			delete(files, path)
			return nil
		}
		return err
	}))
	return files
}

// logEverything makes PostgreSQL log as much as possible, and returns a connection as its superuser.
func (a *aside) logEverything(t *testing.T) *pgx.Conn {
	t.Helper()
	_, err := postgres.Start(t.Context(), postgres.Config{DataDir: a.dataDir})
	var running *postgres.RunningError
	if !errors.As(err, &running) {
		t.Fatalf("it does not run: %v", err)
	}
	a.url = running.URL()
	key, err := os.ReadFile(filepath.Join(a.dataDir, "master.key"))
	must(t, err)
	a.env = append(a.env, masterKey+strings.TrimSpace(string(key)))
	u, err := url.Parse(a.url)
	must(t, err)
	u.User = url.User("postgres")
	beside, err := pgx.Connect(t.Context(), u.String())
	must(t, err)
	t.Cleanup(func() { _ = beside.Close(t.Context()) })
	for setting, value := range map[string]string{
		"log_min_messages": "debug2", "log_statement": "all", "log_min_duration_statement": "0", "log_error_verbosity": "verbose",
		"log_min_error_statement": "debug2", "log_parameter_max_length": "-1", "log_parameter_max_length_on_error": "-1",
	} {
		execute(t, beside, fmt.Sprintf(`ALTER SYSTEM SET %s = '%s'`, setting, value))
	}
	execute(t, beside, `SELECT pg_reload_conf()`)
	return beside
}

func execute(t *testing.T, c *pgx.Conn, statement string) {
	t.Helper()
	_, err := c.Exec(t.Context(), statement)
	must(t, err)
}

// plantSecrets uses every path through Aside, including failing ones, and returns the texts that must not be found afterwards.
func (a *aside) plantSecrets(t *testing.T) map[string]string {
	t.Helper()
	c := a.company(t, "Canary Shop", "canary.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	secrets := map[string]string{}
	keep := func(what, canary string) string {
		secrets[what] = canary
		return canary
	}
	signer, backend := c.addSigner(t, "HS256"), keep("a server key", c.serverKey(t))
	keep("a shared secret", signer.Secret())

	alice := c.visitor(t)
	// Personal data: what a tenant asserts, and the names of people and devices.
	who := func(what string) (subject string, named func(*authtest.Proof)) {
		subject = keep("the subject of "+what, "canary-"+what+"-sub")
		keep("the e-mail of "+what, subject+"@post.example")
		return subject, authtest.Claim("name", keep("the name of "+what, "canary-"+what+"-name"))
	}
	joe, named := who("joe")
	assertion := keep("an assertion", c.assert(signer, joe, alice.Key.Thumbprint(), named, authtest.Claim("jti", keep("a jti", "canary-jti-61"))))
	handle := keep("an identity handle", c.handle(t, assertion, alice.Key))
	c.signIn(t, alice, handle)
	joe, named = who("joe again") // and linked, too
	c.signIn(t, alice, c.handle(t, c.assert(signer, joe, "", named), alice.Key))
	elsewhere := c.visitor(t)
	c.signIn(t, elsewhere, c.handle(t, c.assert(signer, joe, "", named), elsewhere.Key)) // refused: it is Alice's
	alice.Account(t, `mutation { renameViewer(displayName: "`+keep("what she is called", "canary-alice-61")+`") { id } }`).Must(t, http.StatusOK)
	passkey := alice.Account(t, `{ viewer { passkeys { id } } }`).Must(t, http.StatusOK)
	var owned struct {
		Data struct {
			Viewer struct{ Passkeys []struct{ ID string } }
		}
	}
	passkey.JSON(t, &owned)
	alice.Account(t, `mutation { renamePasskey(id: "`+owned.Data.Viewer.Passkeys[0].ID+`", name: "`+keep("a passkey's name", "canary-phone-61")+`") { id } }`).Must(t, http.StatusOK)
	for _, claim := range []string{"iss", "aud", "nonce"} {
		c.exchange(t, c.assert(signer, joe, "", authtest.Claim(claim, keep("a wrong "+claim, "canary-"+claim+"-61"))), authtest.NewKey()).Must(t, http.StatusBadRequest)
	}
	keep("a verifier", alice.Verifier)
	keep("an access token", alice.Token)
	code := keep("a code", alice.Code(t))
	alice.Redeem(t, code).Must(t, http.StatusOK)
	alice.Redeem(t, code).Must(t, http.StatusBadRequest)
	keep("an access token that was taken back", alice.Token)
	alice.Redeem(t, keep("a guessed code", "canary-code-8412")).Must(t, http.StatusBadRequest)
	alice.Redeem(t, alice.Code(t)).Must(t, http.StatusOK)
	keep("a request URI", strings.TrimPrefix(alice.RequestURI(t), "urn:ietf:params:oauth:request_uri:"))

	jane, _ := who("jane")
	ticket := keep("a ticket", c.ticket(t, backend, jane))
	c.handle(t, ticket, authtest.NewKey())
	c.exchange(t, ticket, authtest.NewKey()).Must(t, http.StatusBadRequest)
	c.exchange(t, keep("a forged assertion", assertion[:len(assertion)-8]+"canary84"), authtest.NewKey()).Must(t, http.StatusBadRequest)
	c.callAPI(t, keep("a guessed server key", "sk_canary0guess"), `{ viewer { id } }`, nil)
	vera, named := who("vera")
	keep("a vouched session's token", c.openVouched(t, c.assert(signer, vera, "", named), authtest.NewKey()).Must(t, http.StatusOK).Text("access_token"))

	a.plantNotes(t, alice, keep)

	for _, cookie := range alice.Cookies {
		if cookie.Name != "__Host-aside_used" { // which is the same for everybody
			keep("the cookie "+cookie.Name, cookie.Value)
		}
	}
	var made struct {
		Data struct{ RegenerateRecoveryCodes []string }
	}
	alice.Account(t, `mutation { regenerateRecoveryCodes }`).Must(t, http.StatusOK).JSON(t, &made)
	for i, recovery := range made.Data.RegenerateRecoveryCodes {
		keep(fmt.Sprint("recovery code ", i), recovery)
	}
	lost := c.visitor(t)
	recovery := secrets["recovery code 0"]
	lost.TryBegin(t, "recovery", map[string]string{"code": recovery[:len(recovery)-4] + "0000"})
	var offer authtest.CeremonyOptions
	lost.TryBegin(t, "recovery", map[string]string{"code": recovery}).Must(t, http.StatusOK).JSON(t, &offer)
	keep("a ceremony", offer.Ceremony)
	lost.Finish(t, "recovery", offer.Ceremony, lost.Authenticator.Register(t, offer.Options)).Must(t, http.StatusOK)
	lost.Finish(t, "recovery", offer.Ceremony, []byte(`{"canary":"`+keep("what a ceremony is answered", "canary-credential")+`"}`))
	alice.Revoke(t).Must(t, http.StatusOK)
	return secrets
}

// plantNotes writes, searches, changes, exports and fails.
func (a *aside) plantNotes(t *testing.T, v *authtest.Visitor, keep func(what, canary string) string) {
	t.Helper()
	ask := func(query string, edits ...func(*authtest.Call)) *authtest.Answer {
		return v.GraphQL(t, query, nil, edits...)
	}
	title, body, tag := keep("a title", "canary-title-61"), keep("a text", "canary-body-61"), keep("a tag", "canary-tag-61")
	written := ask(`mutation { createNote(input: {title: "`+title+`", body: "`+body+`", tags: ["`+tag+`"]}) { note { id } } }`).Must(t, http.StatusOK)
	id := written.Text("data", "createNote", "note", "id")
	ask(`{ notes(filter: {search: "`+keep("a search", "canary-search-61")+`", tag: "`+tag+`"}) { edges { node { id } } } }`).Must(t, http.StatusOK)
	ask(`mutation { updateNote(input: {id: "` + id + `", version: 9, title: "` + keep("what came late", "canary-late-61") + `"}) { note { id } } }`)
	ask(`mutation { updateNote(input: {id: "`+id+`", version: 1, title: "`+keep("a second title", "canary-second-61")+`"}) { note { id } } }`).Must(t, http.StatusOK)
	ask(`mutation { createNote(input: {id: "` + keep("an id that is none", "canary-id-61") + `", title: "x"}) { note { id } } }`)
	ask(`mutation { createNote(input: {title: "` + keep("what is too long", "canary-long-61") + strings.Repeat("x", 300) + `"}) { note { id } } }`)
	ask(`mutation { createNote(input: {title: "nul \u0000 ` + keep("what cannot be kept", "canary-nul-61") + `"}) { note { id } } }`)
	ask(`{ ` + keep("no such field", "canaryfield61") + ` }`)
	ask(`{ viewer { id } }`, authtest.WithHeader("DPoP", keep("a proof that is none", "canary-proof-61")))
	ask(`{ viewer { id } }`, authtest.WithHeader("Authorization", "DPoP "+keep("a guessed token", "canary-token-61")))
	ask(`{ viewer { id } }`, func(call *authtest.Call) { call.URL += "?note=" + keep("a query string", "canary-query-61") })
	ask("", func(call *authtest.Call) {
		call.JSON = "not an object " + keep("a body that is none", "canary-json-61")
	})
	gone := ask(`mutation { createNote(input: {title: "`+keep("what is deleted", "canary-gone-61")+`"}) { note { id } } }`).Text("data", "createNote", "note", "id")
	for _, act := range []string{"trashNote", "deleteNote"} {
		ask(`mutation { `+act+`(id: "`+gone+`") { `+map[string]string{"trashNote": "note { id }", "deleteNote": "id"}[act]+` } }`).Must(t, http.StatusOK)
	}
	v.Post(t, "/account/export", nil).Must(t, http.StatusOK)
}
