//go:build failover && linux

package failover

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
)

// newVisitor returns a new person on a page of the shop.
func (u *upgrade) newVisitor(t *testing.T) *authtest.Visitor {
	t.Helper()
	return u.gates[0].site(t).Visitor(t, u.shop)
}

// any returns the site at either node.
func (u *upgrade) any(t *testing.T) *authtest.Site {
	t.Helper()
	return u.gates[mathrand.N(len(u.gates))].site(t)
}

// patiently repeats a request until it is not refused with 503, for two minutes at most.
func patiently(t *testing.T, ask func() *authtest.Answer) *authtest.Answer {
	t.Helper()
	var a *authtest.Answer
	within(t, "a request is answered", func() bool {
		a = ask()
		return a.Status != http.StatusServiceUnavailable
	})
	return a
}

// visit signs a visitor in at the shop, each step at either node. It makes an account if the browser has no session. It
// returns the last answer, which has the token, or the first refusal.
func (u *upgrade) visit(t *testing.T, v *authtest.Visitor) *authtest.Answer {
	t.Helper()
	code, refused := u.code(t, v)
	if refused != nil {
		return refused
	}
	v.Site = u.any(t)
	return v.Redeem(t, code)
}

// code is visit without the last step.
func (u *upgrade) code(t *testing.T, v *authtest.Visitor) (code string, refused *authtest.Answer) {
	t.Helper()
	interaction, refused := u.interaction(t, v)
	if refused != nil {
		return "", refused
	}
	v.Site = u.any(t)
	step := v.Decide(t, interaction, "allow")
	if step.Status != http.StatusOK {
		return "", step
	}
	return step.Text("response", "code"), nil
}

// interaction pushes and opens a request, and signs up if nobody is signed in.
func (u *upgrade) interaction(t *testing.T, v *authtest.Visitor) (id string, refused *authtest.Answer) {
	t.Helper()
	v.Site = u.any(t)
	step := v.Push(t)
	if step.Status != http.StatusCreated {
		return "", step
	}
	uri := step.Text("request_uri")
	v.Site = u.any(t)
	if step = v.Open(t, uri); step.Status != http.StatusOK {
		return "", step
	}
	i := step.Interaction(t)
	if i.DisplayName == "" {
		if step := u.ceremony(t, v, "registration", nil); step.Status != http.StatusOK {
			return "", step
		}
	}
	return i.ID, nil
}

// ceremony goes through a ceremony, each step at either node.
func (u *upgrade) ceremony(t *testing.T, v *authtest.Visitor, kind string, body any) *authtest.Answer {
	t.Helper()
	v.Site = u.any(t)
	step := v.TryBegin(t, kind, body)
	if step.Status != http.StatusOK {
		return step
	}
	var o authtest.CeremonyOptions
	step.JSON(t, &o)
	v.Site = u.any(t)
	return finish(t, v, kind, o)
}

func finish(t *testing.T, v *authtest.Visitor, kind string, o authtest.CeremonyOptions) *authtest.Answer {
	t.Helper()
	if kind == "login" {
		return v.Finish(t, kind, o.Ceremony, v.Authenticator.Login(t, o.Options))
	}
	return v.Finish(t, kind, o.Ceremony, v.Authenticator.Register(t, o.Options))
}

// signUp makes an account and a widget session, with a cookie and a token.
func (u *upgrade) signUp(t *testing.T) *authtest.Visitor {
	t.Helper()
	v := u.newVisitor(t)
	patiently(t, func() *authtest.Answer { return u.visit(t, v) }).Must(t, http.StatusOK)
	return v
}

// vouched makes a vouched session, by the shop's assertion (RFC 7523).
func (u *upgrade) vouched(t *testing.T, subject string) *authtest.Visitor {
	t.Helper()
	v := u.newVisitor(t)
	answer := patiently(t, func() *authtest.Answer {
		v.Site = u.any(t)
		return v.Site.Send(t, &authtest.Call{Method: http.MethodPost, URL: v.Site.FrameOrigin + "/oauth/token", Key: v.Key, Form: url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {u.shop.Key},
			"assertion": {u.signer.Assert(v.Site, u.shop, authtest.Claim("sub", subject), authtest.Claim("nonce", v.Key.Thumbprint()))},
		}})
	}).Must(t, http.StatusOK)
	v.Token = answer.Text("access_token")
	return v
}

