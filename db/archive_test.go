package db_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// archive writes the person's archive and returns its files and their names in order.
func archive(t *testing.T, d *dbtest.Database, p *dbtest.Person) (names []string, files map[string]string) {
	t.Helper()
	a, err := d.DB.NewArchive(t.Context(), p.Account)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := a.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := files[strings.ToLower(f.Name)]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		files[strings.ToLower(f.Name)] = ""
		names, files[f.Name] = append(names, f.Name), string(content)
	}
	return names, files
}

type archivedNote struct {
	ID, TenantID, Tenant, Title, Body string
	Tags                              []string
	Context                           *db.NoteContext
	Pinned                            bool
	Version                           int
	CreatedAt, UpdatedAt              time.Time
	TrashedAt                         *time.Time
}

// readMarkdown parses a note's Markdown file.
func readMarkdown(t *testing.T, file string) (n archivedNote) {
	t.Helper()
	front, body, ok := strings.Cut(strings.TrimPrefix(file, "---\n"), "\n---\n\n")
	if !ok || !strings.HasPrefix(file, "---\n") {
		t.Fatalf("no front matter: %q", file)
	}
	fields := map[string]json.RawMessage{}
	for line := range strings.Lines(front) {
		name, value, _ := strings.Cut(line, ": ")
		fields[name] = json.RawMessage(strings.TrimSpace(value))
	}
	b, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &n); err != nil {
		t.Fatal(err)
	}
	n.Body = body
	return n
}

// Both forms of an archive contain all of the person's notes, with any title, of every tenant and in the trash, and
// nobody else's.
func TestAnArchiveHoldsEverything(t *testing.T) {
	d := dbtest.New(t)
	shop, paper, evil := d.Tenant(t, "Shop"), d.Tenant(t, "Shop"), d.Tenant(t, "../../etc")
	alice := newFullAccount(t, d, shop, "Alice").Person
	newFullAccount(t, d, shop, "Bob")
	written := map[string]*db.Note{}
	titles := []string{
		"", "plain", "plain", "PLAIN", "../../../etc/passwd", `C:\con`, "a/b\\c:d*e?f\"g<h>i|j", "...", "  spaced  ", "\u202egnp.exe",
		"---", `quotes " and ' and {yaml: [1]} # x`, "名前 ノート", "🔐", strings.Repeat("long ", 40), strings.Repeat("長", 200), "CON", "tab\tin it",
	}
	contexts := []*db.NoteContext{nil, {ID: "article: 7", Title: "\u2028 # Seven"}}
	for i, tenant := range []*db.Tenant{shop, paper, evil} {
		owner := alice.Widget(t, tenant).Owner()
		for j, title := range titles {
			n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{
				Title: title, Body: fmt.Sprintf("---\nBody %d of %d\r\n\n---\n\n<b>\u2028 ", j, i), Tags: []string{"a: b", `"q"`}[:j%3], Pinned: j%2 == 0, Context: contexts[j%2],
			})
			if err != nil {
				t.Fatal(err)
			}
			if j%5 == 0 {
				if n, err = d.DB.TrashNote(t.Context(), owner, n.ID); err != nil {
					t.Fatal(err)
				}
			}
			written[n.ID.String()] = n
		}
	}
	for range 60 { // more than one batch
		n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "one of many"})
		if err != nil {
			t.Fatal(err)
		}
		written[n.ID.String()] = n
	}

	names, files := archive(t, d, alice)
	var notes []archivedNote
	if err := json.Unmarshal([]byte(files["notes.json"]), &notes); err != nil {
		t.Fatal(err)
	}
	fromJSON, fromFiles := map[string]archivedNote{}, map[string]archivedNote{}
	for _, n := range notes {
		fromJSON[n.ID] = n
	}
	folders := map[string]string{}
	for _, name := range names[2:] {
		n := readMarkdown(t, files[name])
		fromFiles[n.ID] = n
		parts := strings.Split(name, "/")
		if len(parts) != 3 || parts[0] != "notes" || !strings.HasPrefix(parts[2], n.CreatedAt.Format("2006-01-02 ")) || !strings.HasSuffix(name, ".md") ||
			strings.ContainsAny(name, "\\:*?\"<>|\x00\t\n\u202e") || strings.Contains(name, "..") || len(name) > 300 {
			t.Errorf("a file is called %q", name)
		}
		if at, known := folders[n.TenantID]; known && at != parts[1] {
			t.Errorf("notes of %s lie in %s and %s", n.TenantID, at, parts[1])
		}
		folders[n.TenantID] = parts[1]
	}
	if folders[shop.Key] == folders[paper.Key] {
		t.Error("two tenants of one name have one folder")
	}
	if !reflect.DeepEqual(fromJSON, fromFiles) {
		t.Error("the two forms differ")
	}
	for id, want := range written {
		got := fromFiles[id]
		if got.Title != want.Title || got.Body != want.Body || strings.Join(got.Tags, ",") != strings.Join(want.Tags, ",") || got.Pinned != want.Pinned ||
			got.Version != want.Version || got.TenantID != want.TenantKey || !got.CreatedAt.Equal(want.CreatedAt) || !got.UpdatedAt.Equal(want.UpdatedAt) ||
			(got.TrashedAt == nil) != (want.TrashedAt == nil) || !reflect.DeepEqual(got.Context, want.Context) {
			t.Errorf("note %q came back as %+v", want.Title, got)
		}
	}
	if len(fromFiles) != len(written)+2 { // live created two of them that remain: one kept and one in the trash
		t.Errorf("%d notes of %d", len(fromFiles), len(written)+2)
	}

	var account struct {
		ID, DisplayName string
		Passkeys        []any
		SessionList     []any
		Identities      []struct{ Subject string }
		Allowed         []struct{ Tenant string }
		Memberships     []struct{ Tenant, Role string }
		Events          []struct{ Action string }
	}
	if err := json.Unmarshal([]byte(files["account.json"]), &account); err != nil {
		t.Fatal(err)
	}
	if account.ID != alice.ID.String() || account.DisplayName != "Alice" || len(account.Passkeys) != 2 || len(account.SessionList) == 0 ||
		account.Identities[0].Subject != "Alice-at-the-shop" || len(account.Allowed) != 3 || account.Memberships[0].Role != "OWNER" || len(account.Events) == 0 {
		t.Errorf("the account is %+v", account)
	}
	if strings.Contains(fmt.Sprint(files), "Bob") {
		t.Error("something of Bob's is in it")
	}
}

