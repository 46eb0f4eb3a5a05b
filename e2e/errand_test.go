package e2e

import (
	"archive/zip"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// errand is what a person does in their language, by the names that they see, with the keyboard alone.
type errand struct {
	*person
	a          *aside
	name, tag  string
	widgetText map[string]string // the texts of the widget
	text       map[string]string // the texts of the popup and the account
	page       *window           // the shop's page
	steps      int
}

// runErrand runs an errand in German and in Arabic, and in English too if screenshots are taken.
func runErrand(t *testing.T, name string, do func(e *errand)) {
	t.Parallel()
	a := start(t)
	tags := []string{"de", "ar"}
	if *screenshotDir != "" {
		tags = append(tags, "en")
	}
	for _, tag := range tags {
		t.Run(tag, func(t *testing.T) { do(newErrand(t, a, name, tag)) })
	}
}

func newErrand(t testing.TB, a *aside, name, tag string) *errand {
	t.Helper()
	return &errand{person: browserIn(t, tag), a: a, name: name, tag: tag, widgetText: texts(t, tag), text: pageTexts(t, tag)}
}

// onAnotherDevice returns the same person on a device that has none of their passkeys.
func (e *errand) onAnotherDevice() *errand { return newErrand(e.t, e.a, e.name+"-elsewhere", e.tag) }

// shop opens the shop, and returns the widget there.
func (e *errand) shop() *window {
	e.t.Helper()
	e.page = e.visit(e.a.shop)
	evaluate[bool](e.page, `(document.querySelector('aside-notes').setAttribute('locale', '`+e.tag+`'), true)`)
	w := e.widget(e.a)
	w.checkLanguageSoon(e.tag)
	return w
}

// checkLanguageSoon waits until the window's document is in a language.
func (w *window) checkLanguageSoon(tag string) {
	w.t.Helper()
	w.wait("document in "+tag, func() bool {
		got, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.documentElement.lang`))
		return err == nil && got == tag
	})
}

// picture saves a picture of a step, if -screenshots is set.
func (e *errand) picture(w *window) {
	e.steps++
	w.screenshot("errand-" + e.name + "-" + e.tag + "-" + string(rune('a'+e.steps-1)))
}

// signInWindow presses Sign in at the shop, and returns the window.
func (e *errand) signInWindow(w *window) *window {
	e.t.Helper()
	popup := w.opens(func() { w.press(e.widgetText["signIn"]) })
	popup.find("button", e.text["lostPasskey"])
	e.picture(popup)
	return popup
}

// signUpAndWrite creates an account at the shop, and writes a note.
func (e *errand) signUpAndWrite() *window {
	e.t.Helper()
	w := e.shop()
	e.picture(e.page)
	popup := e.signInWindow(w)
	popup.press(e.text["createAccount"])
	popup.find("button", e.text["allow"])
	e.picture(popup)
	popup.press(e.text["allow"])
	popup.closes()
	w.sees(e.widgetText["none"])
	e.picture(e.page)
	e.write(w, "Oolong", "Order the spring harvest before Friday.")
	e.picture(e.page)
	return w
}

func (e *errand) write(w *window, title, body string) {
	e.t.Helper()
	w.press(e.widgetText["newNote"])
	w.enter(e.widgetText["fieldTitle"], title)
	w.enter(e.widgetText["fieldNote"], body)
	w.sees(e.widgetText["saved"])
}

// named returns a text with a name in it, which is isolated in right-to-left text.
func (e *errand) named(key, name string) string {
	if e.tag == "ar" {
		name = "\u2068" + name + "\u2069"
	}
	return strings.ReplaceAll(e.text[key], "{name}", name)
}

// accountName returns the name of the person's account, which the widget shows.
func (e *errand) accountName(w *window) (name string) {
	e.t.Helper()
	before, _, _ := strings.Cut(e.text["newName"], "{date}")
	w.wait("name of the account", func() bool {
		for line := range strings.Lines(w.text()) {
			if strings.HasPrefix(line, before) {
				name = strings.TrimSpace(line)
			}
		}
		return name != ""
	})
	return name
}

// says waits for a text of the window, up to its first placeholder.
func (w *window) says(text string) {
	w.t.Helper()
	before, _, _ := strings.Cut(text, "{")
	w.sees(strings.TrimSpace(before))
}

func TestErrandSignUpAndWrite(t *testing.T) {
	runErrand(t, "sign-up", func(e *errand) {
		e.signUpAndWrite()
		w := e.shop()
		w.sees("Oolong")
		e.picture(e.page)
	})
}

func TestErrandComeBackInAWeek(t *testing.T) {
	runErrand(t, "come-back", func(e *errand) {
		e.signUpAndWrite()
		e.a.exec(t, `UPDATE sessions SET expires_at = now() - interval '6 days', idle_until = now() - interval '6 days'`)
		e.waitFor("end of the account session", func() bool { // until this node has noticed it
			w := e.account(e.a, "")
			w.wait("account", func() bool {
				return strings.Contains(w.text(), e.text["signInPasskey"]) || strings.Contains(w.text(), e.text["overview"])
			})
			return strings.Contains(w.text(), e.text["signInPasskey"])
		})
		e.picture(e.page)
		var w *window
		e.waitFor("end of the widget session", func() bool {
			w = e.shop()
			w.wait("widget", func() bool {
				return strings.Contains(w.text(), e.widgetText["signIn"]) || strings.Contains(w.text(), "Oolong")
			})
			return strings.Contains(w.text(), e.widgetText["signIn"])
		})
		e.picture(e.page)
		popup := e.signInWindow(w)
		popup.press(e.text["signInPasskey"])
		popup.closes()
		w.sees("Oolong")
		e.picture(e.page)
	})
}

// The old phone signs in on the new one, which then gets a passkey of its own.
func TestErrandNewPhone(t *testing.T) {
	runErrand(t, "new-phone", func(e *errand) {
		e.device = webauthn.AuthenticatorTransportUsb
		e.signUpAndWrite()
		phone := e.onAnotherDevice()
		phone.passkeys, phone.device = e.passkeys, e.device
		w := phone.shop()
		popup := phone.signInWindow(w)
		screen := popup.addAuthenticator(webauthn.AuthenticatorTransportInternal)
		popup.setPresence(screen, false)
		popup.press(e.text["signInPasskey"])
		popup.sees(e.text["addHere"])
		popup.find("button", e.text["addPasskey"])
		phone.picture(popup)
		popup.setPresence(popup.authenticator, false)
		popup.setPresence(screen, true)
		popup.press(e.text["addPasskey"])
		popup.closes()
		w.sees("Oolong")
		phone.picture(phone.page)
		if len(phone.passkeys) != 2 {
			t.Errorf("the account has %d passkeys", len(phone.passkeys))
		}
	})
}

var recoveryCode = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){7}\b`)

func TestErrandLostPhoneWithCodes(t *testing.T) {
	runErrand(t, "codes", func(e *errand) {
		e.signUpAndWrite()
		account := e.account(e.a, "")
		account.find("link", e.text["getCodes"])
		e.picture(account)
		account.follow(e.text["getCodes"])
		account.find("button", e.text["createCodes"])
		e.picture(account)
		account.press(e.text["createCodes"])
		account.sees(e.text["newCodes"])
		code := recoveryCode.FindString(account.text())
		e.picture(account)
		account.press(e.text["savedThem"])
		account.find("button", e.text["replaceCodes"])
		e.picture(account)
		account.press(e.text["replaceCodes"])
		account.find("button", e.text["replace"])
		e.picture(account)
		account.press(e.text["replace"])
		account.sees(e.text["newCodes"])
		account.follow(e.text["passkeys"]) // without saving these: the others still work
		account.sees(e.text["passkeysAbout"])
		e.picture(account)

		phone := e.onAnotherDevice()
		w := phone.shop()
		popup := phone.signInWindow(w)
		popup.press(e.text["lostPasskey"])
		popup.find("button", e.text["newPasskey"])
		phone.picture(popup)
		popup.enter(e.text["codeField"], code)
		phone.picture(popup)
		popup.press(e.text["newPasskey"])
		popup.sees(e.text["newPasskeyReady"])
		popup.find("button", e.text["continue"])
		phone.picture(popup)
		popup.press(e.text["continue"])
		popup.closes()
		w.sees("Oolong")
		phone.picture(phone.page)
	})
}

// Without a passkey and without codes, the window and the page say who can help.
func TestErrandLostPhoneWithoutCodes(t *testing.T) {
	runErrand(t, "no-codes", func(e *errand) {
		e.signUpAndWrite()
		phone := e.onAnotherDevice()
		popup := phone.signInWindow(phone.shop())
		popup.press(e.text["lostPasskey"])
		popup.says(e.text["noCode"])
		popup.find("button", e.text["newPasskey"])
		popup.sees(strings.TrimPrefix(e.a.account, "http://"))
		phone.picture(popup)
		popup.press(e.text["back"])
		popup.close()
		account := phone.account(e.a, "")
		account.find("link", e.text["lostPasskey"])
		phone.picture(account)
		account.follow(e.text["lostPasskey"])
		account.says(e.text["noCode"])
		phone.picture(account)
	})
}

// A person leaves a shop: it can no longer show the notes, which stay at the account.
func TestErrandLeaveAShop(t *testing.T) {
	runErrand(t, "leave", func(e *errand) {
		w := e.signUpAndWrite()
		opened := w.opens(func() { w.follow(e.accountName(w)) })
		opened.wait("account", func() bool { return opened.loaded(e.a.account + "/account") })
		opened.setLanguage(e.tag)
		must(t, chromedp.Do(opened.ctx, chromedp.Reload()))
		opened.sees(strings.ReplaceAll(e.text["accountIdAbout"], "{host}", strings.TrimPrefix(e.a.account, "http://")))
		e.picture(opened)
		opened.close()
		account := e.account(e.a, "")
		account.follow(e.text["sites"])
		account.find("button", e.named("withdrawNamed", "Hillside Tea"))
		e.picture(account)
		account.press(e.named("withdrawNamed", "Hillside Tea"))
		account.sees(e.text["withdrawMeans"])
		e.picture(account)
		account.press(e.text["withdraw"])
		account.sees(e.text["noneAllowed"])
		e.picture(account)
		account.follow(e.text["notes"])
		account.sees("Oolong")
		side := map[bool]string{true: "right", false: "left"}[e.tag == "ar"] // of the page, in whatever script the note is
		if got := evaluate[string](account, `[...document.querySelectorAll('.open, .excerpt')].map(text => getComputedStyle(text).textAlign).join()`); got != side+","+side {
			t.Errorf("title and excerpt are at the sides %q, want %s", got, side)
		}
		if strings.Contains(account.text(), e.named("withdrawn", "Hillside Tea")) {
			t.Error("another page still says that the site was withdrawn")
		}
		e.picture(account)
		account.follow("Oolong")
		account.find("button", e.text["moveToTrash"])
		e.picture(account)
		w = e.shop()
		w.find("button", e.widgetText["signIn"])
		if strings.Contains(w.text(), "Oolong") {
			t.Error("the shop still shows the notes")
		}
		e.picture(e.page)
	})
}

// A person takes their notes out and in again: what comes back is the same but for ids and times, and can be undone.
func TestErrandMoveNotesOutAndIn(t *testing.T) {
	runErrand(t, "move", func(e *errand) {
		w := e.signUpAndWrite()
		w.press(e.widgetText["pin"])
		w.enter(e.widgetText["fieldTags"], "tea, gifts")
		w.sees(e.widgetText["saved"])
		inOrder := evaluate[bool](w, `(([tea, gifts]) => tea.right < gifts.left)([...document.querySelectorAll('.row bdi')].map(tag => tag.getBoundingClientRect()))`)
		if inOrder == (e.tag == "ar") {
			t.Error("the tags of the row are not in the order of the page")
		}
		e.picture(e.page)
		e.write(w, "", "---\ntitle: no front matter\n---\n\n“Quoted” é ✓ \\n\n\n")
		w.press(e.widgetText["moveToTrash"])
		w.sees(e.widgetText["trashed"])
		e.picture(e.page)
		account := e.account(e.a, "")
		account.follow(e.text["data"])
		archive := e.export(account)
		e.picture(account)
		before := exportedNotes(t, archive)
		if len(before) != 2 {
			t.Fatalf("exported %q", before)
		}

		account.tabTo("field", e.text["importFiles"])
		must(t, chromedp.Do(account.ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]:focus`), []string{archive})))
		account.find("button", e.text["import"])
		account.sees(strings.Replace(e.text["importTrashed.one"], "{count}", "1", 1))
		account.sees("Hillside Tea")
		account.checkPage("import-preview-" + e.tag)
		e.picture(account)
		account.press(e.text["import"])
		account.find("button", e.text["undo"])
		account.checkPage("import-done-" + e.tag)
		e.picture(account)
		after := exportedNotes(t, e.export(account))
		twice := slices.Concat(before, before)
		slices.Sort(twice)
		if !slices.Equal(after, twice) {
			t.Errorf("after the import there are\n%s\nnot\n%s", strings.Join(after, "\n"), strings.Join(twice, "\n"))
		}
		account.follow(e.text["notes"]) // to look at what was imported
		account.find("link", e.text["trash"])
		account.follow(e.text["data"])
		account.press(e.text["undo"])
		account.sees(e.text["importUndone"])
		account.checkPage("import-undone-" + e.tag)
		e.picture(account)
		if left := exportedNotes(t, e.export(account)); !slices.Equal(left, before) {
			t.Errorf("undone, there are\n%s", strings.Join(left, "\n"))
		}
	})
}

// export exports the notes at /account, and returns the path of the zip file.
func (e *errand) export(account *window) string {
	e.t.Helper()
	dir := e.t.TempDir()
	must(e.t, os.Chmod(dir, 0o777))
	account.downloadsTo(dir)
	account.press(e.text["export"])
	return account.archiveIn(dir)
}

// exportedNotes returns the notes in an export without their ids, versions and times, in order.
func exportedNotes(t *testing.T, path string) (notes []string) {
	t.Helper()
	z, err := zip.OpenReader(path)
	must(t, err)
	defer func() { _ = z.Close() }()
	file, err := z.Open("notes.json")
	must(t, err)
	var list []map[string]any
	must(t, json.NewDecoder(file).Decode(&list))
	for _, note := range list {
		note["trashedAt"] = note["trashedAt"] != nil
		for _, name := range []string{"id", "version", "createdAt", "updatedAt"} {
			delete(note, name)
		}
		text, err := json.Marshal(note)
		must(t, err)
		notes = append(notes, string(text))
	}
	slices.Sort(notes)
	return notes
}

// A person who comes back presses the wrong button, and still finds their notes.
func TestErrandSecondAccountAvoided(t *testing.T) {
	runErrand(t, "second", func(e *errand) {
		w := e.signUpAndWrite()
		w.press(e.widgetText["signOut"])
		w.find("button", e.widgetText["signIn"])
		e.picture(e.page)
		popup := e.signInWindow(w)
		popup.press(e.text["createAccount"])
		popup.sees(e.text["secondMeans"])
		popup.find("button", e.text["signInPasskey"])
		e.picture(popup)
		popup.press(e.text["signInPasskey"])
		popup.closes()
		w.sees("Oolong")
		e.picture(e.page)
	})
}