// browser returns the person in a new browser, with the same passkeys.
func browser(v *authtest.Visitor) *authtest.Visitor {
	other := *v
	other.Cookies, other.Key, other.Token = map[string]*http.Cookie{}, authtest.NewKey(), ""
	other.State, other.Verifier = rand.Text(), rand.Text()+rand.Text()
	return &other
}

// recoveryCode returns a code of the person's account. The session must be fresh.
func (u *upgrade) recoveryCode(t *testing.T, v *authtest.Visitor) string {
	t.Helper()
	var made struct {
		Data struct{ RegenerateRecoveryCodes []string }
	}
	v.Account(t, `mutation { regenerateRecoveryCodes }`).Must(t, http.StatusOK).JSON(t, &made)
	if len(made.Data.RegenerateRecoveryCodes) == 0 {
		t.Fatal("there are no recovery codes")
	}
	return made.Data.RegenerateRecoveryCodes[0]
}

// isSignedIn fails unless the person's token and cookie, if there are any, work at both nodes.
func (u *upgrade) isSignedIn(t *testing.T, who string, v *authtest.Visitor) {
	t.Helper()
	for i, g := range u.gates {
		at := *v
		at.Site = g.site(t)
		if v.Token != "" {
			u.sees(t, fmt.Sprintf("%s's token at node %d", who, i), func() *authtest.Answer { return at.GraphQL(t, `{ viewer { id } }`, nil) })
		}
		if len(v.Cookies) > 0 {
			u.sees(t, fmt.Sprintf("%s's cookie at node %d", who, i), func() *authtest.Answer { return at.Account(t, `{ viewer { id } }`) })
		}
	}
}

func (u *upgrade) sees(t *testing.T, what string, ask func() *authtest.Answer) {
	t.Helper()
	if a := patiently(t, ask); a.Status != http.StatusOK || a.Text("data", "viewer", "id") == "" {
		t.Errorf("%s is answered %d %s", what, a.Status, a.Body)
	}
}

// comeAndGo signs people up and in, until quit is closed.
func (u *upgrade) comeAndGo(t *testing.T, quit <-chan struct{}) {
	known := u.signUp(t)
	for turn := 0; ; turn++ {
		select {
		case <-quit:
			return
		default:
		}
		switch turn % 4 {
		case 0: // somebody new, who comes back later
			known = u.signUp(t)
			u.isSignedIn(t, "a new person", known)
		case 1, 2: // in another browser
			back := browser(known)
			patiently(t, func() *authtest.Answer { return u.ceremony(t, back, "login", nil) }).Must(t, http.StatusOK)
			patiently(t, func() *authtest.Answer { return u.visit(t, back) }).Must(t, http.StatusOK)
			u.isSignedIn(t, "a person who came back", back)
			u.isSignedIn(t, "a person with another browser", known)
		case 3:
			u.isSignedIn(t, "an asserted visitor", u.vouched(t, fmt.Sprint("visitor ", turn%8)))
		}
		u.signIns.Add(1)
	}
}