func TestAnEmptyArchive(t *testing.T) {
	d := dbtest.New(t)
	names, files := archive(t, d, d.Person(t, "Alice"))
	if len(names) != 2 || files["notes.json"] != "[]\n" {
		t.Errorf("%q, %q", names, files["notes.json"])
	}
}

func TestArchiveNeedsConfirmation(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	d.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes'`)
	if _, err := d.DB.NewArchive(t.Context(), alice.Account); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("%v", err)
	}
}

// An archive fails when the session ends while it is being written. It is never silently incomplete.
func TestAnArchiveOfASessionThatEnds(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, d.Tenant(t, "Shop")).Owner(), db.NewNote{Title: "x"}); err != nil {
		t.Fatal(err)
	}
	a, err := d.DB.NewArchive(t.Context(), alice.Account)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DB.RevokeSession(t.Context(), alice.Account, alice.Account.ID); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := a.Write(t.Context(), &b); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("%v", err)
	}
	if _, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len())); err == nil {
		t.Error("it reads as a whole one")
	}
}

func TestArchivesAreLimited(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	for range 10 {
		if _, err := d.DB.NewArchive(t.Context(), alice.Account); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.DB.NewArchive(t.Context(), alice.Account); !db.IsCode(err, db.CodeRateLimited) {
		t.Errorf("the eleventh: %v", err)
	}
}

// The session must still be live and confirmed after everything but the notes is read, since that read may wait for a lock.
func TestArchiveRequiresLiveSession(t *testing.T) {
	d := dbtest.New(t)
	for name, c := range map[string]struct {
		take string
		want error
	}{
		"the session is revoked":    {`UPDATE sessions SET revoked_at = now() WHERE user_id = $1`, db.ErrNoSession},
		"the confirmation is over":  {`UPDATE sessions SET confirmed_at = now() - interval '1 hour' WHERE user_id = $1`, db.ErrUnconfirmed},
		"nothing is taken from her": {`SELECT $1::uuid`, nil},
	} {
		alice := d.Person(t, "Alice")
		tx, err := d.Connect(t, d.Superuser()).Begin(t.Context())
		must(t, err)
		_, err = tx.Exec(t.Context(), `LOCK TABLE identities IN ACCESS EXCLUSIVE MODE`)
		must(t, err)
		ended := make(chan error, 1)
		go func() {
			_, err := d.DB.NewArchive(t.Context(), alice.Account)
			ended <- err
		}()
		userLock{tx, d.Connect(t, d.Superuser())}.waitUntilBlocked(t, 1, ended)
		_, err = tx.Exec(t.Context(), c.take, alice.ID)
		must(t, err)
		must(t, tx.Commit(t.Context()))
		if err := <-ended; !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
