package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The popup in a real browser: which openers it accepts, which clicks count as a person's, and which errors it shows.
func TestPopupInABrowser(t *testing.T) {
	browser := startBrowser(t)
	const (
		shop     = "https://shop.example"
		answered = chromedp.CSS(`body[data-received="2"]`) // the opener has the handshake and the response
	)

	t.Run("an account is created and the opener gets the code", func(t *testing.T) {
		h := build(t)
		page, popup := h.popup(t, browser, h.frame, shop, false)
		addAuthenticator(t, popup, true)
		do(t, popup, click("create"))
		do(t, page, chromedp.WaitVisible(answered))
		got := evaluate[string](t, page, "JSON.stringify(received[1])")
		want := `{"type":"aside:authorization_response","v":1,"response":{"code":"the-code","state":"the-state","iss":"` + h.account + `"}}`
		if string(got) != want {
			t.Errorf("the opener got %s, want %s", got, want)
		}
		posts := h.posts()
		if len(posts) != 3 || posts[2] != `/oauth/authorize/decision {"interaction":"interaction-1","embed_origin":"https://shop.example","decision":"continue"}` {
			t.Errorf("posted %q", posts)
		}
		if strings.Contains(posts[1], "prf") {
			t.Errorf("a secret of the device left it: %s", posts[1])
		}
	})

	t.Run("an opener that is embedded elsewhere is refused", func(t *testing.T) {
		h := build(t)
		_, popup := h.popup(t, browser, h.frame, "https://evil.example", false)
		if got := text(t, popup, "#end p"); !strings.Contains(got, shop) || !strings.Contains(got, "https://evil.example") {
			t.Errorf("says %q", got)
		}
		if posts := h.posts(); len(posts) > 0 {
			t.Errorf("posted %q", posts)
		}
	})

	t.Run("a page on another origin can neither read nor send messages", func(t *testing.T) {
		h := build(t)
		evil := strings.Replace(h.frame, "aside-frame", "evil", 1)
		page, popup := h.popup(t, browser, evil, shop, true)
		if got := text(t, popup, "#end h1"); !strings.Contains(got, "isn’t responding") {
			t.Errorf("says %q", got)
		}
		if got := evaluate[int](t, page, "received.length"); got != 0 {
			t.Errorf("the page got %d messages", got)
		}
	})

	t.Run("opened on its own, it offers nothing", func(t *testing.T) {
		h := build(t)
		window, cancel := chromedp.NewContext(browser)
		defer cancel()
		do(t, window, chromedp.Navigate(h.account+authorize))
		if got := text(t, window, "#end h1"); got != "This window was opened on its own" {
			t.Errorf("says %q", got)
		}
	})

	t.Run("unintended clicks do nothing", func(t *testing.T) {
		h := build(t)
		page, popup := h.popup(t, browser, h.frame, shop, false)
		addAuthenticator(t, popup, true)
		do(t, popup, chromedp.WaitVisible(chromedp.CSS(`#create[aria-disabled="false"]`)))
		_ = evaluate[any](t, popup, `document.getElementById("create").click()`) // by a script
		// The click that focuses the window, as in a double click that began elsewhere.
		_ = evaluate[any](t, popup, `addEventListener("mouseup", () => dispatchEvent(new FocusEvent("focus")), { once: true })`)
		do(t, popup, chromedp.Click(chromedp.CSS("#create")))
		if busy := evaluate[bool](t, popup, `document.documentElement.classList.contains("busy")`); busy || len(h.posts()) > 0 {
			t.Errorf("busy: %t, posted %q", busy, h.posts())
		}
		do(t, popup, click("create")) // half a second later
		do(t, page, chromedp.WaitVisible(answered))
	})

	t.Run("a prompt that fails is explained, and can be tried again", func(t *testing.T) {
		h := build(t)
		_, popup := h.popup(t, browser, h.frame, shop, false)
		addAuthenticator(t, popup, false)
		do(t, popup, click("create"))
		if got := text(t, popup, "#trouble-text"); !strings.Contains(got, "closed or timed out") {
			t.Errorf("says %q", got)
		}
		do(t, popup, click("back"), chromedp.WaitVisible(chromedp.CSS("#offer")))
	})

	t.Run("an account session that has ended leads back to the passkey", func(t *testing.T) {
		h := build(t)
		h.asked.DisplayName = "Amber Heron"
		h.refusal = `{"error": {"code": "unauthenticated", "message": "Sign in with a passkey first."}}`
		_, popup := h.popup(t, browser, h.frame, shop, false)
		do(t, popup, click("continue"), chromedp.WaitVisible(chromedp.CSS("#sign-in")))
		if got := text(t, popup, "#status"); got != "Sign in with a passkey first." {
			t.Errorf("says %q", got)
		}
	})

	t.Run("what is said of an encrypted account is not said of another one", func(t *testing.T) {
		h := build(t)
		h.asked.DisplayName, h.asked.EndToEnd = "Amber Heron", true
		_, popup := h.popup(t, browser, h.frame, shop, false)
		addAuthenticator(t, popup, false)
		if got := text(t, popup, "#who"); !strings.Contains(got, "Only you can read your notes") {
			t.Errorf("says %q", got)
		}
		do(t, popup, click("other"), click("create"), chromedp.WaitVisible(chromedp.CSS("#trouble")), click("back"))
		if got := text(t, popup, "#who"); strings.Contains(got, "Only you") {
			t.Errorf("says %q", got)
		}
	})

	t.Run("the tenant's subject is linked only by a click on Link", func(t *testing.T) {
		for button, decision := range map[string]string{"link-subject": "link", "not-now": "not_now"} {
			h := build(t)
			h.asked.DisplayName, h.asked.SubjectLabel = "Amber Heron", "Joe (joe@shop.example)"
			h.next = `{"next": "link", "subject": {"label": "Joe (joe@shop.example)"}}`
			page, popup := h.popup(t, browser, h.frame, shop, false)
			do(t, popup, click("continue"))
			if got := text(t, popup, "#link h1"); !strings.Contains(got, "Hillside Tea") || !strings.HasSuffix(got, "says you are Joe (joe@shop.example).") {
				t.Errorf("asks %q", got)
			}
			do(t, popup, click(button))
			do(t, page, chromedp.WaitVisible(answered))
			if posts := h.posts(); len(posts) != 2 || !strings.HasSuffix(posts[1], `"decision":"`+decision+`"}`) {
				t.Errorf("%s posted %q", button, posts)
			}
		}
	})

	t.Run("the consent screen offers the link as a choice", func(t *testing.T) {
		for name, c := range map[string]struct {
			merges, tick bool
			button, want string
		}{
			"left out":                     {button: "allow", want: "not_now"},
			"chosen":                       {tick: true, button: "allow", want: "link"},
			"with notes of the tenant's":   {merges: true, button: "allow", want: "link"},
			"neither, as nothing is there": {merges: true, button: "deny", want: "deny"},
		} {
			h := build(t)
			h.asked.DisplayName, h.asked.SubjectLabel = "Amber Heron", "Joe"
			h.next = fmt.Sprintf(`{"next": "consent", "subject": {"label": "Joe"}, "merges": %t}`, c.merges)
			page, popup := h.popup(t, browser, h.frame, shop, false)
			do(t, popup, click("continue"), chromedp.WaitVisible(chromedp.CSS("#consent")))
			if c.merges {
				if got := text(t, popup, "#consent .merges"); got != "The notes that Hillside Tea could read until now become private." {
					t.Errorf("%s: says %q", name, got)
				}
			} else if got := text(t, popup, "#choice label"); got != "Link this account to Joe" {
				t.Errorf("%s: says %q", name, got)
			}
			if c.tick {
				do(t, popup, chromedp.Click(chromedp.CSS("#choice label")))
			}
			do(t, popup, click(c.button))
			do(t, page, chromedp.WaitVisible(answered))
			if posts := h.posts(); len(posts) != 2 || !strings.HasSuffix(posts[1], `"decision":"`+c.want+`"}`) {
				t.Errorf("%s posted %q", name, posts)
			}
		}
	})

	t.Run("notes that the tenant can read are not left behind", func(t *testing.T) {
		h := build(t)
		h.asked.DisplayName, h.asked.SubjectLabel = "Amber Heron", "Joe"
		h.next = `{"next": "link", "subject": {"label": "Joe"}, "merges": true}`
		page, popup := h.popup(t, browser, h.frame, shop, false)
		do(t, popup, click("continue"))
		if got := text(t, popup, "#link .merges"); got != "The notes that Hillside Tea could read until now become private." {
			t.Errorf("says %q", got)
		}
		do(t, popup, click("not-now"))
		do(t, page, chromedp.WaitVisible(answered))
		if posts := h.posts(); len(posts) != 2 || !strings.HasSuffix(posts[1], `"decision":"deny"}`) {
			t.Errorf("posted %q", posts)
		}
	})

	t.Run("a subject that another account has linked has two ways out", func(t *testing.T) {
		h := build(t)
		h.asked.DisplayName, h.asked.SubjectLabel = "Amber Heron", "Joe"
		h.next = `{"next": "linked_elsewhere", "subject": {"label": "Joe"}}`
		_, popup := h.popup(t, browser, h.frame, shop, false)
		do(t, popup, click("continue"))
		if got := text(t, popup, "#elsewhere h1"); !strings.HasSuffix(got, "says you are Joe, who is linked to another account.") {
			t.Errorf("says %q", got)
		}
		do(t, popup, click("not-this"), chromedp.WaitVisible(chromedp.CSS("#sign-in")))

		page, popup := h.popup(t, browser, h.frame, shop, false)
		do(t, popup, click("continue"), click("go-on"))
		do(t, page, chromedp.WaitVisible(answered))
		if posts := h.posts(); !strings.HasSuffix(posts[len(posts)-1], `"decision":"not_now"}`) {
			t.Errorf("posted %q", posts)
		}
	})

	t.Run("a lost connection is explained, and can be tried again", func(t *testing.T) {
		h := build(t)
		h.asked.DisplayName = "Amber Heron"
		page, popup := h.popup(t, browser, h.frame, shop, false)
		h.setOffline(true)
		do(t, popup, click("continue"))
		if got := text(t, popup, "#trouble-text"); !strings.Contains(got, "Check your connection") {
			t.Errorf("says %q", got)
		}
		h.setOffline(false)
		do(t, popup, click("retry"))
		do(t, page, chromedp.WaitVisible(answered))
		if posts := h.posts(); len(posts) != 1 {
			t.Errorf("posted %q", posts)
		}
	})
}