// tidy writes notes, trashes, restores and deletes them, by the token and by the cookie in turn, until quit is closed. Nobody
// else knows the notes, so each answer is certain.
func (u *upgrade) tidy(t *testing.T, v *authtest.Visitor, quit <-chan struct{}) {
	byToken := func(query string) *authtest.Answer {
		return patiently(t, func() *authtest.Answer {
			at := *v
			at.Site = u.any(t)
			return at.GraphQL(t, query, nil)
		})
	}
	byCookie := func(query string) *authtest.Answer {
		return patiently(t, func() *authtest.Answer {
			at := *v
			at.Site = u.any(t)
			return at.Account(t, query)
		})
	}
	if len(v.Cookies) == 0 { // a vouched session
		byCookie = byToken
	}
	one, other := byToken, byCookie
	for turn := 0; ; turn++ {
		select {
		case <-quit:
			return
		default:
		}
		one, other = other, one
		id := uuid.Must(uuid.NewV7())
		read := fmt.Sprintf(`{ note(id: %q) { title trashedAt } }`, id)
		expect := func(what string, a *authtest.Answer, trashed bool) {
			var body struct {
				Data struct {
					Note *struct{ Title, TrashedAt string }
				}
			}
			if json.Unmarshal([]byte(a.Body), &body) != nil || body.Data.Note == nil || body.Data.Note.Title != id.String() || (body.Data.Note.TrashedAt != "") != trashed {
				t.Errorf("a note that was %s is %s", what, a.Body)
			}
		}
		byToken(fmt.Sprintf(`mutation { createNote(input: {id: %q, title: %q}) { note { id } } }`, id, id))
		expect("created", one(read), false)
		one(fmt.Sprintf(`mutation { trashNote(id: %q) { note { id } } }`, id))
		expect("trashed", other(read), true)
		other(fmt.Sprintf(`mutation { restoreNote(id: %q) { note { id } } }`, id))
		expect("restored", one(read), false)
		if turn%3 == 0 { // the others stay
			other(fmt.Sprintf(`mutation { deleteNote(id: %q) { id } }`, id))
			if a := one(read); strings.Contains(a.Body, id.String()) {
				t.Errorf("a note that was deleted is %s", a.Body)
			}
		}
		u.tidied.Add(1)
	}
}

// A pending is what was begun at the earlier release and is finished at this one.
type pending struct {
	node        int
	made        time.Time
	ceremony    authtest.CeremonyOptions
	login       *authtest.Visitor // of the ceremony
	code        string
	redeems     *authtest.Visitor // of the code
	interaction string
	decides     *authtest.Visitor // of the interaction
}

// begin begins each at a node.
func (u *upgrade) begin(t *testing.T, node int) *pending {
	t.Helper()
	p := &pending{node: node, made: time.Now(), login: browser(u.signUp(t)), redeems: u.newVisitor(t), decides: u.newVisitor(t)}
	p.login.Site = u.gates[node].site(t)
	p.login.TryBegin(t, "login", nil).Must(t, http.StatusOK).JSON(t, &p.ceremony)
	var refused *authtest.Answer
	if p.interaction, refused = u.interaction(t, p.decides); refused != nil {
		t.Fatalf("%d %s", refused.Status, refused.Body)
	}
	if p.code, refused = u.code(t, p.redeems); refused != nil {
		t.Fatalf("%d %s", refused.Status, refused.Body)
	}
	return p
}

// The times for which they work, less than the service's.
const (
	codeWorks     = 55 * time.Second
	ceremonyWorks = 290 * time.Second
)

// finish finishes each at the node that was replaced.
func (u *upgrade) finish(t *testing.T, p *pending) {
	t.Helper()
	site := u.gates[p.node].site(t)
	p.redeems.Site, p.login.Site, p.decides.Site = site, site, site
	if age := time.Since(p.made); age < codeWorks {
		p.redeems.Redeem(t, p.code).Must(t, http.StatusOK)
		u.isSignedIn(t, "the one with a code", p.redeems)
	} else {
		t.Logf("the code of node %d has expired: it is %s old", p.node, age)
	}
	if age := time.Since(p.made); age < ceremonyWorks {
		finish(t, p.login, "login", p.ceremony).Must(t, http.StatusOK)
		u.isSignedIn(t, "the one in a ceremony", p.login)
		p.decides.Redeem(t, p.decides.Decide(t, p.interaction, "allow").Must(t, http.StatusOK).Text("response", "code")).Must(t, http.StatusOK)
		u.isSignedIn(t, "the one who decides", p.decides)
	} else {
		t.Logf("the ceremony of node %d has expired: it is %s old", p.node, age)
	}
}
