package history

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
)

// A Person has notes, which several of the person's clients read and write at once.
type Person struct {
	history *History
	visitor *authtest.Visitor

	mu    sync.Mutex
	notes []*known
}

// known is a note and what the clients last saw of it.
type known struct {
	id   uuid.UUID
	note Note // the zero Note until somebody is answered
}

// NewPerson is a visitor who is signed in.
func (h *History) NewPerson(v *authtest.Visitor) *Person { return &Person{history: h, visitor: v} }

// The operations of one note are few enough to be ordered, and the notes few enough to be contended for.
const (
	contended     = 3 // of a person's notes, the newest
	changesAtMost = 60
)

// A Client is one of a person's, at one node.
type Client struct {
	*Person
	number, node int
	at           *authtest.Visitor
}

// At is another client of the person, who asks a node at its site.
func (p *Person) At(node int, site *authtest.Site) *Client {
	v := *p.visitor
	v.Site = site
	p.history.mu.Lock()
	defer p.history.mu.Unlock()
	p.history.clients++
	return &Client{Person: p, number: p.history.clients, node: node, at: &v}
}

// Acknowledged is how many of the client's writes were acknowledged from a time on.
func (c *Client) Acknowledged(from time.Duration) (n int) {
	for _, o := range c.history.Operations(from) {
		if o.Client == c.number && o.Wrote() {
			n++
		}
	}
	return n
}

// Run performs one operation after the other until quit is closed. After a refusal it waits a moment,
// shorter than a widget would.
func (c *Client) Run(t testing.TB, quit <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-quit:
			return
		default:
		}
		if o := c.step(t, i); o.Outcome == Unanswered {
			select {
			case <-quit:
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// step performs one operation.
func (c *Client) step(t testing.TB, i int) Operation {
	note, title := c.pick(), fmt.Sprintf("%d of client %d", i, c.number)
	switch {
	case note.note == Note{}: // made just now, or nobody knows whether it is
		return c.ask(t, note, Operation{Kind: Create, Title: "note " + note.id.String()})
	case rand.N(3) == 0: //nolint:gosec // a test's choice
		return c.ask(t, note, Operation{Kind: Read})
	default:
		return c.ask(t, note, Operation{Kind: Update, Expected: note.note.Version, Title: title})
	}
}

// pick chooses one of the newest notes, as it is known, or one that is to be made.
func (c *Client) pick() known {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.notes); n < contended || c.notes[n-1].note.Version > changesAtMost || rand.N(20) == 0 { //nolint:gosec // a test's choice
		c.notes = append(c.notes, &known{id: uuid.Must(uuid.NewV7())})
	}
	return *c.notes[len(c.notes)-1-rand.N(min(contended, len(c.notes)))] //nolint:gosec // a test's choice
}

const fields = `{ id title version }`

var documents = map[Kind]string{
	Create: `mutation ($id: ID!, $title: String!) { createNote(input: {id: $id, title: $title}) { note ` + fields + ` } }`,
	Update: `mutation ($id: ID!, $title: String!, $version: Int!) { updateNote(input: {id: $id, title: $title, version: $version}) { note ` + fields + ` } }`,
	Read:   `query ($id: ID!) { note(id: $id) ` + fields + ` }`,
}

// ask sends a request, and records its outcome.
func (c *Client) ask(t testing.TB, k known, o Operation) Operation {
	variables := map[string]any{"id": k.id}
	if o.Kind != Read {
		variables["title"] = o.Title
	}
	if o.Kind == Update {
		variables["version"] = o.Expected
	}
	o.Client, o.Node, o.ID, o.Call = c.number, c.node, k.id, c.history.Now()
	answer, err := c.at.TryGraphQL(t, documents[o.Kind], variables)
	o.Return = c.history.Now()
	o.Outcome, o.Answer, o.Refusal = read(answer, err)
	c.history.add(o)
	if o.Outcome == Done || o.Outcome == Conflicting {
		c.record(k.id, o.Answer)
	}
	return o
}

func (c *Client) record(id uuid.UUID, n Note) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.notes {
		if k.id == id && n.Version > k.note.Version {
			k.note = n
		}
	}
}

// read says what an answer tells of the note.
func read(a *authtest.Answer, err error) (Outcome, Note, Refusal) {
	if err != nil {
		return Unanswered, Note{}, Refusal{}
	}
	refusal := Refusal{Status: a.Status, RetryAfter: a.Header.Get("Retry-After") != ""}
	type payload struct{ Note *Note }
	var body struct {
		Data *struct {
			CreateNote, UpdateNote *payload
			Note                   *Note
		}
		Errors []struct {
			Extensions struct {
				Code    string
				Current *Note
			}
		}
	}
	if a.Status != http.StatusOK || json.Unmarshal([]byte(a.Body), &body) != nil {
		return Unanswered, Note{}, refusal
	}
	if len(body.Errors) > 0 {
		switch e := body.Errors[0].Extensions; {
		case e.Code == "CONFLICT" && e.Current != nil:
			return Conflicting, *e.Current, Refusal{}
		case e.Code == "NOT_FOUND":
			return Missing, Note{}, Refusal{}
		}
		return Unanswered, Note{}, refusal
	}
	if body.Data == nil {
		return Unanswered, Note{}, refusal
	}
	for _, p := range []*payload{body.Data.CreateNote, body.Data.UpdateNote, {body.Data.Note}} {
		if p != nil && p.Note != nil {
			return Done, *p.Note, Refusal{}
		}
	}
	return Missing, Note{}, Refusal{}
}

// Final lists all of the person's notes, each as often as it is listed.
func (p *Person) Final(t testing.TB, final map[uuid.UUID][]Note) {
	t.Helper()
	for after := any(nil); ; {
		var page struct {
			Data struct {
				Notes struct {
					Edges []struct {
						Node struct {
							ID uuid.UUID
							Note
						}
					}
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		p.visitor.GraphQL(t, `query ($after: String) { notes(first: 100, after: $after) { edges { node `+fields+` } pageInfo { hasNextPage endCursor } } }`,
			map[string]any{"after": after}).Must(t, http.StatusOK).JSON(t, &page)
		for _, e := range page.Data.Notes.Edges {
			final[e.Node.ID] = append(final[e.Node.ID], e.Node.Note)
		}
		if !page.Data.Notes.PageInfo.HasNextPage {
			return
		}
		after = page.Data.Notes.PageInfo.EndCursor
	}
}
