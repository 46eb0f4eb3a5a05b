package web

import (
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
)

const authorize = "/oauth/authorize?client_id=t_shop&request_uri=urn:one"

func TestPopupShowsTheTenantAndTheOrigin(t *testing.T) {
	v := visit{interaction: testInteraction()}
	w := v.get(t, authorize)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	for _, text := range []string{
		"<span>aside.example</span>", "<bdi>Hillside Tea</bdi>", "https://shop.example",
		">Sign in with a passkey<", ">Create an account<", ">Continue<", ">Use another account<", ">Allow<", ">Not now<",
	} {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the popup doesn't show %s", text)
		}
	}
	if len(w.Result().Cookies()) != 1 {
		t.Error("the cookie that binds the interaction to this browser is gone")
	}
}

// A link scanner sends HEAD before the person's GET, and must not use up the request URI.
func TestHEADKeepsTheRequestURI(t *testing.T) {
	v := visit{interaction: testInteraction()}
	w := v.send(t, http.MethodHead, authorize)
	if w.Code != http.StatusOK || v.opened != 0 || len(w.Result().Cookies()) != 0 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d, opened %d times, %v", w.Code, v.opened, w.Header())
	}
	if v.get(t, authorize); v.opened != 1 {
		t.Errorf("then opened %d times", v.opened)
	}
}

func TestPopupShowsTheSubject(t *testing.T) {
	i := testInteraction()
	v := visit{interaction: i}
	if page := v.get(t, authorize).Body.String(); strings.Contains(page, `says you are <strong dir="auto">`) {
		t.Error("nobody was named, and the offer says who it is")
	}
	v.interaction.SubjectLabel = "Joe (joe@shop.example)"
	page := v.get(t, authorize).Body.String()
	if n := strings.Count(page, `<bdi>Hillside Tea</bdi> says you are <strong dir="auto">Joe (joe@shop.example)</strong>.`); n != 2 {
		t.Errorf("the offer and the way on say it %d times", n)
	}
	for _, text := range []string{">Link<", ">Continue without linking<", "could read until now become private", "You can undo this in your account."} {
		if !strings.Contains(page, text) {
			t.Errorf("the popup doesn't show %s", text)
		}
	}
	checkMarkup(t, page)
}

// The popup says correctly who can read the notes in each state. If the tenant vouches for the visitor, it can read the existing
// notes, no matter who is signed in and where the notes open.
func TestPopupSaysWhoCanReadTheNotes(t *testing.T) {
	const consent = "<li>It can’t read notes that your passkey opens.</li>"
	private := "<bdi>Hillside Tea</bdi> can’t read these notes.</footer>"
	open := "<bdi>Hillside Tea</bdi> can read the notes that you already have here, until you link them to a passkey. It can’t read notes that your passkey opens.</footer>"
	reads := regexp.MustCompile(`(can(’t)?|could) read|never|alone|nobody`)
	for _, vouched := range []bool{false, true} {
		for _, signedInAs := range []string{"", "Amber Heron"} {
			for _, subject := range []string{"", "Joe"} {
				for _, embedOrigin := range []string{"https://shop.example", frameOrigin} {
					i := testInteraction()
					i.Vouched, i.DisplayName, i.SubjectLabel, i.EmbedOrigin = vouched, signedInAs, subject, embedOrigin
					v := visit{interaction: i}
					page, _, _ := strings.Cut(v.get(t, authorize).Body.String(), textsBlock)
					footer, count := private, 2
					if vouched {
						footer, count = open, 3
					}
					sections := 1
					if subject != "" { // only then can it ask to link, in two sections, and each says “become private” of the time before that
						sections, count = 2, count+3
					}
					for text, want := range map[string]int{consent: sections, footer: 1} {
						if got := strings.Count(page, text); got != want {
							t.Errorf("vouched %v, as %q, for %q: it says %q %d times", vouched, signedInAs, subject, text, got)
						}
					}
					if got := len(reads.FindAllString(page, -1)); got != count {
						t.Errorf("vouched %v: it says something of who reads the notes %d times, want %d", vouched, got, count)
					}
					checkMarkup(t, page)
				}
			}
		}
	}
}

