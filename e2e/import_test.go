package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/company-a/aside/db/dbtest"
)

// chooses chooses files, or a folder, in a field of the import.
func (w *window) chooses(label, path string) {
	w.t.Helper()
	w.tabTo("field", label)
	must(w.t, chromedp.Do(w.ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]:focus`), []string{path})))
}

// folderOf writes files into a folder that the person's browser may read.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	must(t, os.Chmod(root, 0o777))
	for name, content := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o777))
		must(t, os.WriteFile(path, []byte(content), 0o666))
	}
	return root
}

// A person with end-to-end encryption imports a folder that has what Google Keep and Simplenote export, and files of Markdown. The notes
// have earlier versions, too. After signing out, nobody is offered to undo the import.
func TestAFolderIsImportedIntoAnEncryptedAccount(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.prf = true
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	w.find("button", "New note")
	w.turnOnEncryption(a)

	w.clickOn("link", "Your data")
	w.chooses("A folder", folderOf(t, map[string]string{
		"Takeout/Keep/Tea.json": `{"title": "Keep: tea", "textContent": "Second steep.", "isTrashed": false, "isPinned": false, "isArchived": true,
			"labels": [{"name": "kitchen"}, {"name": "` + strings.Repeat("l", 51) + `"}], "userEditedTimestampUsec": 1714557600000000}`,
		"Takeout/Keep/Tea.html":         "<p>Second steep.</p>",
		"Takeout/Keep/Labels.txt":       "kitchen",
		"simplenote/source/notes.json":  `{"activeNotes": [{"content": "Simple: pots\r\n\r\nRinse them.", "tags": ["kitchen"], "lastModified": "2026-05-01T10:00:00Z"}], "trashedNotes": []}`,
		"simplenote/Simple pots.txt":    "Simple: pots\r\n\r\nRinse them.\r\n\r\nTags:\r\n  kitchen",
		"Markdown/Oolong.md":            "---\ntags: [spring]\n---\n\nOrder the spring harvest.",
		"Markdown/picture of a pot.jpg": "no note",
	}))
	w.sees("3 notes to import")
	w.sees("1 note loses tags")
	w.sees("1 file is skipped")
	w.sees("not a note")
	w.checkPage("import-folder")
	w.press("Import")
	w.sees("3 notes imported")
	w.follow("Notes")
	w.sees("Keep: tea")
	w.sees("Simple: pots")
	w.follow("Keep: tea")
	w.wait("text and tags of the note", func() bool { return w.value("Note") == "Second steep." && w.value("Tags") == "archive, kitchen" })

	dbtest.At(t, a.url).Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`)
	w.enter("Note", "Third steep.")
	w.sees("Saved")
	w.press("Earlier versions")
	w.openVersion()
	w.press("Restore")
	w.wait("the earlier text", func() bool { return w.value("Note") == "Second steep." })

	w.press("Sign out")
	w.sees("You are signed out.")
	w.press("Sign in with a passkey")
	w.sees("Only you can read your notes")
	w.visit(a.account + "/account/data")
	w.tabTo("field", "A folder")
}

// An answer answers a request of an import. It may forward the request to the service.
type answer func(w http.ResponseWriter, r *http.Request, forward http.Handler)

// importAnswers answers the requests of an import in order. It forwards everything else.
type importAnswers struct {
	forward http.Handler
	answers []answer
	asked   atomic.Int32
}

func (i *importAnswers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Path == "/graphql" && bytes.Contains(body, []byte("mutation Import(")) {
		if n := int(i.asked.Add(1)); n <= len(i.answers) {
			i.answers[n-1](w, r, i.forward)
			return
		}
	}
	i.forward.ServeHTTP(w, r)
}

func pass(w http.ResponseWriter, r *http.Request, forward http.Handler) { forward.ServeHTTP(w, r) }

// loseAnswer carries a request out, and breaks its answer off.
func loseAnswer(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	forward.ServeHTTP(httptest.NewRecorder(), r)
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// refuseNote refuses a request for one of its notes.
func refuseNote(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"errors": [{"message": "", "extensions": {"code": "BAD_USER_INPUT", "field": "title"}}]}`)
}

// An import is canceled in the middle, goes on, loses an answer and goes on again: each note is stored once. After the page is loaded
// again, it can still be undone. Each state is accessible, and fits a small screen.
func TestAnInterruptedImportGoesOnAndIsUndone(t *testing.T) {
	t.Parallel()
	a := start(t)
	line := newProxy(t)
	held, release := make(chan bool), make(chan bool)
	hold := func(then answer) answer {
		return func(w http.ResponseWriter, r *http.Request, forward http.Handler) {
			select {
			case held <- true:
				<-release
			case <-r.Context().Done():
			}
			then(w, r, forward)
		}
	}
	line.forward = &importAnswers{forward: line.forward, answers: []answer{pass, hold(pass), hold(loseAnswer), pass, refuseNote}}
	p := newPerson(t, line.route).withoutTimeouts()
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest.")
	files := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		files[name+".md"] = strings.Repeat("tea ", 16_000) // a request each
	}
	database := dbtest.At(t, a.url)
	notes := func() (n int) {
		must(t, database.Connect(t, database.Superuser()).QueryRow(t.Context(), `SELECT count(*) FROM notes WHERE deleted_at IS NULL`).Scan(&n))
		return n
	}

	w := p.account(a, "/data")
	w.chooses("A folder", folderOf(t, files))
	w.sees("4 notes to import")
	w.press("Import")
	<-held
	w.sees("1 of 4 imported")
	w.checkPage("import-running")
	w.press("Cancel")
	w.tabTo("link", "Overview")
	release <- true
	w.find("button", "Try again")
	w.sees("2 of 4 imported")
	if got := w.focused(); got != "Overview" {
		t.Errorf("the import has ended, and the focus is on %q", got)
	}
	w.press("Try again")
	<-held
	w.tabTo("button", "Cancel")
	release <- true
	w.sees("Aside can’t be reached.")
	w.waitForFocus("Import") // since Cancel is gone
	w.checkPage("import-unanswered")
	w.press("Try again")
	w.sees("3 notes imported")
	w.sees("1 note could not be stored")
	w.checkPage("import-refused")
	if got := notes(); got != 4 {
		t.Errorf("there are %d notes, not 4", got)
	}

	w.visit(a.account + "/account/data")
	w.sees("You can still undo your last import.")
	w.checkPage("import-restored")
	w.press("Undo")
	w.sees("The import was undone.")
	if got := notes(); got != 1 {
		t.Errorf("%d notes are left, not the one from before", got)
	}
	w.visit(a.account + "/account/data")
	w.tabTo("field", "A folder")
}
