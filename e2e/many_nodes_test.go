package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// Two or four processes on one database are one service. Every process gives the same response, byte for byte.
func TestManyNodesAreOneService(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 4} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			a := start(t, "--graphql-open")
			nodes := roundRobin{a.apiSite(t)}
			for len(nodes) < n {
				nodes = append(nodes, a.startNode(t).apiSite(t))
			}
			tenant := &db.Tenant{Key: "t_demo", Name: "Hillside Tea", EmbedOrigins: []string{a.shop}}
			alice := nodes[0].Visitor(t, tenant)

			// Each step of a sign-in goes to another node.
			alice.Site = nodes.next()
			requestURI := alice.RequestURI(t)
			alice.Site = nodes.next()
			interaction := alice.OpenInteraction(t, requestURI)
			alice.Site = nodes.next()
			offer := alice.Begin(t, "registration")
			alice.Site = nodes.next()
			alice.Finish(t, "registration", offer.Ceremony, alice.Authenticator.Register(t, offer.Options)).Must(t, http.StatusOK)
			alice.Site = nodes.next()
			code := alice.Decide(t, interaction.ID, "allow").Must(t, http.StatusOK).Text("response", "code")
			alice.Site = nodes.next()
			alice.Redeem(t, code).Must(t, http.StatusOK)

			// All nodes return a note that one node created.
			for i := range 3 * n {
				alice.Site = nodes.next()
				id := uuid.Must(uuid.NewV7()).String()
				variables := map[string]any{"id": id, "title": fmt.Sprintf("note %d", i)}
				first := alice.GraphQL(t, createNote, variables).Must(t, http.StatusOK).Body
				for range nodes { // a retry creates no second note
					alice.Site = nodes.next()
					if again := alice.GraphQL(t, createNote, variables).Body; again != first {
						t.Errorf("a retry at another node is answered %s, not %s", again, first)
					}
				}
			}
			const page = `query ($after: String) { notes(first: 4, after: $after) { edges { cursor node { id title version updatedAt tenant { name } } } pageInfo { hasNextPage endCursor } } viewer { id displayName } }`
			after, read := any(nil), 0
			for more := true; more; {
				answers := map[string]bool{}
				var answer *authtest.Answer
				for range nodes {
					alice.Site = nodes.next()
					answer = alice.GraphQL(t, page, map[string]any{"after": after}).Must(t, http.StatusOK)
					answers[answer.Body] = true
				}
				if len(answers) != 1 {
					t.Fatalf("%d nodes give %d different pages", n, len(answers))
				}
				read += strings.Count(answer.Body, `"version"`)
				after = answer.Text("data", "notes", "pageInfo", "endCursor")
				more = strings.Contains(answer.Body, `"hasNextPage":true`)
			}
			if read != 3*n {
				t.Errorf("%d notes were read, not %d", read, 3*n)
			}

			// A change is made once, on any node.
			change := &authtest.Call{
				Method: http.MethodPost, URL: a.frame + "/graphql", Header: http.Header{"Authorization": {"DPoP " + alice.Token}, "Dpop": {alice.Key.Proof(http.MethodPost, a.frame+"/graphql", alice.Token)}},
				JSON: map[string]any{"query": `mutation { createNote(input: {title: "once"}) { note { id } } }`},
			}
			accepted := 0
			for _, node := range nodes {
				if node.Send(t, change).Status == http.StatusOK {
					accepted++
				}
			}
			if accepted != 1 {
				t.Errorf("one proof was accepted for a change by %d of %d nodes", accepted, n)
			}

			// A session that one node ends, and a code that one redeems, are invalid on all nodes.
			alice.Site = nodes.next()
			alice.Redeem(t, code).Refused(t, http.StatusBadRequest, "invalid_grant")
			for range nodes {
				alice.Site = nodes.next()
				if !poll(t.Context(), func() bool { return alice.GraphQL(t, `{ viewer { id } }`, nil).Status == http.StatusUnauthorized }) {
					t.Error("a session that one node has ended lives on at another")
				}
			}
		})
	}
}

// roundRobin sends requests to the nodes in turn.
type roundRobin []*authtest.Site

func (r roundRobin) next() *authtest.Site {
	first := r[0]
	copy(r, r[1:])
	r[len(r)-1] = first
	return first
}
