package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// A hostile page of a tenant wraps window.open, listens to every message and sends any message. {{frame}} and {{tenant}} are
// filled in.
const hostilePage = `<!doctype html><meta charset="utf-8"><title>Hostile</title><script>
window.spied = [];
const open = window.open;
window.open = (...a) => (spied.push('open ' + a.join(' ')), open.apply(window, a));
const hear = w => w.addEventListener('message', e => spied.push(e.origin + ' ' + JSON.stringify(e.data)), true);
hear(window);
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (...a) { spied.push('port ' + JSON.stringify(a[0])); return post.apply(this, a) };
for (const name of ['ready', 'signedin', 'signedout', 'error']) addEventListener('aside:' + name, e => spied.push(name + ' ' + JSON.stringify(e.detail)), true);
window.frame = () => document.querySelector('aside-notes').shadowRoot?.querySelector('iframe') ?? document.querySelector('iframe');
window.say = m => { for (let i = 0; i < frames.length; i++) frames[i].postMessage(m, '*') };
</script><script src="{{frame}}/v1/aside.js" async></script><aside-notes tenant="{{tenant}}"></aside-notes>`

// hostileSite serves that page as a tenant's site.
func (a *aside) hostileSite(t *testing.T) (tenant, site string) {
	t.Helper()
	late := &lateHandler{}
	server := httptest.NewServer(late)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	site = "http://hostile.localhost:" + port
	out, err := a.runCommand(t, "tenant", "create", "--name", "Hostile", "--origin", site)
	must(t, err)
	tenant = regexp.MustCompile(`t_[a-z0-9]+`).FindString(out)
	page := strings.NewReplacer("{{frame}}", a.frame, "{{tenant}}", tenant).Replace(hostilePage)
	late.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	})
	return tenant, site
}

// secretForm matches 256 bits, like a token or a code. A tenant's page must never receive one.
var secretForm = regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)

// heardMessages returns the messages that the page received, except assertion requests, which contain an id and the public
// thumbprint.
func heardMessages(page *window) string {
	return evaluate[string](page, `spied.filter(s => !s.includes('"aside:assertion-request"')).join('\n')`)
}

func TestHostilePageGetsNoSecretAndForgesNothing(t *testing.T) {
	t.Parallel()
	a := start(t)
	tenant, site := a.hostileSite(t)
	alice := newPerson(t)
	w := alice.signUp(a, site)
	w.write("canary-title", "canary-body")
	page := &window{person: alice, ctx: alice.ctx}
	nothing := func(when string) {
		t.Helper()
		spied := heardMessages(page)
		if strings.Contains(spied, "canary") || secretForm.MatchString(spied) || strings.Contains(spied, `"code"`) && strings.Contains(spied, `"iss"`) {
			t.Errorf("%s the page has heard %s", when, spied)
		}
	}
	if heard := evaluate[string](page, `spied.join('\n')`); !strings.Contains(heard, "signedin") {
		t.Fatalf("the page hears nothing: %s", heard)
	}
	nothing("signing in,")
	redeemed := func() int {
		return evaluate[int](w, `performance.getEntriesByType('resource').filter(e => new URL(e.name).pathname === '/oauth/token').length`)
	}
	if n := redeemed(); n != 1 {
		t.Fatalf("%d requests to the token endpoint for one sign-in", n)
	}

	// Its own messages have no effect on the session or the screen.
	for _, name := range []string{"authorization_response", "opener", "hello", "token", "session", "signedin", "ready", "assertion", "init"} {
		said := fmt.Sprintf(`say({type: 'aside:%s', v: 1, id: 'x', jwt: 'x', ticket: 'tk_x', token: 'x', request_uri: 'urn:x', embed_origin: location.origin,
			response: {code: 'forged', state: 'forged', iss: '%s'}}) ?? true`, name, a.account)
		evaluate[bool](page, said)
	}
	w.sees("canary-title")
	nothing("after what it forged,")
	if n := redeemed(); n != 1 {
		t.Errorf("something forged was redeemed: %d requests to the token endpoint", n)
	}

	// It sends requests itself. It can't read a response from another origin, and nothing is changed.
	for _, path := range []string{"/oauth/par", "/oauth/token", "/graphql"} {
		asked := fmt.Sprintf(`fetch('%s%s', {method: 'POST', credentials: 'include', headers: {'Content-Type': 'application/json'}, body: '{}'}).then(() => 'answered', () => 'refused').then(x => window.asked = x) && true`, a.frame, path)
		evaluate[bool](page, `(window.asked = '', true)`)
		evaluate[bool](page, asked)
		page.wait("answer", func() bool { return evaluate[string](page, `asked`) != "" })
		if got := evaluate[string](page, `asked`); got != "refused" {
			t.Errorf("%s is %s to the page", path, got)
		}
	}

	// It opens the popup itself with an invented request.
	popup := page.opens(func() {
		evaluate[bool](page, fmt.Sprintf(`!!window.open('%s/oauth/authorize?client_id=%s&request_uri=urn:ietf:params:oauth:request_uri:made-up', '_blank', 'popup,width=400,height=500') || true`, a.account, tenant))
	})
	popup.wait("refusal", func() bool { return !strings.Contains(popup.text(), "Continue") && popup.text() != "" })
	nothing("with a popup of its own,")

	// It puts the widget into a sandbox with an opaque origin.
	evaluate[bool](page, fmt.Sprintf(`(() => { const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.src = '%s/embed/%s?origin=' + location.origin; document.body.append(f); f.onload = () => window.boxed = true; return true })()`, a.frame, tenant))
	page.wait("frame in a sandbox", func() bool { return evaluate[bool](page, `!!window.boxed`) })
	nothing("with the widget in a sandbox,")
}

// The page replaces the frame after the popup has opened. The response goes only to the frame origin, and so is not
// delivered.
func TestAPageThatReplacesTheFrameGetsNoCode(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, site := a.hostileSite(t)
	alice := newPerson(t)
	page := alice.visit(site)
	w := alice.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.find("button", "Create an account") // after the handshake
	replaced := evaluate[bool](page, `(() => { const f = frame(); if (!f) return false; f.src = 'about:blank'; f.onload = () => { hear(f.contentWindow); window.mine = true }; return true })()`)
	if !replaced { // the frame is private to the element
		evaluate[bool](page, `(() => { frames[0].location = 'about:blank'; setTimeout(() => { hear(frames[0]); window.mine = true }, 500); return true })()`)
	}
	page.wait("frame of the page's own", func() bool { return evaluate[bool](page, `!!window.mine`) })
	popup.click("Create an account")
	popup.click("Allow")
	page.wait("decision", func() bool { return strings.Count(a.stderr.String(), "/oauth/authorize/decision") == 2 })
	popup.closes() // after sending its response
	if spied := heardMessages(page); secretForm.MatchString(spied) || strings.Contains(spied, "authorization_response") {
		t.Errorf("the page has heard %s", spied)
	}
}
