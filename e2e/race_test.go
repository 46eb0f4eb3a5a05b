package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// Of a hundred requests to two processes with the same ticket, or with assertions of one jti, one succeeds.
func TestOneOfAHundredWinsAtTwoProcesses(t *testing.T) {
	t.Parallel()
	a := start(t, "--rate-limits", "100") // since all requests come from one address
	b := a.startNode(t)
	if a.command.Process.Pid == b.command.Process.Pid {
		t.Fatal("it is one process")
	}
	c := a.company(t, "The Paper", "paper.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	signer, serverKey := c.addSigner(t, "ES256"), c.serverKey(t)
	nodes := []*authtest.Site{c.site, b.apiSite(t)}
	once := c.assert(signer, "joe", "")
	for _, contest := range []struct {
		name  string
		grant string
		token func(i int) string
	}{
		{"a ticket", "token-exchange", constant(c.ticket(t, serverKey, "joe"))},
		{"an assertion", "token-exchange", constant(once)},
		{"a jti, in assertions of its own each", "token-exchange", func(i int) string {
			return c.assert(signer, "joe", "", authtest.Claim("jti", "shared"), authtest.Claim("name", strings.Repeat("x", i+1)))
		}},
		{"a ticket that vouches", "jwt-bearer", constant(c.ticket(t, serverKey, "joe"))},
		{"an assertion that vouches", "jwt-bearer", constant(c.assert(signer, "joe", ""))},
	} {
		t.Run(contest.name, func(t *testing.T) {
			var mu sync.Mutex
			answers := map[string]int{}
			winners := map[int]int{} // by node
			var all sync.WaitGroup
			for i := range 100 {
				token, key := contest.token(i), authtest.NewKey()
				all.Go(func() {
					answer, err := nodes[i%2].Try(t, present(c, contest.grant, token, key))
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					answers[answer.Code()]++
					if answer.Status == http.StatusOK {
						winners[i%2]++
					}
				})
			}
			all.Wait()
			if len(answers) != 2 || answers[""] != 1 || answers["assertion_rejected"] != 99 || winners[0]+winners[1] != 1 {
				t.Errorf("the answers: %v, won: %v", answers, winners)
			}
		})
	}
}

func constant(token string) func(int) string { return func(int) string { return token } }

// present returns a widget's request with a company's assertion or ticket.
func present(c *company, grant, token string, key *authtest.Key) *authtest.Call {
	kind := "urn:ietf:params:oauth:token-type:jwt"
	if strings.HasPrefix(token, "tk_") {
		kind = "urn:company-a:params:oauth:token-type:ticket"
	}
	return &authtest.Call{Method: http.MethodPost, URL: c.aside.frame + "/oauth/token", Key: key, Form: map[string][]string{
		"grant_type": {"urn:ietf:params:oauth:grant-type:" + grant}, "client_id": {c.Key},
		"subject_token": {token}, "subject_token_type": {kind}, "assertion": {token},
	}}
}

// A vouched account becomes the person's own while a hundred assertions request it on two processes. Afterwards those grants
// open nothing, and no note is lost.
func TestAnUpgradeRacedByAHundredGrants(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	b := a.startNode(t)
	c := a.company(t, "The Paper", "paper.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	signer := c.addSigner(t, "ES256")
	joe := c.visitor(t)
	joe.Token = c.openVouched(t, c.assert(signer, "joe", ""), joe.Key).Must(t, http.StatusOK).Text("access_token")
	for _, title := range []string{"one", "two", "three"} {
		write(t, joe, title)
	}
	handle := c.handle(t, c.assert(signer, "joe", ""), joe.Key)
	i := joe.Interaction(t, authtest.Param("identity_handle", handle))
	joe.Register(t).Must(t, http.StatusOK)
	joe.Decide(t, i.ID, "allow").Must(t, http.StatusOK)

	var mu sync.Mutex
	var granted []*authtest.Visitor
	written := map[string]bool{}
	refused := map[string]int{}
	nodes := []*authtest.Site{c.site, b.apiSite(t)}
	var all sync.WaitGroup
	begun := make(chan struct{}, 100)
	for i := range 100 {
		v, token := c.visitor(t), c.assert(signer, "joe", "")
		v.Site = nodes[i%2]
		all.Go(func() {
			defer func() { begun <- struct{}{} }()
			answer, err := v.Site.Try(t, present(c, "jwt-bearer", token, v.Key))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if answer.Status != http.StatusOK {
				refused[answer.Code()]++
				return
			}
			v.Token = answer.Text("access_token")
			granted = append(granted, v)
			if i%2 == 1 {
				return // only half of them write, so that all notes fit on one page
			}
			all.Go(func() {
				const create = `mutation ($title: String!) { createNote(input: {title: $title}) { note { title } } }`
				title := "by a grant " + v.State
				if answer, err := v.TryGraphQL(t, create, map[string]any{"title": title}); err == nil && answer.Text("data", "createNote", "note", "title") == title {
					mu.Lock()
					defer mu.Unlock()
					written[title] = true
				}
			})
		})
	}
	for range 20 {
		<-begun
	}
	step := joe.Decide(t, i.ID, "link").Must(t, http.StatusOK)
	all.Wait()
	joe.Redeem(t, step.Text("response", "code")).Must(t, http.StatusOK)
	t.Logf("%d granted, %d notes written by them, refused: %v", len(granted), len(written), refused)
	if len(granted) == 0 || len(refused) > 1 || refused["upgraded"] != 100-len(granted) {
		t.Errorf("%d granted, refused: %v", len(granted), refused)
	}

	for _, node := range nodes {
		for _, v := range granted {
			v.Site = node
			if answer := v.GraphQL(t, noteTitles, nil); strings.Contains(answer.Body, `"edges"`) {
				t.Errorf("what was granted meanwhile still opens %s", answer.Body)
			}
		}
		answer := node.Send(t, present(c, "jwt-bearer", c.assert(signer, "joe", ""), joe.Key))
		answer.Refused(t, http.StatusBadRequest, "upgraded")
	}
	got := joe.GraphQL(t, `{ viewer { vouched } notes(first: 100) { edges { node { title } } } }`, nil).Must(t, http.StatusOK).Body
	for _, title := range []string{"one", "two", "three"} {
		written[title] = true
	}
	for title := range written {
		if !strings.Contains(got, `"`+title+`"`) {
			t.Errorf("the note %q is lost", title)
		}
	}
	if !strings.Contains(got, `"vouched":false`) {
		t.Errorf("Joe sees %s", got)
	}
}
