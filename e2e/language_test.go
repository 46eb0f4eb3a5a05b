package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// widgetIn opens the shop with the widget in a language that is not the browser's.
func (p *person) widgetIn(a *aside, tag string) *window {
	p.t.Helper()
	page := p.visit(a.shop)
	evaluate[bool](page, `(document.querySelector('aside-notes').setAttribute('locale', '`+tag+`'), true)`)
	w := p.widget(a)
	w.find("button", texts(p.t, tag)["signIn"])
	return w
}

// checkLanguage fails unless the window's document is in a language.
func (w *window) checkLanguage(tag, direction string) {
	w.t.Helper()
	if got := evaluate[string](w, `document.documentElement.lang + ' ' + document.documentElement.dir`); got != tag+" "+direction {
		w.t.Errorf("the page is in %s, not in %s %s", got, tag, direction)
	}
}

// In a browser that asks for English, the window speaks German since the widget does. With the keyboard alone, from the widget to
// the window and back.
func TestThePopupSpeaksTheWidgetsLanguage(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.widgetIn(a, "de")
	popup := w.opens(func() { w.press("Anmelden") })
	popup.find("button", "Konto erstellen")
	popup.checkLanguage("de", "ltr")
	popup.answerPrompt(cancels)
	popup.press("Mit Passkey anmelden")
	popup.sees("Die Abfrage wurde geschlossen oder ist abgelaufen.")
	popup.press("Passkey verloren?")
	popup.enter("Wiederherstellungscode", "73SR-T1FK-MFKV")
	popup.press("Neuen Passkey erstellen")
	popup.sees("Dieser Code hat nicht funktioniert.")
	popup.press("Zurück")
	popup.answerPrompt(agrees)
	popup.press("Konto erstellen")
	popup.sees("zum ersten Mal auf dieser Website")
	popup.press("Erlauben")
	popup.closes()
	w.find("button", "Neue Notiz")
	w.sees("Noch keine Notizen. Schreiben Sie Ihre erste.")
}

// Every section of the popup is right in a right-to-left language and with long words: nothing is cut off on a narrow screen, and
// axe-core finds nothing.
func TestThePopupInOtherLanguages(t *testing.T) {
	t.Parallel()
	a := start(t)
	for tag, direction := range map[string]string{"ar": "rtl", "de": "ltr"} {
		t.Run(tag, func(t *testing.T) {
			text := pageTexts(t, tag)
			p := newPerson(t)
			w := p.widgetIn(a, tag)
			popup := w.opens(func() { w.click(texts(t, tag)["signIn"]) })
			popup.find("button", text["createAccount"])
			popup.checkLanguage(tag, direction)
			popup.checkPage("popup-" + tag + "-offer")
			popup.click(text["lostPasskey"])
			popup.find("button", text["newPasskey"])
			popup.checkPage("popup-" + tag + "-lost")
			popup.click(text["back"])
			popup.answerPrompt(cancels)
			popup.click(text["signInPasskey"])
			popup.sees(text["NotAllowedError"])
			popup.checkPage("popup-" + tag + "-trouble")
			popup.click(text["back"])
			popup.answerPrompt(agrees)
			popup.click(text["createAccount"])
			popup.find("button", text["allow"])
			popup.checkPage("popup-" + tag + "-consent")
			popup.click(text["allow"])
			popup.closes()
			w.sees(texts(t, tag)["none"])
		})
	}
}

// browserIn returns a person with a browser in a language.
func browserIn(t testing.TB, tag string) *person {
	t.Helper()
	p := newPerson(t)
	p.visit("about:blank").setLanguage(tag)
	return p
}

// setLanguage sets the language that the window's browser asks for. A new tab starts with that of the machine.
func (w *window) setLanguage(tag string) {
	w.t.Helper()
	agent := evaluate[string](w, `navigator.userAgent`)
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: tag})
		return err
	})))
}

// Every page of the account, and the recovery of it, in a right-to-left language and one with long words: nothing is cut off on a
// narrow screen, and axe-core finds nothing. With the keyboard alone.
func TestTheAccountInOtherLanguages(t *testing.T) {
	t.Parallel()
	a := start(t)
	for tag, direction := range map[string]string{"ar": "rtl", "de": "ltr"} {
		t.Run(tag, func(t *testing.T) {
			text := pageTexts(t, tag)
			w := browserIn(t, tag).account(a, "")
			w.sees(text["createAccount"])
			w.checkLanguage(tag, direction)
			w.checkPage("account-" + tag + "-entrance")
			w.answerPrompt(cancels)
			w.press(text["createAccount"])
			w.sees(text["NotAllowedError"])
			w.answerPrompt(agrees)
			w.press(text["createAccount"])
			w.sees(text["onePasskey"])
			w.checkPage("account-" + tag + "-overview")
			w.follow(text["notes"])
			w.sees(text["noNotes"])
			w.checkPage("account-" + tag + "-notes")
			w.follow(text["passkeys"])
			w.press(text["addPasskey"])
			w.sees(text["passkey_known"])
			w.switchDevice()
			w.press(text["addPasskey"])
			w.sees(text["passkeyAdded"])
			w.checkPage("account-" + tag + "-passkeys")
			w.follow(text["recoveryCodes"])
			w.press(text["createCodes"])
			w.sees(text["newCodes"])
			w.checkPage("account-" + tag + "-recovery")
			if ends := evaluate[[]float64](w, `[...document.querySelectorAll('ol code')].map(c => { const range = document.createRange(), text = c.firstChild.firstChild;
				range.setStart(text, text.length - 1); range.setEnd(text, text.length); const hyphen = range.getBoundingClientRect(), all = c.firstChild.getBoundingClientRect();
				return Math.round(all.right - hyphen.right) })`); slices.Max(ends) > 0 {
				t.Errorf("a code ends with its hyphen elsewhere: %v", ends)
			}
			code := evaluate[string](w, `document.querySelector('ol code').innerText`)
			w.press(text["savedThem"])
			w.follow(text["sessions"])
			w.sees(text["thisSession"])
			w.checkPage("account-" + tag + "-sessions")
			w.follow(text["sites"])
			w.sees(text["noSites"])
			w.checkPage("account-" + tag + "-sites")
			w.follow(text["activity"])
			w.sees(text["event_account_created"])
			w.checkPage("account-" + tag + "-activity")
			w.follow(text["data"])
			w.press(text["deleteAccount"])
			w.sees(text["deleteMeans"])
			w.checkPage("account-" + tag + "-delete")
			w.press(text["cancel"])
			w.press(text["signOut"])
			w.sees(text["signedOut"])
			w.follow(text["lostPasskey"])
			w.enter(text["codeField"], "73SR-T1FK-MFKV")
			w.press(text["findAccount"])
			w.sees(text["recovery_refused"])
			w.checkPage("recover-" + tag + "-refused")
			w.enter(text["codeField"], code)
			w.press(text["findAccount"])
			w.find("button", text["newPasskey"])
			w.checkPage("recover-" + tag + "-found")
			w.switchDevice()
			w.press(text["newPasskey"])
			w.sees(text["olderStillOpen"])
			w.checkPage("recover-" + tag + "-done")
		})
	}
}