func TestPopupDataBlock(t *testing.T) {
	i := testInteraction()
	i.DisplayName = "Amber Heron"
	v := visit{interaction: i}
	want := popupInteraction{
		ID: i.ID, RequestURI: i.RequestURI, EmbedOrigin: i.EmbedOrigin, FrameOrigin: frameOrigin,
		ResponseMode: "web_message", DisplayName: "Amber Heron",
	}
	if got := dataBlock(t, v.get(t, authorize).Body.String()); got != want {
		t.Errorf("data block %+v, want %+v", got, want)
	}
}

// A person sees before they continue that only they can read their notes.
func TestPopupShowsWhoReadsTheNotes(t *testing.T) {
	for _, endToEnd := range []bool{false, true} {
		i := testInteraction()
		i.DisplayName, i.EndToEnd = "Amber Heron", endToEnd
		v := visit{interaction: i}
		if shown := strings.Contains(v.get(t, authorize).Body.String(), "Only you can read your notes"); shown != endToEnd {
			t.Errorf("end-to-end encrypted: %t, and the page says so: %t", endToEnd, shown)
		}
	}
}

// Only a browser that keeps a key that is of no use any more loads the script that removes it, and before the popup's script, which may
// get another key.
func TestPopupRemovesAStaleKey(t *testing.T) {
	for _, stale := range []bool{false, true} {
		i := testInteraction()
		i.StaleKey = stale
		v := visit{interaction: i}
		page := v.get(t, authorize).Body.String()
		removal, popup := strings.Index(page, `<script src="/assets/key_removal.`), strings.Index(page, `<script src="/assets/popup.`)
		if (removal >= 0) != stale || removal > popup {
			t.Errorf("a stale key: %t, its removal is at %d, the popup's script at %d", stale, removal, popup)
		}
		checkMarkup(t, page)
	}
}

// A tenant chooses the subject, and the page is compressed: its length must not reveal the account's name.
func TestPopupLengthHidesTheName(t *testing.T) {
	length := func(name, label string) (sum int) {
		i := testInteraction()
		i.DisplayName, i.SubjectLabel = name, label
		v := visit{interaction: i}
		for range 30 {
			sum += v.get(t, authorize, "Accept-Encoding", "gzip").Body.Len()
		}
		return sum
	}
	const one, other = "Amber Heron", "Ebony Oriole"
	if shorter := length(one, other) + length(other, one) - length(one, one) - length(other, other); shorter > 60 {
		t.Errorf("the right name makes it %d bytes shorter, in sixty", shorter)
	}
}

func TestPopupWithoutAnOpenerLinksBack(t *testing.T) {
	i := testInteraction()
	i.ResponseMode, i.EmbedOrigin = "query", frameOrigin
	v := visit{interaction: i}
	page, _, _ := strings.Cut(v.get(t, authorize).Body.String(), textsBlock)
	if !strings.Contains(page, `href="https://frame.example/embed/t_shop"`) {
		t.Error("no link back to A's own page of the notes")
	}
	if !strings.Contains(page, "your private notes on Aside’s own page") {
		t.Error("the page that opens is shown as the tenant's")
	}
	if strings.Contains(page, "Close this window") {
		t.Error("a window that no script opened offers to close itself")
	}
}

func TestHostileNamesStayText(t *testing.T) {
	for _, hostile := range []string{
		`<script>alert(1)</script>`,
		`</script><script src=https://evil.example/x.js>`,
		`"><img src=x onerror=alert(1)>`,
		`<!--<script>`,
		"\u202eaeT edisllih\u2066",
		"{{.Host}} ' \" ` \\ \u2028",
	} {
		i := testInteraction()
		i.TenantName, i.EmbedOrigin, i.DisplayName, i.SubjectLabel = hostile, hostile, hostile, hostile
		v := visit{interaction: i}
		page := v.get(t, authorize).Body.String()
		if got := dataBlock(t, page); string(got.DisplayName) != hostile || got.EmbedOrigin != hostile {
			t.Errorf("%q reached the script as %+v", hostile, got)
		}
		checkMarkup(t, page)
		if n := strings.Count(page, "<script"); n != 3 { // the popup's script and its two data blocks
			t.Errorf("%q made %d script elements", hostile, n)
		}
		shown := regexp.MustCompile(`<h1[^>]*><bdi>([^<]*)</bdi>`).FindStringSubmatch(page)
		if shown == nil || html.UnescapeString(shown[1]) != hostile {
			t.Errorf("%q is shown as %q", hostile, shown)
		}
	}
}

func TestKnownErrorsAreShownInTheirOwnWords(t *testing.T) {
	v := visit{err: &auth.Error{Status: http.StatusBadRequest, Code: "of_tomorrow", Message: "This request was used <already>."}}
	w := v.get(t, authorize+"&redirect_uri=https://evil.example")
	if w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
		t.Fatalf("%d, Location %q", w.Code, w.Header().Get("Location"))
	}
	page := w.Body.String()
	if !strings.Contains(page, "This request was used &lt;already&gt;.") || strings.Contains(page, "Reference") {
		t.Errorf("page: %s", page)
	}
	checkMarkup(t, page)
}

func TestUnknownErrorIsShownAsAReference(t *testing.T) {
	v := visit{err: errors.New("connection to 10.0.0.7 lost")}
	w := v.get(t, authorize)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "10.0.0.7") {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	reference := regexp.MustCompile(`Reference <bdi>(\w+)`).FindStringSubmatch(w.Body.String())
	if reference == nil || !strings.Contains(v.log.String(), "request="+reference[1]) {
		t.Errorf("reference %q isn't in the log: %s", reference, &v.log)
	}
	if log := v.log.String(); !strings.Contains(log, "type=*errors.errorString") || strings.Contains(log, "10.0.0.7") || strings.Contains(log, "urn:one") {
		t.Errorf("log: %s", log)
	}
	checkMarkup(t, w.Body.String())
}

func TestIndex(t *testing.T) {
	var v visit
	w := v.get(t, "/")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "private notes") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	checkMarkup(t, w.Body.String())
}

func TestPopupSize(t *testing.T) {
	for _, tag := range languages {
		t.Run(tag, func(t *testing.T) { checkPopupSize(t, tag, "") })
		t.Run(tag+" with a subject", func(t *testing.T) { checkPopupSize(t, tag, "joe@shop.example") })
	}
}

// checkPopupSize adds up what is sent for the popup in one language.
func checkPopupSize(t *testing.T, language, subject string) {
	const budget, requests = 10_000, 3
	v := visit{interaction: testInteraction()}
	v.interaction.UILocales, v.interaction.SubjectLabel = language, subject
	page := v.get(t, authorize).Body
	paths := assetPaths(t, page.String())
	if len(paths)+1 > requests {
		t.Errorf("the popup takes %d requests, at most %d: %v", len(paths)+1, requests, paths)
	}
	total := 0
	for _, path := range append([]string{authorize}, paths...) {
		w := v.get(t, path, "Accept-Encoding", "gzip")
		if w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s isn't sent compressed", path)
		}
		t.Logf("%6d %s", w.Body.Len(), path)
		total += w.Body.Len()
	}
	t.Logf("%6d in all, of %d", total, budget)
	if total > budget {
		t.Errorf("the popup weighs %d bytes, at most %d", total, budget)
	}
}

// textsBlock is where the texts of the script begin.
const textsBlock = `<script type="application/json" id="aside-texts">`

// dataBlock decodes the data block of a page.
func dataBlock(t *testing.T, page string) (i popupInteraction) {
	t.Helper()
	_, after, ok := strings.Cut(page, `<script type="application/json" id="aside-popup">`)
	block, _, end := strings.Cut(after, "</script>")
	if !ok || !end {
		t.Fatalf("no data block in %s", page)
	}
	if err := json.Unmarshal([]byte(block), &i); err != nil {
		t.Fatalf("data block %s: %v", block, err)
	}
	return i
}
